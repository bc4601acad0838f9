"""Attackers in processes of their own, below everybody else's priority, and what they came to.

Each kind of attack is one process: it says what share of a processor it took, so that a reader can
tell an attack from a busy machine. All are bounded in number and in time. They are `nice`d, because
real attackers do not share the host's processors: whatever they take here is taken from the gate.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: The one source that does much alone, and the many that share the rest.
ALONE = "127.0.0.2"
MANY_SOURCES = tuple(f"127.0.0.{number}" for number in range(3, 251))
#: What `nice` adds to the priority of attackers, of 19.
NICENESS = 15
#: Seconds after which an attacker stops by itself, whatever happened to the test.
LONGEST = 180


@dataclass(frozen=True)
class Attack:
    """One kind of attack: what `attacker_process.py` is to do."""

    #: What it is called in a table.
    name: str
    #: A kind that `attacker_process.py` knows.
    kind: str
    #: Clients at a time, or connections a second.
    count: int
    sources: tuple[str, ...] = MANY_SOURCES


#: Of each load one in five comes from one source: what that one does is refused soon.
MIXED = (*MANY_SOURCES, *[ALONE] * (len(MANY_SOURCES) // 4))

ATTACKS = (
    Attack("10 signed in elsewhere flood channels and requests", "signed in", 10, (ALONE,)),
    Attack("2,000 connections a second that do nothing", "silent", 2000, MIXED),
    Attack("200 clients guess passwords", "guess", 200, MIXED),
    Attack("200 clients begin a handshake and stop", "half-open", 200, MIXED),
    Attack("50 clients send garbage", "garbage", 50, MIXED),
    Attack("20 clients flood packets and never read", "unread", 20),
    Attack("100 clients send a byte a second", "drip", 100, MIXED),
)
BY_KIND = {attack.kind: attack for attack in ATTACKS}


@dataclass(frozen=True)
class Target:
    """Whom to attack, and what the attackers know."""

    host: str
    port: int
    fingerprints: tuple[str, ...]
    #: An account that exists, whose password they guess.
    victim: str
    #: The attackers' own account, on a server of their own.
    account: str
    password: str


@dataclass
class Report:
    """What one attack came to."""

    name: str
    seconds: float
    #: Seconds of processor time.
    processor: float
    #: Connections begun, those the gate spoke to, and those it closed without a word.
    begun: int = 0
    served: int = 0
    refused: int = 0
    #: What else was counted, such as guesses and packets.
    more: dict[str, int] = field(default_factory=dict)

    def per_second(self, number: float) -> float:
        return number / self.seconds if self.seconds else 0


class Attackers:
    """Attacks that go on while a `with` block runs; `reports` has what they came to."""

    def __init__(self, target: Target, attacks: Sequence[Attack]):
        self._plans = [{**asdict(attack), "target": asdict(target)} for attack in attacks]
        self._attacks = attacks
        self._processes: list[subprocess.Popen[bytes]] = []
        self.reports: list[Report] = []

    def __enter__(self) -> Attackers:
        program = Path(__file__).with_name("attacker_process.py")
        try:
            for plan in self._plans:
                one = subprocess.Popen(
                    ["nice", "-n", str(NICENESS), sys.executable, program, json.dumps(plan)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
                self._processes.append(one)
            # Starting costs more than attacking: it must be over before anybody measures.
            for one in self._processes:
                assert one.stdout is not None and one.stdout.readline() == b"ready\n"
            # One after the other: those with an account are in before the others come.
            for one in self._processes:
                assert one.stdin is not None and one.stdout is not None
                one.stdin.write(b"go\n")
                one.stdin.flush()
                assert one.stdout.readline() == b"begun\n"
        except BaseException:
            self._kill()
            raise
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._began
        try:
            for attack, one in zip(self._attacks, self._processes):
                # The end of its input tells an attacker to stop and to say what it did.
                told: dict[str, Any] = json.loads(one.communicate(timeout=60)[0])
                self.reports.append(Report(attack.name, seconds, **told))
        finally:
            self._kill()

    def _kill(self) -> None:
        for one in self._processes:
            if one.poll() is None:
                one.kill()
            one.wait()

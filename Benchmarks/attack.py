"""Whether the gate stays open for people while it is attacked, and what that costs.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/attack.py

A gate with the product's own limits and penalties is attacked on loopback, in each way alone and
in all ways at once, from 249 addresses. Meanwhile somebody at another address, from where they have
signed in before, signs in by key again and again, from connecting to the first listing, in turns
with a small client and with OpenSSH's `sftp`; a third time they come from an address that was never
seen before. And a download that had begun before goes on, as fast as it can; its speed is compared
with that in the same run before the attack. A sign-in that was refused took for ever.

The attackers share the machine's processors with the gate, which real ones do not. They are one
process for each kind of attack, at a lower priority (`nice`); what they and the gate took of a
processor stands in the table, and so does what they came to. Whoever stops it (Ctrl-C or SIGTERM)
gets the table of what there is.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from attackers import ATTACKS, BY_KIND, NICENESS, Attack, Attackers, Report  # noqa: E402
from clients import ClientFailure, Sftp  # noqa: E402
from clients.base import Endpoint  # noqa: E402
from figures import markdown, percentile  # noqa: E402
from gate import Gate, Programs  # noqa: E402
from processes import processor_seconds  # noqa: E402
from transfer import Transfer  # noqa: E402
from under_attack import (  # noqa: E402
    HOME, Household, MemoryWatch, SignIn, hardened, left_over,
)

#: What is promised: milliseconds, a part of the speed, mebibytes.
SIGN_IN, SPEED, GATE_MEMORY, ALL_MEMORY = 500, 0.5, 64, 512
#: Processes that the gate keeps ready, and places that are free for certain (`early_drop_start`).
WARM, PLACES = 2, 30
#: Where those come from who were never there before.
NEVER_SEEN = "127.0.3"
#: Seconds between two sign-ins.
PAUSE = 0.1


@dataclass
class Round:
    """What one attack, or none, came to."""

    name: str
    #: Milliseconds; infinite where somebody was refused.
    small: list[float] = field(default_factory=list)
    openssh: list[float] = field(default_factory=list)
    greeting: list[float] = field(default_factory=list)
    #: The small client from an address that nobody has signed in from.
    stranger: list[float] = field(default_factory=list)
    #: Mebibytes a second of the transfer, before and during.
    before: float = 0
    during: float = 0
    wrong_hashes: int = 0
    gate_memory: float = 0
    gate_resident: float = 0
    all_memory: float = 0
    processes: int = 0
    #: Processors that the gate itself kept busy, on the average.
    gate_load: float = 0
    left: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def misses(self) -> list[str]:
        """Which bars it does not keep."""
        bars = {
            f"sign-in within {SIGN_IN} ms": all(
                percentile(times, 95) <= SIGN_IN for times in (self.small, self.openssh)
            ),
            "half the speed": self.during >= SPEED * self.before and not self.wrong_hashes,
            f"gate within {GATE_MEMORY} MiB": max(self.gate_memory, self.gate_resident)
            <= GATE_MEMORY,
            f"all within {ALL_MEMORY} MiB": self.all_memory <= ALL_MEMORY,
            "nothing left over": not self.left,
        }
        return [bar for bar, is_met in bars.items() if not is_met]


class Bench:
    """One gate, one household, one attack after the other."""

    def __init__(self, gate: Gate, seconds: float, folder: Path):
        self._gate, self._seconds = gate, seconds
        self._household = Household(gate)
        self._key = folder / "key"
        self._sftp = self._client(folder)

    def _client(self, folder: Path) -> Sftp:
        household = self._household
        household.write_key(self._key)
        endpoint = Endpoint(
            self._gate.host, self._gate.port, household.user, self._gate.trust, key=self._key
        )
        return Sftp(endpoint, folder)

    def play(self, name: str, attacks: list[Attack]) -> Round:
        found = Round(name)
        assert self._gate.child is not None
        number = self._gate.child.pid
        # Whoever was there before has signed in from there.
        assert self._household.sign_in() is not None
        with Transfer(self._household) as transfer:
            first = transfer.mark()
            time.sleep(self._seconds / 4)
            found.before = transfer.mark().mebibytes_per_second(first)
            with (
                MemoryWatch(self._gate) as memory,
                Attackers(self._household.target, attacks) as attackers,
            ):
                second, used = transfer.mark(), processor_seconds(number)
                self._sign_in_again_and_again(found)
                third = transfer.mark()
                used = processor_seconds(number) - used
            found.gate_load = used / (third.at - second.at)
            found.during = third.mebibytes_per_second(second)
            found.left = left_over(self._gate, 1, WARM, PLACES)
            found.wrong_hashes = transfer.mark().wrong
        found.reports = attackers.reports
        found.gate_memory, found.all_memory = memory.gate, memory.all
        found.gate_resident, found.processes = memory.resident, memory.processes
        return found

    def _sign_in_again_and_again(self, found: Round) -> None:
        # What comes in the first moment is the attack's beginning, not the attack.
        time.sleep(1)
        refused = SignIn(*[math.inf] * 4)
        until = time.monotonic() + self._seconds
        places = itertools.count(1)
        while time.monotonic() < until:
            steps = self._household.sign_in() or refused
            found.small.append(steps.listing)
            found.greeting.append(steps.greeting)
            time.sleep(PAUSE)
            place = f"{NEVER_SEEN}.{next(places) % 250 + 1}"
            found.stranger.append((self._household.sign_in(place) or refused).listing)
            time.sleep(PAUSE)
            found.openssh.append(timed(lambda: self._sftp.batch(
                "ls -1a /", extra=("-o", f"BindAddress={HOME}", "-o", "ConnectTimeout=20")
            )))
            time.sleep(PAUSE)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    try:
        act()
    except ClientFailure:
        return math.inf
    return (time.perf_counter() - start) * 1000


def times(values: list[float]) -> str:
    """The median, the 95th percentile and, where somebody was refused, how many were."""
    refused = sum(math.isinf(value) for value in values)
    found = [percentile(values, part) for part in (50, 95)]
    shown = " / ".join("-" if math.isinf(one) else f"{one:.0f}" for one in found)
    return shown + (f" ({refused} of {len(values)} refused)" if refused else "")


def tables(rounds: list[Round]) -> str:
    head = [
        "attack", "small client, ms: p50 / p95", "version line", "`sftp`, ms: p50 / p95",
        "from a new place",
        "transfer, MiB/s: before / during", "gate, MiB: PSS / RSS", "all, MiB (processes)",
        "gate's processor", "left over", "bars",
    ]
    rows = [
        [
            one.name, times(one.small), times(one.greeting), times(one.openssh),
            times(one.stranger),
            f"{one.before:.0f} / {one.during:.0f}",
            f"{one.gate_memory:.0f} / {one.gate_resident:.0f}",
            f"{one.all_memory:.0f} ({one.processes})", f"{one.gate_load:.0%}",
            "; ".join(one.left) or "nothing",
            "not met: " + ", ".join(one.misses()) if one.misses() else "met",
        ]
        for one in rounds
    ]
    attackers = [
        [
            f"{one.name}: {report.name}" if len(one.reports) > 1 else report.name,
            f"{report.processor / report.seconds:.0%}", f"{report.per_second(report.begun):.0f}",
            f"{report.per_second(report.served):.1f}",
            ", ".join(
                f"{report.per_second(count):.0f} {what}" for what, count in report.more.items()
            ),
        ]
        for one in rounds for report in one.reports
    ]
    second = ["attackers", "processor", "connections a second", "served", "and a second"]
    return f"{markdown(head, rows)}\n\n{markdown(second, attackers)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="of each attack")
    parser.add_argument("--only", choices=[*BY_KIND, "none", "all"], action="append")
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    parser.add_argument("--json", type=Path, help="a file for every figure")
    parser.add_argument("--keep-log", type=Path, help="a file for the gate's log")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plans: dict[str, list[Attack]] = {"none": []}
    plans |= {kind: [attack] for kind, attack in BY_KIND.items()}
    plans["all"] = list(ATTACKS)
    print(
        f"{platform.machine()}, Linux {platform.release()}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}; attackers at nice {NICENESS}", flush=True
    )
    rounds: list[Round] = []
    gates: list[Gate] = []
    try:
        for kind in arguments.only or plans:
            # A gate of its own: penalties of an earlier attack would keep the next one out.
            gate = hardened(Gate(Programs(arguments.programs.resolve())))
            gates.append(gate)
            gate.start()
            bench = Bench(gate, arguments.seconds, gate.directory / "client")
            name = plans[kind][0].name if len(plans[kind]) == 1 else kind
            rounds.append(bench.play(name, plans[kind]))
            print(f"{name}: {rounds[-1].misses() or 'met'}", flush=True)
            assert gate.stop() == 0, gate.log()[-3000:]
    except KeyboardInterrupt:
        print("interrupted")
    finally:
        for gate in gates:
            if gate.is_running:
                gate.kill()
            if arguments.keep_log:
                arguments.keep_log.write_text(gate.log())
            gate.remove()
        if rounds:
            print(f"\n{tables(rounds)}\n\nload {os.getloadavg()[0]:.1f}", flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps([asdict(one) for one in rounds], indent=1))


if __name__ == "__main__":
    main()

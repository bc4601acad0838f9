"""A download that goes on, in a process of its own, and how far it has come."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from under_attack import HOME, LARGE, Household
from waiting import eventually


@dataclass(frozen=True)
class Mark:
    """How far a transfer has come at a moment."""

    at: float
    received: int
    #: How often the whole file came, and how often its hash was wrong.
    whole: int
    wrong: int
    #: Why it is over; None while it is not.
    ending: str | None

    def mebibytes_per_second(self, since: Mark) -> float:
        return (self.received - since.received) / (1 << 20) / (self.at - since.at)


class Transfer:
    """A download that goes on while a `with` block runs, in a process of its own."""

    def __init__(self, household: Household):
        gate = household.gate
        plan = {
            "host": gate.host, "port": gate.port, "fingerprints": gate.trust.fingerprints,
            "user": household.user, "key": household.key.private_bytes_raw().hex(),
            "source": HOME, "path": "/large", "size": LARGE, "sha256": household.sha256,
        }
        program = Path(__file__).with_name("transfer_process.py")
        self._process = subprocess.Popen(
            [sys.executable, program, json.dumps(plan)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Transfer:
        eventually(lambda: self.mark().whole, "the file has come once", timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()

    def mark(self) -> Mark:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the transfer was cut"
        return Mark(**json.loads(line))

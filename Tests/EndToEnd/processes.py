"""What the kernel says about processes, read from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process; `began` tells it from a later one with the same id."""

    id: int
    name: str
    state: str
    parent: int
    leader: int
    began: int

    @property
    def is_reaped(self) -> bool:
        """Whether nothing of it is left: it has ended and its parent has read how."""
        now = process(self.id)
        return now is None or now.began != self.began

    @property
    def is_gone(self) -> bool:
        """Whether it has ended; a zombie waits only to be read and does nothing any more."""
        now = process(self.id)
        return now is None or now.began != self.began or now.state in ("Z", "X")


def process(number: int) -> Process | None:
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name may hold spaces and brackets itself: fields count from the last bracket.
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    return Process(
        id=number,
        name=name,
        state=fields[0],
        parent=int(fields[1]),
        leader=int(fields[3]),
        began=int(fields[19]),
    )


def processes() -> list[Process]:
    numbers = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return [found for number in numbers if (found := process(number)) is not None]


def resident_mebibytes(number: int) -> float:
    """The memory a process holds in RAM, its shared libraries included; 0 once it has ended."""
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def processor_seconds(number: int) -> float:
    """The processor time that the living threads of a process have used, to the nanosecond."""
    total = 0
    for thread in Path(f"/proc/{number}/task").iterdir():
        try:
            total += int((thread / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1e9

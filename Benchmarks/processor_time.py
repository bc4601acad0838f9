"""What processes took of the processors and of memory, as the kernel accounts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """KiB: shared pages divided among those who have them, and pages that nobody else has."""

    proportional: int
    private: int


def processor_seconds(root: int) -> float:
    """Seconds of a process, its children that have ended, and all who live below it."""
    return sum(_ticks(number) for number in family(root)) / TICK


def family(root: int) -> list[int]:
    """A process and whoever lives below it."""
    children: dict[int, list[int]] = {}
    for number, parent in _parents():
        children.setdefault(parent, []).append(number)
    found = [root]
    for number in found:
        found += children.get(number, [])
    return found


def memory(process: int) -> Memory:
    figures = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        figures[name.rstrip(":")] = int(value)
    return Memory(figures["Pss"], figures["Private_Clean"] + figures["Private_Dirty"])


def _ticks(process: int) -> int:
    try:
        return sum(int(value) for value in _fields(process)[11:15])
    except OSError:
        # It has ended meanwhile; its parent's own figures hold its time from then on.
        return 0


def _parents() -> Iterator[tuple[int, int]]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                yield int(entry), int(_fields(int(entry))[1])
            except OSError:
                continue


def _fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on: names may have blanks and brackets."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()

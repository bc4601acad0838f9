"""What the kernel says about processes, read from /proc."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from waiting import eventually


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


@contextmanager
def stopped(one: Process) -> Iterator[None]:
    """A process that does nothing until the block ends, unless it is killed."""
    os.kill(one.id, signal.SIGSTOP)
    eventually(lambda: (now := process(one.id)) and now.state == "T", "the process is stopped")
    try:
        yield
    finally:
        if not one.is_gone:
            os.kill(one.id, signal.SIGCONT)


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


def peak_mebibytes(number: int) -> float:
    """The most memory a process ever held in RAM at a time; 0 once it has ended."""
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    for line in status.splitlines():
        # A zombie has no memory and no such line.
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


class PeakWatch:
    """Follows the memory of processes that come and go while a `with` block runs."""

    #: The kernel keeps the peak itself, so only what a process does last can be missed.
    _interval = 0.05

    def __init__(self, find: Callable[[], Iterable[int]]):
        self._find = find
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        #: The peak of each process that was seen, in mebibytes.
        self.peaks: dict[int, float] = {}

    @property
    def highest(self) -> float:
        """The highest peak; fails when no process was ever seen."""
        assert self.peaks, "no process was seen"
        return max(self.peaks.values())

    def __enter__(self) -> PeakWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopping.is_set():
            for number in self._find():
                peak = peak_mebibytes(number)
                if peak > 0:
                    self.peaks[number] = max(peak, self.peaks.get(number, 0))
            self._stopping.wait(self._interval)

"""Directories and links swapped while requests pass through them, on the disk and over SFTP."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from accounts import Place
from escapes import NONE, SECRET, Ground, Watched, extended, fill, hashing, look
from raw_sftp import (
    CLOSE, CREATE, FAILURE, FOR_READING, FOR_WRITING, HANDLE, LSTAT, MKDIR, NO_SUCH_FILE, OK, OPEN,
    OPENDIR, PERMISSION_DENIED, READ, READLINK, REMOVE, RENAME, RMDIR, SETSTAT, STAT, STATUS,
    SYMLINK, TRUNCATE, WRITE, Attributes, Long, Reply, pack,
)

#: How often each request is made, and how long it may go on until both outcomes were seen.
ROUNDS, PATIENCE = 300, 60.0


@pytest.fixture
def ground(place: Place) -> Ground:
    return Ground(place)


@pytest.fixture
def raw(ground: Ground) -> Iterator[Watched]:
    client = ground.client()
    yield client
    client.close()


class Rival:
    """Does something again and again, in a thread of its own, while the test is inside `with`."""

    def __init__(self, step: Callable[[], None]):
        self._step = step
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failure: Exception | None = None
        self.rounds = 0

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._step()
                self.rounds += 1
        except Exception as failure:
            self._failure = failure

    def __enter__(self) -> Rival:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        assert self._failure is None and not self._thread.is_alive(), self._failure


def exchange(one: os.PathLike[str], other: os.PathLike[str]) -> None:
    """Swaps what two names mean, so that neither is ever missing (renameat2(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, swap = -100, 2
    if libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), swap) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


#: Requests through `/turn`, in an order in which each can succeed again and again.
THROUGH: dict[str, tuple[int, bytes]] = {
    "stat": (STAT, pack(b"/turn/secret")),
    "lstat": (LSTAT, pack(b"/turn/secret")),
    "setstat": (SETSTAT, pack(b"/turn/secret", Attributes(mode=0o600, times=(9, 9)))),
    "truncate": (SETSTAT, pack(b"/turn/folder/deep", Attributes(size=0))),
    "open": (OPEN, pack(b"/turn/secret", FOR_READING, NONE)),
    "open for writing": (OPEN, pack(b"/turn/secret", FOR_WRITING | TRUNCATE, NONE)),
    "open to create": (OPEN, pack(b"/turn/new", FOR_WRITING | CREATE, NONE)),
    "opendir": (OPENDIR, pack(b"/turn/folder")),
    "readlink": (READLINK, pack(b"/turn/pointer")),
    "statvfs": extended("statvfs", b"/turn/secret"),
    "mkdir": (MKDIR, pack(b"/turn/made", NONE)),
    "rmdir": (RMDIR, pack(b"/turn/made")),
    "symlink": (SYMLINK, pack(b"secret", b"/turn/link")),
    "remove": (REMOVE, pack(b"/turn/link")),
    "rename to": (RENAME, pack(b"/mine", b"/turn/mine")),
    "rename from": (RENAME, pack(b"/turn/mine", b"/mine")),
    "posix-rename to": extended("posix-rename", b"/mine", b"/turn/mine"),
    "posix-rename from": extended("posix-rename", b"/turn/mine", b"/mine"),
    "check-file-name": hashing(b"/turn/secret"),
    "lsetstat": extended("lsetstat", b"/turn/secret", Attributes(mode=0o640)),
    "hardlink": extended("hardlink", b"/turn/secret", b"/linked"),
}


def outcome(reply: Reply) -> str:
    if reply.kind != STATUS or reply.code == OK:
        return "done"
    if reply.code == PERMISSION_DENIED:
        assert "outside this server" in reply.text, reply
        return "refused"
    # The step before did not happen, or the name was nowhere at that moment.
    assert reply.code in (NO_SUCH_FILE, FAILURE), reply
    return "missed"


def use(raw: Watched, opened: list[Reply]) -> None:
    """Reads and writes through handles, wherever their paths lead by now, and closes them."""
    requests = []
    for reply in opened:
        requests += [
            (READ, pack(reply.content, Long(0), 1000)),
            (WRITE, pack(reply.content, Long(0), b"written")), (CLOSE, pack(reply.content)),
        ]
    for reply in raw.pipeline(*requests)[2::3]:
        assert reply.code == OK


def race(raw: Watched) -> None:
    """Makes the requests until each has been both done and refused, and often enough."""
    seen: dict[str, Counter[str]] = {name: Counter() for name in THROUGH}
    deadline = time.monotonic() + PATIENCE
    rounds = 0

    def is_decided() -> bool:
        return all(count["done"] and count["refused"] for count in seen.values())

    while (rounds < ROUNDS or not is_decided()) and time.monotonic() < deadline:
        rounds += 1
        replies = raw.pipeline(*THROUGH.values())
        for name, reply in zip(THROUGH, replies, strict=True):
            seen[name][outcome(reply)] += 1
        use(raw, [reply for reply in replies if reply.kind == HANDLE])
    assert rounds >= ROUNDS and is_decided(), seen


def test_a_link_swapped_for_a_directory_on_the_disk_never_leads_out(
    ground: Ground, raw: Watched
) -> None:
    turn, other = ground.inside / "turn", ground.inside / "other"
    fill(turn, b"for everybody")
    other.symlink_to(f"../{ground.outside.name}")
    before = look(ground.outside)
    with Rival(lambda: exchange(turn, other)) as rival:
        race(raw)
    assert rival.rounds > 1000
    assert look(ground.outside) == before


def test_a_link_swapped_for_a_directory_over_sftp_never_leads_out(
    ground: Ground, raw: Watched, request: pytest.FixtureRequest
) -> None:
    fill(ground.inside / "turn", b"for everybody")
    (ground.inside / "escape").symlink_to(ground.outside)
    before = look(ground.outside)
    accomplice = ground.client()
    request.addfinalizer(accomplice.close)
    swap = [
        (b"/turn", b"/aside"), (b"/escape", b"/turn"),
        (b"/turn", b"/escape"), (b"/aside", b"/turn"),
    ]
    cycle = [(RENAME, pack(*paths)) for paths in swap] * 50

    def swap_often() -> None:
        assert {reply.code for reply in accomplice.pipeline(*cycle)} == {OK}

    with Rival(swap_often) as rival:
        race(raw)
    assert rival.rounds * 50 > 1000
    assert look(ground.outside) == before


def test_a_directory_moved_up_while_paths_through_it_are_walked_never_leads_out(
    ground: Ground, raw: Watched
) -> None:
    # Below /deep the link `up` ends at a decoy; one level higher, outside.
    climb = "../" * 10
    for folder in ("deep", "deep/moved/1/2/3/4/5/6/7/8"):
        (ground.inside / folder).mkdir(parents=True, exist_ok=True)
    bottom = ground.inside / "deep" / "moved" / "1/2/3/4/5/6/7/8"
    (bottom / "up").symlink_to(f"{climb}{ground.outside.name}")
    fill(ground.inside / ground.outside.name, b"decoy")
    below, above = ground.inside / "deep" / "moved", ground.inside / "moved"
    assert (bottom / "up" / "secret").read_bytes() == b"decoy"
    os.rename(below, above)
    assert (above / "1/2/3/4/5/6/7/8/up/secret").read_bytes() == SECRET
    os.rename(above, below)
    before = look(ground.outside)

    def move() -> None:
        os.rename(below, above)
        os.rename(above, below)

    way = b"moved/1/2/3/4/5/6/7/8/up"
    seen: Counter[str] = Counter()
    deadline = time.monotonic() + PATIENCE
    with Rival(move) as rival:
        while sum(seen.values()) < 8000 or not (seen["done"] and seen["refused"]):
            assert time.monotonic() < deadline, seen
            replies = raw.pipeline(*[
                request
                for at in (b"/deep/" + way, b"/" + way)
                for request in [
                    (STAT, pack(at + b"/secret")), (OPENDIR, pack(at)),
                    (OPEN, pack(at + b"/secret", FOR_READING, NONE)),
                    (OPEN, pack(at + b"/secret", FOR_WRITING | TRUNCATE, NONE)),
                    (SETSTAT, pack(at + b"/secret", Attributes(mode=0o600))),
                ]
            ])
            seen.update(map(outcome, replies))
            use(raw, [reply for reply in replies if reply.kind == HANDLE])
    assert rival.rounds > 1000
    assert look(ground.outside) == before

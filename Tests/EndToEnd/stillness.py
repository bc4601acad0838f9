"""Whether a tree of files stands still: inotify, and everything read again."""

from __future__ import annotations

import ctypes
import hashlib
import os
import stat
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# From <sys/inotify.h>.
_ATTRIB, _MODIFY, _CLOSE_WRITE, _MOVED_FROM, _MOVED_TO = 0x4, 0x2, 0x8, 0x40, 0x80
_CREATE, _DELETE, _DELETE_SELF, _MOVE_SELF, _OVERFLOW = 0x100, 0x200, 0x400, 0x800, 0x4000
_CHANGES = {
    _ATTRIB: "attributes changed", _MODIFY: "written", _CLOSE_WRITE: "closed after writing",
    _MOVED_FROM: "renamed away", _MOVED_TO: "renamed to", _CREATE: "created", _DELETE: "deleted",
    _DELETE_SELF: "directory deleted", _MOVE_SELF: "directory renamed",
}
_EVENT = struct.Struct("iIII")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Entry:
    """What is known of a name: the same inode with the same content and the same times."""

    inode: int
    mode: int
    size: int
    modified: int
    changed: int
    digest: str


#: What went away while it was looked at; it changed after any moment.
VANISHED = Entry(0, 0, 0, 0, 1 << 63, "")


def entries(folder: Path) -> Iterator[tuple[Path, Entry]]:
    """A directory itself and whatever is beneath it."""
    names: list[str] = []
    try:
        status = folder.lstat()
        content = b""
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(folder).encode()
        elif stat.S_ISREG(status.st_mode):
            content = folder.read_bytes()
        elif stat.S_ISDIR(status.st_mode):
            names = sorted(os.listdir(folder))
    except FileNotFoundError:
        yield folder, VANISHED
        return
    yield folder, Entry(
        status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
        hashlib.blake2b(content, digest_size=16).hexdigest(),
    )
    for name in names:
        yield from entries(folder / name)


class Stillness:
    """Watches trees from a moment on: nothing in them may change any more.

    The moment comes first, then inotify, then the first look. What changes in between is seen by
    its ctime, which no call can set back, and which lies after the moment.
    """

    def __init__(self, folders: list[Path], moment: int):
        self._folders = folders
        self._moment = moment
        self._inotify = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._inotify >= 0, os.strerror(ctypes.get_errno())
        self._watched: dict[int, Path] = {}
        for folder in folders:
            for place, _, _ in os.walk(folder):
                self._watch(Path(place))
        self._since = time.monotonic()
        self._first: dict[Path, Entry] | None = None

    def _watch(self, folder: Path) -> None:
        mask = sum(_CHANGES)
        number = _libc.inotify_add_watch(self._inotify, os.fsencode(folder), mask)
        assert number >= 0, f"{folder}: {os.strerror(ctypes.get_errno())}"
        self._watched[number] = folder

    def _look(self) -> dict[Path, Entry]:
        return {path: entry for folder in self._folders for path, entry in entries(folder)}

    def look(self) -> None:
        """Takes the first look, which everything later is compared with."""
        self._first = self._look()

    @property
    def age(self) -> float:
        """Seconds since the watch began."""
        return time.monotonic() - self._since

    def violations(self) -> list[str]:
        """Whatever has changed since the moment; the watch is over then."""
        assert self._first is not None
        # The events first: a second look opens files, and nobody else may.
        found = self._events()
        found += [
            f"{path}: changed {(entry.changed - self._moment) / 1e6:.3f} ms after the moment"
            for path, entry in self._first.items()
            if entry.changed > self._moment
        ]
        second = self._look()
        for path in sorted(self._first.keys() | second.keys()):
            before, after = self._first.get(path), second.get(path)
            if before != after:
                found.append(f"{path}: {before} became {after}")
        os.close(self._inotify)
        return found

    def _events(self) -> list[str]:
        found: list[str] = []
        while True:
            try:
                data = os.read(self._inotify, 1 << 16)
            except BlockingIOError:
                return found
            while data:
                number, mask, _, length = _EVENT.unpack_from(data)
                name = data[_EVENT.size : _EVENT.size + length].rstrip(b"\0")
                data = data[_EVENT.size + length :]
                if mask & _OVERFLOW:
                    found.append("more events than the kernel keeps")
                for bit, what in _CHANGES.items():
                    if mask & bit:
                        found.append(f"{self._watched[number] / os.fsdecode(name)}: {what}")

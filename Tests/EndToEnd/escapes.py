"""What escapes are tried with: a directory beside the server's, and every request with a path."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import paramiko

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from raw_sftp import (
    CREATE, EXCLUSIVE, EXTENDED, FOR_READING, FOR_WRITING, LSTAT, MKDIR, OPEN, OPENDIR, READLINK,
    REMOVE, RENAME, RMDIR, SETSTAT, STAT, SYMLINK, TRUNCATE, Attributes, Field, Long, RawSFTP,
    pack,
)

SECRET = b"what nobody here may read"


class Watched(RawSFTP):
    """A client that nothing of the host and nothing secret may reach."""

    def __init__(self, transport: paramiko.Transport, place: Place):
        self.forbidden = [SECRET, place.gate.directory.name.encode(), b"volumes"]
        super().__init__(transport)

    def close(self) -> None:
        self.channel.get_transport().close()

    def receive(self) -> tuple[int, bytes]:
        kind, body = super().receive()
        assert not any(word in body for word in self.forbidden), body
        return kind, body


def fill(folder: Path, content: bytes) -> None:
    """The same tree inside and outside."""
    for below in ("folder", "empty"):
        (folder / below).mkdir(parents=True)
    (folder / "secret").write_bytes(content)
    (folder / "folder" / "deep").write_bytes(content)
    (folder / "pointer").symlink_to("secret")


def look(folder: Path) -> dict[str, tuple[int, int, int, int, bytes]]:
    """All that could have been changed about a tree, the number of each file's names included."""

    def one(path: Path) -> tuple[int, int, int, int, bytes]:
        on_disk = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        return (
            on_disk.st_mode, on_disk.st_size, on_disk.st_mtime_ns, on_disk.st_nlink, content,
        )

    return {str(path.relative_to(folder)): one(path) for path in [folder, *folder.rglob("*")]}


class Ground:
    """A server's directory, and one beside it that no request may reach."""

    def __init__(self, place: Place):
        self.place = place
        self.inside = place.files
        fill(self.inside / "inside", b"for everybody")
        (self.inside / "mine").write_text("mine")
        (self.inside / "within").symlink_to("inside")
        self.outside = place.gate.volumes / f"{place.directory}-outside"
        fill(self.outside, SECRET)

    def client(self) -> Watched:
        """A new connection of somebody who may do everything here."""
        person = self.place.subuser(FILE_PERMISSIONS)
        return Watched(sign_in(self.place.endpoint(person)), self.place)

    @property
    def name(self) -> bytes:
        """What the directory outside is called."""
        return os.fsencode(self.outside.name)

    def ways_out(self) -> list[bytes]:
        """Makes links, and names paths that lead through them to the directory outside."""
        name = self.outside.name
        for link, target in {
            "out": f"../{name}", "absolute": str(self.outside),
            "proc": f"/proc/self/root{self.outside}", "up": "..", "first": "inside/second",
            "inside/second": "../third", "third": f"inside/../../{name}",
            "inside/aside": f"../../{name}",
        }.items():
            (self.inside / link).symlink_to(target)
        return [
            b"/out", b"out", b"/./inside/..//out/", b"/absolute", b"/proc", b"/first", b"/third",
            b"/up/" + self.name, b"/within/aside", b"/inside/second", b"/out/folder/..",
        ]


NONE = Attributes()
WIDE = Attributes(size=0, mode=0o777, times=(1, 1))


def extended(name: str, *fields: Field) -> tuple[int, bytes]:
    return EXTENDED, pack(f"{name}@openssh.com".encode(), *fields)


def hashing(path: bytes) -> tuple[int, bytes]:
    return EXTENDED, pack(b"check-file-name", path, b"sha256,md5", Long(0), Long(0), 0)


#: Each request at, or below, a path that is a directory to work in.
REQUESTS: dict[str, Callable[[bytes], tuple[int, bytes]]] = {
    "open for reading": lambda at: (OPEN, pack(at + b"/secret", FOR_READING, NONE)),
    "open for writing": lambda at: (OPEN, pack(at + b"/secret", FOR_WRITING, NONE)),
    "open to create": lambda at: (OPEN, pack(at + b"/new", FOR_WRITING | CREATE, NONE)),
    "open to replace": lambda at: (OPEN, pack(at + b"/secret", FOR_WRITING | TRUNCATE, NONE)),
    "open exclusively": lambda at: (
        OPEN, pack(at + b"/new", FOR_WRITING | CREATE | EXCLUSIVE, NONE),
    ),
    "opendir": lambda at: (OPENDIR, pack(at + b"/folder")),
    "opendir itself": lambda at: (OPENDIR, pack(at)),
    "stat": lambda at: (STAT, pack(at + b"/secret")),
    "stat itself": lambda at: (STAT, pack(at)),
    "lstat": lambda at: (LSTAT, pack(at + b"/secret")),
    "setstat": lambda at: (SETSTAT, pack(at + b"/secret", WIDE)),
    "setstat itself": lambda at: (SETSTAT, pack(at, Attributes(mode=0o700))),
    "mkdir": lambda at: (MKDIR, pack(at + b"/new", NONE)),
    "rmdir": lambda at: (RMDIR, pack(at + b"/empty")),
    "remove": lambda at: (REMOVE, pack(at + b"/secret")),
    "rename from": lambda at: (RENAME, pack(at + b"/secret", b"/stolen")),
    "rename to": lambda at: (RENAME, pack(b"/mine", at + b"/new")),
    "posix-rename from": lambda at: extended("posix-rename", at + b"/secret", b"/stolen"),
    "posix-rename to": lambda at: extended("posix-rename", b"/mine", at + b"/secret"),
    "readlink": lambda at: (READLINK, pack(at + b"/pointer")),
    "symlink": lambda at: (SYMLINK, pack(b"secret", at + b"/new")),
    "statvfs": lambda at: extended("statvfs", at + b"/secret"),
    "statvfs itself": lambda at: extended("statvfs", at),
    "hardlink from": lambda at: extended("hardlink", at + b"/secret", b"/stolen"),
    "hardlink to": lambda at: extended("hardlink", b"/mine", at + b"/new"),
    "check-file-name": lambda at: hashing(at + b"/secret"),
    "lsetstat": lambda at: extended("lsetstat", at + b"/secret", Attributes(mode=0o777)),
}

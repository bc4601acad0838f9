"""Everything a subuser's permissions decide, as something each client can be told to do."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko

from clients import Client, Lftp, Paramiko, Sftp


@dataclass(frozen=True)
class Operation:
    """One thing to do to `/item`, the permission it needs, and the trace it leaves on disk."""

    name: str
    needs: str
    prepare: Callable[[Path], None]
    #: How each client does it; what it answers is compared with `answer`.
    ways: dict[type[Client], Callable[[Client, Path], object]]
    done: Callable[[Path], bool]
    answer: object = None
    #: OpenSSH shows words of its own instead of the server's; these are among them.
    openssh_says: str = "denied"


def file(path: Path) -> None:
    path.write_text("content")


def nothing(path: Path) -> None:
    """The path is left free."""


def local(scratch: Path) -> Path:
    scratch.write_text("fresh")
    return scratch


def downloaded(client: Client, scratch: Path) -> str:
    client.get("/item", scratch)
    return scratch.read_text()


def upload(client: Client, scratch: Path) -> None:
    client.put(local(scratch), "/item")


def batch(line: str) -> Callable[[Client, Path], object]:
    def run(client: Client, scratch: Path) -> None:
        assert isinstance(client, Sftp)
        client.batch(line)

    return run


def library(call: Callable[[paramiko.SFTPClient], object]) -> Callable[[Client, Path], object]:
    def run(client: Client, scratch: Path) -> object:
        assert isinstance(client, Paramiko)
        return client.attempt(lambda: call(client.sftp))

    return run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def alike(call: Callable[[Client, Path], object]) -> dict[type[Client], Callable]:
    return {Sftp: call, Lftp: call, Paramiko: call}


def link(path: Path) -> None:
    path.symlink_to("elsewhere")


def full_folder(path: Path) -> None:
    path.mkdir()
    (path / "inside").touch()


OPERATIONS = [
    Operation(
        "list", "file.read", full_folder,
        alike(lambda client, _: client.list("/item")), lambda item: True, ["inside"],
        # Its pattern matching swallows the reason.
        openssh_says="not found",
    ),
    Operation(
        "stat", "file.read", file,
        {Paramiko: library(lambda sftp: sftp.stat("/item").st_size)}, lambda item: True, 7,
    ),
    Operation(
        "lstat", "file.read", link,
        {Paramiko: library(lambda sftp: stat.S_ISLNK(sftp.lstat("/item").st_mode or 0))},
        lambda item: True, True,
    ),
    Operation(
        "readlink", "file.read", link,
        {Paramiko: library(lambda sftp: sftp.readlink("/item"))},
        lambda item: True, "elsewhere",
    ),
    Operation(
        "free space", "file.read", nothing, {Sftp: batch("df /")}, lambda item: True,
        # What a person can never use is not advertised to them.
        openssh_says="does not support statvfs",
    ),
    Operation(
        "download", "file.read-content", file, alike(downloaded), lambda item: True, "content",
    ),
    Operation(
        "upload of a new file", "file.create", nothing, alike(upload),
        lambda item: item.read_text() == "fresh",
    ),
    Operation(
        "overwriting", "file.update", file, alike(upload),
        lambda item: item.read_text() == "fresh",
    ),
    Operation(
        "truncating", "file.update", file,
        {Paramiko: library(lambda sftp: sftp.truncate("/item", 3))},
        lambda item: item.read_text() == "con",
    ),
    Operation(
        "changing the mode", "file.update", file,
        {
            Sftp: batch("chmod 640 /item"),
            Paramiko: library(lambda sftp: sftp.chmod("/item", 0o640)),
        },
        lambda item: mode(item) == 0o640,
    ),
    Operation(
        "changing the times", "file.update", file,
        {Paramiko: library(lambda sftp: sftp.utime("/item", (1_000_000_000, 1_000_000_001)))},
        lambda item: item.stat().st_mtime == 1_000_000_001,
    ),
    Operation(
        "making a directory", "file.create", nothing,
        alike(lambda client, _: client.mkdir("/item")), lambda item: item.is_dir(),
    ),
    Operation(
        "making a symbolic link", "file.create", nothing,
        {
            Sftp: batch("symlink target /item"),
            Paramiko: library(lambda sftp: sftp.symlink("target", "/item")),
        },
        lambda item: item.is_symlink(),
    ),
    Operation(
        "renaming", "file.update", file,
        alike(lambda client, _: client.rename("/item", "/renamed")),
        lambda item: not item.exists() and (item.parent / "renamed").read_text() == "content",
    ),
    Operation(
        "renaming over a file", "file.update", file,
        {Paramiko: library(lambda sftp: sftp.posix_rename("/item", "/other"))},
        lambda item: (item.parent / "other").read_text() == "content",
    ),
    Operation(
        "deleting a file", "file.delete", file,
        alike(lambda client, _: client.remove("/item")), lambda item: not item.exists(),
    ),
    Operation(
        "deleting a directory", "file.delete", lambda item: item.mkdir(),
        alike(lambda client, _: client.rmdir("/item")), lambda item: not item.exists(),
    ),
]

"""What a client is told when the disk says no: the code that programs expect, the real reason."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from raw_sftp import (
    CREATE, FAILURE, FOR_READING, FOR_WRITING, LSTAT, MKDIR, NO_SUCH_FILE, OK, OPEN, OPENDIR,
    PERMISSION_DENIED, READLINK, REMOVE, RENAME, RMDIR, SETSTAT, STAT, STATUS, SYMLINK, Attributes,
    Field, RawSFTP, Reply,
)


@pytest.fixture
def raw(place: Place) -> Iterator[RawSFTP]:
    transport = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield RawSFTP(transport)
    transport.close()


def said(place: Place, reply: Reply) -> tuple[int, str]:
    """Code and text of a STATUS that tells nothing about the host."""
    assert reply.kind == STATUS and reply.language == "en", reply
    assert place.gate.directory.name not in reply.text and place.directory not in reply.text
    return reply.code, reply.text


NONE = Attributes()
LONG = b"n" * 256
MISSING = NO_SUCH_FILE, "No such file or directory"
NOT_A_DIRECTORY = NO_SUCH_FILE, "Not a directory"
LOOP = NO_SUCH_FILE, "Too many levels of symbolic links"
EXISTS = FAILURE, "File exists"
NOT_EMPTY = FAILURE, "Directory not empty"
IS_A_DIRECTORY = FAILURE, "Is a directory"
TOO_LONG = FAILURE, "File name too long"
INVALID = FAILURE, "Invalid argument"
TOO_LARGE = FAILURE, "File too large"

ANSWERS: list[tuple[tuple[Field, ...], tuple[int, str]]] = [
    ((STAT, b"/missing"), MISSING),
    ((LSTAT, b"/missing/below"), MISSING),
    ((OPEN, b"/missing", FOR_READING, NONE), MISSING),
    ((OPEN, b"/missing/new", FOR_WRITING | CREATE, NONE), MISSING),
    ((OPENDIR, b"/missing"), MISSING),
    ((REMOVE, b"/missing"), MISSING),
    ((RMDIR, b"/missing"), MISSING),
    ((RENAME, b"/missing", b"/new"), MISSING),
    ((SETSTAT, b"/missing", Attributes(mode=0o600)), MISSING),
    ((SETSTAT, b"/missing", Attributes(owner=(1, 1))), MISSING),
    ((READLINK, b"/missing"), MISSING),
    ((STAT, b"/dangling"), MISSING),
    ((STAT, b"/file/below"), NOT_A_DIRECTORY),
    ((OPEN, b"/file/below", FOR_WRITING | CREATE, NONE), NOT_A_DIRECTORY),
    ((OPENDIR, b"/file"), NOT_A_DIRECTORY),
    ((RMDIR, b"/file"), NOT_A_DIRECTORY),
    ((STAT, b"/loop"), LOOP),
    ((OPEN, b"/loop/below", FOR_WRITING | CREATE, NONE), LOOP),
    ((MKDIR, b"/file", NONE), EXISTS),
    ((MKDIR, b"/", NONE), EXISTS),
    ((RENAME, b"/file", b"/full"), EXISTS),
    ((SYMLINK, b"file", b"/loop"), EXISTS),
    ((RMDIR, b"/full"), NOT_EMPTY),
    ((OPEN, b"/full", FOR_WRITING, NONE), IS_A_DIRECTORY),
    ((REMOVE, b"/full"), IS_A_DIRECTORY),
    ((SETSTAT, b"/full", Attributes(size=0)), IS_A_DIRECTORY),
    ((RENAME, b"/full", b"/full/below"), INVALID),
    ((READLINK, b"/file"), INVALID),
    ((SETSTAT, b"/file", Attributes(size=1 << 63)), TOO_LARGE),
    ((STAT, LONG), TOO_LONG),
    ((OPEN, LONG, FOR_WRITING | CREATE, NONE), TOO_LONG),
    ((MKDIR, LONG, NONE), TOO_LONG),
    ((RENAME, b"/file", LONG), TOO_LONG),
    ((SYMLINK, b"file", LONG), TOO_LONG),
    ((REMOVE, b"/full/" + LONG), TOO_LONG),
]


def test_every_refusal_has_its_code_and_its_reason(place: Place, raw: RawSFTP) -> None:
    (place.files / "file").write_text("content")
    (place.files / "full").mkdir()
    (place.files / "full" / "inside").touch()
    (place.files / "loop").symlink_to("loop")
    (place.files / "dangling").symlink_to("nothing")
    for (kind, *fields), expected in ANSWERS:
        assert isinstance(kind, int)
        assert said(place, raw.request(kind, *fields)) == expected, (kind, fields)
    replaced = raw.extended("posix-rename@openssh.com", b"/file", b"/full")
    assert said(place, replaced) == IS_A_DIRECTORY
    assert sorted(os.listdir(place.files)) == ["dangling", "file", "full", "loop"]
    assert (place.files / "file").read_text() == "content"


def test_the_root_is_neither_removed_nor_renamed(place: Place, raw: RawSFTP) -> None:
    (place.files / "folder").mkdir()
    for kind, *fields in [
        (RMDIR, b"/"), (REMOVE, b"/"), (RMDIR, b"/folder/.."), (RENAME, b"/", b"/new"),
        (RENAME, b"/folder", b"/"),
    ]:
        code, reason = said(place, raw.request(kind, *fields))
        assert code == FAILURE and "root" in reason
    assert (place.files / "folder").is_dir()


def test_a_file_that_not_even_root_may_change_is_permission_denied(
    place: Place, raw: RawSFTP
) -> None:
    file = place.files / "file"
    file.write_text("content")
    if subprocess.run(["chattr", "+i", file], capture_output=True).returncode != 0:
        pytest.skip("this file system has no immutable files")
    try:
        for kind, *fields in [(REMOVE, b"/file"), (RENAME, b"/file", b"/new")]:
            reply = said(place, raw.request(kind, *fields))
            assert reply == (PERMISSION_DENIED, "Operation not permitted")
    finally:
        subprocess.run(["chattr", "-i", file], check=True)
    assert raw.request(REMOVE, b"/file").code == OK

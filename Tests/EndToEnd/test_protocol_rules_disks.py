"""Disks that are full, read-only, or not the server's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import ClientFailure, Lftp, Sftp
from clients.openssh import quoted
from clients.paramiko_library import sign_in
from gate import Gate
from raw_sftp import (
    CLOSE, CREATE, FAILURE, FOR_READING, FOR_WRITING, MKDIR, OK, OPEN, OPENDIR,
    PERMISSION_DENIED, REMOVE, RENAME, RMDIR, SETSTAT, STAT, SYMLINK, WRITE, Attributes, Field,
    Long, RawSFTP, Reply, pack,
)
from test_protocol_rules_errors import MISSING, said

NONE = Attributes()
READ_ONLY = PERMISSION_DENIED, "Read-only file system"
FULL = FAILURE, "No space left on device"
OUTSIDE = PERMISSION_DENIED, "Permission denied: the path leads outside this server"


@pytest.fixture
def raw(place: Place) -> Iterator[RawSFTP]:
    transport = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield RawSFTP(transport)
    transport.close()


@contextmanager
def tiny_disk(folder: Path) -> Iterator[None]:
    """Mounts a file system of half a mebibyte and eight inodes."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    options = "size=512k,nr_inodes=8,mode=0755"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting is not possible here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def disk(place: Place) -> Iterator[Path]:
    """The server's directory as a disk of its own, as some hosts give one to each server."""
    with tiny_disk(place.files):
        yield place.files


def test_a_full_disk_is_called_full_and_the_session_goes_on(
    place: Place, disk: Path, raw: RawSFTP
) -> None:
    handle = raw.open(b"/file", FOR_WRITING | CREATE)
    chunk = bytes(200_000)
    writes = [(WRITE, pack(handle, Long(n * 200_000), chunk)) for n in range(4)]
    first, second, *others = raw.pipeline(*writes)
    assert (first.code, second.code) == (OK, OK)
    # The third fits in part, which is no success.
    assert [said(place, reply) for reply in others] == [FULL, FULL]
    assert raw.request(SETSTAT, b"/file", Attributes(size=10)).code == OK
    assert raw.request(WRITE, handle, Long(10), b"again").code == OK
    assert raw.request(CLOSE, handle).code == OK
    assert (disk / "file").read_bytes() == bytes(10) + b"again"
    # Out of inodes is out of space as well.
    for number in range(20):
        reply = raw.request(MKDIR, b"/folder%d" % number, NONE)
        if reply.code != OK:
            break
    assert said(place, reply) == FULL
    assert said(place, raw.request(OPEN, b"/new", FOR_WRITING | CREATE, NONE)) == FULL


def test_clients_show_that_the_disk_is_full(place: Place, disk: Path, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(2_000_000))
    (tmp_path / "small").write_bytes(bytes(1000))
    # OpenSSH's client has words of its own for each code.
    for kind, shown in ((Lftp, "No space left on device"), (Sftp, "(?i)failure")):
        client = kind(place.endpoint(), tmp_path / kind.name)
        client.put(tmp_path / "small", "/small")
        with pytest.raises(ClientFailure, match=shown):
            client.put(tmp_path / "large", "/large")
        client.close()
        (disk / "large").unlink()
    Sftp(place.endpoint(), tmp_path / "again").batch(
        f"put {quoted(tmp_path / 'small')} /again"
    )


def test_a_read_only_disk_is_called_read_only(place: Place, disk: Path, raw: RawSFTP) -> None:
    requests: list[tuple[Field, ...]] = [
        (OPEN, b"/file", FOR_WRITING, NONE),
        (OPEN, b"/new", FOR_WRITING | CREATE, NONE),
        (MKDIR, b"/made", NONE),
        (SYMLINK, b"file", b"/link"),
        (SETSTAT, b"/file", Attributes(mode=0o600)),
        (SETSTAT, b"/file", Attributes(times=(1, 1))),
        (SETSTAT, b"/file", Attributes(size=1)),
        (RENAME, b"/file", b"/moved"),
        (REMOVE, b"/moved"),
        (RMDIR, b"/folder"),
    ]

    def prepare() -> None:
        for left in disk.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        (disk / "folder").mkdir()
        (disk / "file").write_text("content")

    def ask() -> list[Reply]:
        return [raw.request(int(kind), *fields) for kind, *fields in requests]  # type: ignore

    prepare()
    opened = ask()
    assert [reply.code for reply in opened] == [-1, -1] + [OK] * 8
    for reply in opened[:2]:
        assert raw.request(CLOSE, reply.content).code == OK
    prepare()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    refused = [said(place, reply) for reply in ask()]
    # Nothing has the name that the renaming would have given.
    assert refused.pop(8) in (MISSING, READ_ONLY)
    assert refused == [READ_ONLY] * 9
    assert raw.content(b"/file") == b"content"


@pytest.mark.parametrize("enters", [True, False], ids=["entered", "not entered"])
def test_a_second_disk_is_entered_only_where_the_settings_say_so(
    enters: bool, make_gate: Callable[..., Gate]
) -> None:
    place = Place(make_gate(files={"enter_mounts": enters}).start())
    (place.files / "file").write_text("content")
    disk = place.files / "disk"
    disk.mkdir()
    with tiny_disk(disk), closing(sign_in(place.endpoint())) as transport:
        (disk / "there").write_text("there")
        raw = RawSFTP(transport)
        moves = [
            raw.request(RENAME, b"/file", b"/disk/file"),
            raw.extended("posix-rename@openssh.com", b"/file", b"/disk/file"),
        ]
        # sshfs copies where it hears FAILURE.
        expected = (FAILURE, "Invalid cross-device link") if enters else OUTSIDE
        assert [said(place, reply) for reply in moves] == [expected] * 2
        if enters:
            assert raw.content(b"/disk/there") == b"there"
        else:
            for kind, *fields in [(OPEN, FOR_READING, NONE), (STAT,), (REMOVE,)]:
                assert said(place, raw.request(kind, b"/disk/there", *fields)) == OUTSIDE
            assert said(place, raw.request(OPENDIR, b"/disk")) == OUTSIDE
        assert os.listdir(disk) == ["there"]
        assert (place.files / "file").read_text() == "content"

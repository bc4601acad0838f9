"""Packets that no client should send: malformed, out of turn, with handles of somebody else."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from raw_sftp import (
    ATTRS, BAD_MESSAGE, CLOSE, EXTENDED, FAILURE, FOR_READING, FOR_WRITING, FSETSTAT, FSTAT,
    INIT, LSTAT, MKDIR, NAME, OK, OPEN, OPENDIR, READ, READDIR, READLINK, REALPATH, REMOVE, RENAME,
    RMDIR, SETSTAT, STAT, SYMLINK, UNSUPPORTED, VERSION, WRITE, Attributes, Long, RawSFTP, pack,
    packet, text,
)
from test_permissions import trace
from waiting import eventually


@pytest.fixture
def transport(place: Place) -> Iterator[paramiko.Transport]:
    signed_in = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield signed_in
    signed_in.close()


@pytest.fixture
def raw(place: Place, transport: paramiko.Transport) -> RawSFTP:
    (place.files / "file").write_text("content")
    (place.files / "folder").mkdir()
    return RawSFTP(transport)


EVERYTHING = Attributes(3, (1, 1), 0o600, (1, 1))
EIGHT = b"8 bytes!"

#: A whole body of every request, each with all the fields there are.
BODIES: dict[str, tuple[int, bytes]] = {
    "open": (OPEN, pack(b"/file", FOR_READING, EVERYTHING)),
    "close": (CLOSE, pack(EIGHT)),
    "read": (READ, pack(EIGHT, Long(0), 9)),
    "write": (WRITE, pack(EIGHT, Long(0), b"data")),
    "lstat": (LSTAT, pack(b"/file")),
    "fstat": (FSTAT, pack(EIGHT)),
    "setstat": (SETSTAT, pack(b"/missing", EVERYTHING)),
    "fsetstat": (FSETSTAT, pack(EIGHT, EVERYTHING)),
    "opendir": (OPENDIR, pack(b"/folder")),
    "readdir": (READDIR, pack(EIGHT)),
    "remove": (REMOVE, pack(b"/missing")),
    "mkdir": (MKDIR, pack(b"/folder", EVERYTHING)),
    "rmdir": (RMDIR, pack(b"/missing")),
    "realpath": (REALPATH, pack(b"/file")),
    "stat": (STAT, pack(b"/file")),
    "rename": (RENAME, pack(b"/missing", b"/new")),
    "readlink": (READLINK, pack(b"/file")),
    "symlink": (SYMLINK, pack(b"file", b"/folder")),
    "posix-rename": (EXTENDED, pack(b"posix-rename@openssh.com", b"/missing", b"/new")),
    "statvfs": (EXTENDED, pack(b"statvfs@openssh.com", b"/file")),
    "fsync": (EXTENDED, pack(b"fsync@openssh.com", EIGHT)),
    "hardlink": (EXTENDED, pack(b"hardlink@openssh.com", b"/missing", b"/new")),
    "lsetstat": (EXTENDED, pack(b"lsetstat@openssh.com", b"/missing", EVERYTHING)),
    "fstatvfs": (EXTENDED, pack(b"fstatvfs@openssh.com", EIGHT)),
    "expand-path": (EXTENDED, pack(b"expand-path@openssh.com", b"~/file")),
    "home-directory": (EXTENDED, pack(b"home-directory", b"somebody")),
    "names of owners": (EXTENDED, pack(b"users-groups-by-id@openssh.com", b"user", b"")),
    "copy-data": (EXTENDED, pack(b"copy-data", EIGHT, Long(0), Long(9), EIGHT, Long(0))),
    "check-file-name": (EXTENDED, pack(b"check-file-name", b"/file", b"md5", Long(0), Long(0), 0)),
    "check-file-handle": (
        EXTENDED, pack(b"check-file-handle", EIGHT, b"md5", Long(0), Long(0), 0),
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_request_cut_short_anywhere_is_called_malformed_and_nothing_is_done(
    name: str, place: Place, raw: RawSFTP
) -> None:
    kind, body = BODIES[name]
    [whole] = raw.pipeline((kind, body))
    assert whole.code not in (BAD_MESSAGE, UNSUPPORTED)
    before = trace(place.files)
    for reply in raw.pipeline(*[(kind, body[:length]) for length in range(len(body))]):
        assert reply.code == BAD_MESSAGE and reply.text
    # OpenSSH takes no offence at what follows the last field, and clients are tested with it.
    [longer] = raw.pipeline((kind, body + b"more"))
    assert longer.code == whole.code
    assert trace(place.files) == before
    assert raw.is_alive()


NONSENSE: dict[str, tuple[int, bytes]] = {
    "a path longer than the packet": (STAT, struct.pack(">I", 0xFFFF_FFFF) + b"/file"),
    "a path of 2 GiB": (OPEN, struct.pack(">I", 1 << 31) + b"/file"),
    "a zero in a path": (STAT, pack(b"/file\0/below")),
    "a zero in the second path": (RENAME, pack(b"/file", b"/new\0")),
    "a path of 4097 bytes": (STAT, pack(b"/" * 4097)),
    "a path of 64 KiB": (MKDIR, pack(b"a/" * 32_768, Attributes())),
    "a handle longer than the packet": (READ, struct.pack(">I", 0xFFFF_FFFF) + EIGHT),
    "data longer than the packet": (WRITE, pack(EIGHT, Long(0), 1000) + b"data"),
    "data longer than is taken": (WRITE, pack(EIGHT, Long(0), bytes(261_121))),
    "extended attributes without end": (
        SETSTAT, pack(b"/file") + struct.pack(">II", 0x8000_0000, 0xFFFF_FFFF) + bytes(1000),
    ),
    "an extension without a name": (EXTENDED, b"\0\0\0\x10short"),
    "an extension with an endless name": (EXTENDED, pack(b"x" * 100_000)),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_called_malformed_and_the_session_goes_on(
    name: str, place: Place, raw: RawSFTP
) -> None:
    before = trace(place.files)
    first, bad, last = raw.pipeline((STAT, pack(b"/file")), NONSENSE[name], (STAT, pack(b"/file")))
    assert first.kind == last.kind == ATTRS
    assert bad.code == BAD_MESSAGE and place.directory not in bad.text
    assert trace(place.files) == before


def test_attributes_of_later_versions_and_unknown_ones_are_skipped(
    place: Place, raw: RawSFTP
) -> None:
    # Size, mode, one extended attribute; and bits that version 3 does not know.
    flags = struct.pack(">I", 0x8000_0005 | 0x10)
    fields = struct.pack(">QII", 2, 0o600, 1) + text(b"name") + text(b"value")
    [reply] = raw.pipeline((SETSTAT, pack(b"/file") + flags + fields))
    assert reply.code == OK
    status = (place.files / "file").stat()
    assert (status.st_size, status.st_mode & 0o7777) == (2, 0o600)


def test_what_only_a_server_sends_is_not_supported(raw: RawSFTP) -> None:
    kinds = [kind for kind in range(256) if kind not in (INIT, *range(OPEN, SYMLINK + 1), EXTENDED)]
    for reply in raw.pipeline(*[(kind, b"whatever") for kind in kinds]):
        assert reply.code == UNSUPPORTED
    assert raw.extended("nothing@example.org", b"x").code == UNSUPPORTED
    assert raw.extended("").code == UNSUPPORTED
    assert raw.is_alive()


#: Bytes that end a channel, and what the log says then.
ENDINGS: dict[str, tuple[bytes, str]] = {
    "a second INIT": (packet(INIT, struct.pack(">I", 3)), "SSH_FXP_INIT"),
    "a packet without an id": (struct.pack(">IB", 1, STAT), "1 bytes"),
    "a packet with half an id": (struct.pack(">IBH", 3, STAT, 0), "3 bytes"),
    "a packet of 256 KiB and one byte": (struct.pack(">IB", 262_145, STAT), "262145"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_broken_framing_ends_the_channel_after_the_replies_before_it(
    name: str, place: Place, transport: paramiko.Transport, raw: RawSFTP
) -> None:
    [session] = place.gate.sessions()
    broken, reason = ENDINGS[name]
    raw.channel.sendall(packet(STAT, struct.pack(">I", 7) + text(b"/file")) + broken)
    kind, body = raw.receive()
    assert (kind, body[:4]) == (ATTRS, struct.pack(">I", 7))
    with pytest.raises(EOFError):
        raw.receive()
    # The next channel is none the worse for it.
    assert RawSFTP(transport).is_alive()

    def logged() -> bool:
        lines = [one for one in place.gate.log().splitlines() if session["id"] in one]
        return any("channel closed" in one and reason in one for one in lines)

    eventually(logged, "the log says why")


def test_the_reason_for_a_request_before_init_is_logged(
    place: Place, transport: paramiko.Transport
) -> None:
    raw = RawSFTP(transport, greet=False)
    raw.send(REALPATH, struct.pack(">I", 1) + text(b"."))
    with pytest.raises(EOFError):
        raw.receive()
    eventually(lambda: "before SSH_FXP_INIT" in place.gate.log(), "the log says why")


@pytest.mark.parametrize("version", [0, 2, 3, 6, 2**32 - 1])
def test_whatever_version_is_asked_for_the_answer_is_3(
    version: int, transport: paramiko.Transport
) -> None:
    raw = RawSFTP(transport, greet=False)
    # Clients may tell their own extensions.
    raw.send(INIT, struct.pack(">I", version) + text(b"name@example.org") + text(b"1"))
    kind, body = raw.receive()
    assert (kind, body[:4]) == (VERSION, struct.pack(">I", 3))
    assert raw.is_alive()


def test_packets_may_arrive_in_any_pieces(raw: RawSFTP) -> None:
    one = packet(REALPATH, struct.pack(">I", 5) + text(b"a/../file"))
    for piece in (one[n : n + 1] for n in range(len(one))):
        raw.channel.sendall(piece)
    raw.channel.sendall(one * 2 + one[:7])
    raw.channel.sendall(one[7:])
    for _ in range(4):
        assert raw.receive()[0] == NAME


def handle_requests(handle: bytes) -> list[tuple[int, bytes]]:
    return [
        (READ, pack(handle, Long(0), 10)), (WRITE, pack(handle, Long(0), b"forged")),
        (FSTAT, pack(handle)), (FSETSTAT, pack(handle, Attributes(size=0))),
        (READDIR, pack(handle)), (EXTENDED, pack(b"fsync@openssh.com", handle)),
        (EXTENDED, pack(b"check-file-handle", handle, b"md5", Long(0), Long(0), 0)),
        (EXTENDED, pack(b"copy-data", handle, Long(0), Long(0), handle, Long(0))),
        (EXTENDED, pack(b"fstatvfs@openssh.com", handle)),
        (CLOSE, pack(handle)),
    ]


def test_a_handle_that_is_closed_forged_or_of_another_channel_is_invalid(
    place: Place, transport: paramiko.Transport, raw: RawSFTP
) -> None:
    both = FOR_READING | FOR_WRITING
    closed, mine = raw.open(b"/file", both), raw.open(b"/file", both)
    other = RawSFTP(transport)
    theirs = other.open(b"/file", both)
    assert raw.request(CLOSE, closed).code == OK
    flipped = bytes([*mine[:-1], mine[-1] ^ 1])
    next_one = (int.from_bytes(mine) + (1 << 32)).to_bytes(8)
    forged = [b"", b"\0", bytes(8), b"\xff" * 8, flipped, next_one, mine + b"\0", mine[:-1]]
    for handle in [closed, theirs, *forged, b"h" * 256, b"h" * 100_000]:
        for reply in raw.pipeline(*handle_requests(handle)):
            assert reply.code == FAILURE and "invalid handle" in reply.text.lower()
    assert (place.files / "file").read_text() == "content"
    for channel, handle in ((raw, mine), (other, theirs)):
        assert channel.request(READ, handle, Long(0), 10).content == b"content"
        assert channel.request(CLOSE, handle).code == OK


def test_a_handle_of_the_other_kind_is_invalid(raw: RawSFTP) -> None:
    file = raw.open(b"/file", FOR_READING | FOR_WRITING)
    folder = raw.handle(OPENDIR, b"/folder")
    on_file, on_folder = handle_requests(file), handle_requests(folder)
    for request in [on_file[4], *on_folder[:2], *on_folder[5:8]]:
        [reply] = raw.pipeline(request)
        assert reply.code == FAILURE and "invalid handle" in reply.text.lower()
    # Both are still what they were.
    assert raw.request(READ, file, Long(0), 10).content == b"content"
    assert raw.request(READDIR, folder).kind == NAME

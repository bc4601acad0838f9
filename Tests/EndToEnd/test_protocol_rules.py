"""Rules that clients rely on without saying so: order, limits, handles, endings."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import closing

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from content import random_file
from gate import Gate
from raw_sftp import (
    ATTRS, CLOSE, CREATE, DATA, EOF, FAILURE, FOR_READING, FOR_WRITING, FSTAT, HANDLE, LSTAT, MKDIR,
    NAME, NO_SUCH_FILE, OK, OPEN, OPENDIR, READ, READDIR, REALPATH, REMOVE, RENAME, RMDIR, SETSTAT,
    STAT, STATUS, SYMLINK, WRITE, Attributes, Long, RawSFTP, pack,
)
from waiting import eventually


@pytest.fixture
def raw(place: Place) -> Iterator[RawSFTP]:
    transport = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield RawSFTP(transport)
    transport.close()


def limits(raw: RawSFTP) -> tuple[int, int, int, int]:
    """Bytes in a packet, in a READ's reply, in a WRITE; open handles."""
    answered = raw.extended("limits@openssh.com").content
    return struct.unpack(">QQQQ", answered)


def test_limits_are_never_zero_and_hold(place: Place, raw: RawSFTP) -> None:
    assert raw.extensions["limits@openssh.com"] == "1"
    longest, most_read, most_written, handles = limits(raw)
    assert 0 < most_read <= longest and 0 < most_written <= longest and handles > 0
    # Larger packets than this have ended clients that believed in them.
    assert longest <= 256 << 10
    whole = random_file(place.files / "whole", 2 * most_read).read_bytes()
    handle = raw.open(b"/whole", FOR_READING)
    for asked in (1, 32_768, 65_536, most_read):
        reply = raw.request(READ, handle, Long(7), asked)
        assert reply.content == whole[7 : 7 + asked]
        assert reply.length <= longest
    copy = raw.open(b"/copy", FOR_WRITING | CREATE)
    assert raw.request(WRITE, copy, Long(0), whole[:most_written]).code == OK
    assert (place.files / "copy").read_bytes() == whole[:most_written]


def test_as_many_handles_are_open_as_the_limits_say(make_gate: Callable[..., Gate]) -> None:
    place = Place(make_gate(limits={"handles": 5}).start())
    (place.files / "file").touch()
    with closing(sign_in(place.endpoint())) as transport:
        raw = RawSFTP(transport)
        assert limits(raw)[3] == 5
        opened = [raw.open(b"/file", FOR_READING) for _ in range(4)]
        opened.append(raw.handle(OPENDIR, b"/"))
        for kind, body in [
            (OPEN, pack(b"/file", FOR_READING, Attributes())),
            (OPEN, pack(b"/new", FOR_WRITING | CREATE, Attributes())),
            (OPENDIR, pack(b"/")),
        ]:
            [refused] = raw.pipeline((kind, body))
            assert refused.code == FAILURE
            assert "too many open handles" in refused.text.lower() and "5" in refused.text
        assert not (place.files / "new").exists()
        assert raw.request(CLOSE, opened[0]).code == OK
        raw.open(b"/new", FOR_WRITING | CREATE)


def test_handles_are_short_and_unlike_those_of_any_other_session(place: Place) -> None:
    (place.files / "file").touch()
    seen: set[bytes] = set()
    count = 0
    for _ in range(3):
        with closing(sign_in(place.endpoint())) as transport:
            raw = RawSFTP(transport)
            for _ in range(20):
                handle = raw.open(b"/file", FOR_READING)
                assert 0 < len(handle) <= 256
                seen.add(handle)
                count += 1
                assert raw.request(CLOSE, handle).code == OK
    assert len(seen) == count == 60


def test_replies_come_in_the_order_of_the_requests(place: Place, raw: RawSFTP) -> None:
    content = random_file(place.files / "file", 600_000).read_bytes()
    file = raw.open(b"/file", FOR_READING)
    listing = raw.handle(OPENDIR, b"/")
    expected = [DATA, ATTRS, NAME, STATUS, STATUS, DATA, ATTRS, STATUS, NAME, DATA, HANDLE, STATUS]
    replies = raw.pipeline(*[
        (READ, pack(file, Long(0), 255_000)),
        (STAT, pack(b"/file")),
        (READDIR, pack(listing)),
        (STAT, pack(b"/missing")),
        (77, b""),
        (READ, pack(file, Long(255_000), 1)),
        (FSTAT, pack(file)),
        (OPEN, b"\0\0\0\xff"),
        (REALPATH, pack(b"a/..")),
        (READ, pack(file, Long(599_999), 4096)),
        (OPENDIR, pack(b"/")),
        (READDIR, pack(listing)),
    ] * 10)
    assert [reply.kind for reply in replies[:12]] == expected
    # Only the one listing comes to its end on the way.
    del expected[2]
    for start in range(12, 120, 12):
        kinds = [reply.kind for reply in replies[start : start + 12]]
        assert kinds.pop(2) == STATUS and kinds == expected
        assert replies[start].content == content[:255_000]
        assert replies[start + 5].content == content[255_000:255_001]
        assert replies[start + 9].content == content[599_999:]


def test_requests_see_what_those_before_them_did(place: Place, raw: RawSFTP) -> None:
    replies = raw.pipeline(
        (STAT, pack(b"/made")),
        (MKDIR, pack(b"/made", Attributes())),
        (STAT, pack(b"/made")),
        (MKDIR, pack(b"/made", Attributes())),
        (RMDIR, pack(b"/made")),
        (LSTAT, pack(b"/made")),
    )
    assert [reply.code for reply in replies] == [NO_SUCH_FILE, OK, -1, FAILURE, OK, NO_SUCH_FILE]
    assert not (place.files / "made").exists()


def test_closing_waits_for_what_was_sent_before_and_ends_the_handle(
    place: Place, raw: RawSFTP
) -> None:
    # As WinSCP ends an upload: without waiting for anything.
    written = raw.open(b"/up.filepart", FOR_WRITING | CREATE)
    chunks = [bytes([number]) * 30_000 for number in range(64)]
    replies = raw.pipeline(
        *[(WRITE, pack(written, Long(30_000 * n), chunk)) for n, chunk in enumerate(chunks)],
        (CLOSE, pack(written)),
        (SETSTAT, pack(b"/up.filepart", Attributes(mode=0o640, times=(1_500_000_000,) * 2))),
        (RENAME, pack(b"/up.filepart", b"/up")),
        (OPEN, pack(b"/up", FOR_READING, Attributes())),
        (WRITE, pack(written, Long(0), b"late")),
    )
    *done, opened, late = replies
    assert [reply.code for reply in done] == [OK] * 67
    assert late.code == FAILURE and "invalid handle" in late.text.lower()
    up = place.files / "up"
    assert up.read_bytes() == b"".join(chunks)
    assert up.stat().st_mtime == 1_500_000_000 and up.stat().st_mode & 0o7777 == 0o640
    read = raw.pipeline(
        *[(READ, pack(opened.content, Long(30_000 * n), 30_000)) for n in range(64)],
        (CLOSE, pack(opened.content)),
        (READ, pack(opened.content, Long(0), 1)),
    )
    assert [reply.content for reply in read[:64]] == chunks
    assert read[64].code == OK
    assert read[65].code == FAILURE and "invalid handle" in read[65].text.lower()


def test_four_readdirs_at_once_tell_everything_once_and_then_the_end(
    place: Place, raw: RawSFTP
) -> None:
    names = {b".", b".."} | {b"file %d of many" % number for number in range(1500)}
    for name in names - {b".", b".."}:
        (place.files / os.fsdecode(name)).touch()
    listing = raw.handle(OPENDIR, b"/")
    seen: list[bytes] = []
    ended = False
    while not ended:
        for reply in raw.pipeline(*[(READDIR, pack(listing))] * 4):
            if reply.kind == NAME:
                # sshfs takes 128 KiB, ssh2 once took 34,000 bytes.
                assert not ended and 0 < len(reply.names) and reply.length < 34_000
                seen += [entry.name for entry in reply.names]
            else:
                assert reply.code == EOF
                ended = True
    assert sorted(seen) == sorted(names)
    for reply in raw.pipeline(*[(READDIR, pack(listing))] * 8):
        assert reply.code == EOF
    # A file removed meanwhile changes nothing about the end.
    assert raw.request(REMOVE, b"/file 0 of many").code == OK
    assert raw.request(READDIR, listing).code == EOF


IDENTS = {
    "WinSCP_release_6.3": True,
    "ssh2js1.15.0": True,
    "SSHJ_0.38.0": True,
    "AsyncSSH_2.14": True,
    "OpenSSH_9.9": False,
    "paramiko_4.0.0": False,
    "JSCH_0.2.17": False,
    "Go": False,
    "libssh_0.11.1": False,
    "sshlib_WinSCP": False,
}


@pytest.mark.parametrize("ident", IDENTS)
def test_the_paths_of_a_symbolic_link_come_in_the_order_of_the_client(
    ident: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.files / "target").write_text("content")
    monkeypatch.setattr(paramiko.Transport, "_CLIENT_ID", ident)
    with closing(sign_in(place.endpoint())) as transport:
        assert transport.local_version == f"SSH-2.0-{ident}"
        paths = [b"/link", b"target"] if IDENTS[ident] else [b"target", b"/link"]
        assert RawSFTP(transport).request(SYMLINK, *paths).code == OK
        assert os.readlink(place.files / "link") == "target"


def test_the_gate_does_not_call_itself_openssh(raw: RawSFTP) -> None:
    # WinSCP and ssh2 choose versions, sizes and the order of SYMLINK's paths by it.
    version = raw.channel.get_transport().remote_version
    assert version.startswith("SSH-2.0-") and "openssh" not in version.lower()


def test_a_client_that_ends_gets_its_replies_then_status_0_then_the_end(
    place: Place, raw: RawSFTP
) -> None:
    content = random_file(place.files / "file", 2_000_000).read_bytes()
    file = raw.open(b"/file", FOR_READING)
    ids = raw.ask((READ, pack(file, Long(100_000 * n), 100_000)) for n in range(20))
    raw.channel.shutdown_write()
    assert b"".join(reply.content for reply in raw.replies(ids)) == content
    with pytest.raises(EOFError):
        raw.receive()
    assert raw.channel.eof_received
    assert raw.channel.recv_exit_status() == 0
    eventually(lambda: raw.channel.closed, "the channel is closed")

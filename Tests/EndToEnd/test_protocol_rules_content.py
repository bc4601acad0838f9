"""Rules about files: how they are opened, read, written, and what attributes they keep."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from content import random_file
from gate import Gate
from raw_sftp import (
    APPEND, ATTRS, CLOSE, CREATE, DATA, EOF, EXCLUSIVE, FAILURE, FOR_READING, FOR_WRITING,
    FSETSTAT, FSTAT, HANDLE, LSTAT, MKDIR, NO_SUCH_FILE, OK, OPEN, OPENDIR, PERMISSION_DENIED, READ,
    REMOVE, RENAME, SETSTAT, STAT, TRUNCATE, WRITE, Attributes, Long, RawSFTP,
)


@pytest.fixture
def raw(place: Place) -> Iterator[RawSFTP]:
    transport = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield RawSFTP(transport)
    transport.close()


MODES = [
    (None, "0022", 0o644, 0o755), (0o666, "0022", 0o644, 0o644), (0o777, "0022", 0o755, 0o755),
    (0o107777, "0022", 0o755, 0o755), (0o600, "0022", 0o600, 0o600), (0, "0022", 0, 0),
    (None, "0007", 0o660, 0o770), (0o777, "0077", 0o700, 0o700), (0o7666, "0000", 0o666, 0o666),
]


@pytest.mark.parametrize("umask", sorted({umask for _, umask, _, _ in MODES}))
def test_new_files_and_directories_have_the_mode_asked_for_less_the_mask(
    umask: str, make_gate: Callable[..., Gate]
) -> None:
    place = Place(make_gate(files={"umask": umask}).start())
    with closing(sign_in(place.endpoint())) as transport:
        raw = RawSFTP(transport)
        for asked, _, file, directory in [one for one in MODES if one[1] == umask]:
            # All that an OPEN may decide is the mode; the rest would be somebody else's file.
            wanted = Attributes(size=7, owner=(12345, 12345), mode=asked, times=(1, 1))
            handle = raw.open(b"/file", FOR_WRITING | CREATE, wanted)
            assert raw.request(MKDIR, b"/folder", wanted).code == OK
            made = (place.files / "file").stat()
            assert stat.S_IMODE(made.st_mode) == file and made.st_size == 0 and made.st_mtime > 1
            assert stat.S_IMODE((place.files / "folder").stat().st_mode) == directory
            for one in (made, (place.files / "folder").stat()):
                assert (one.st_uid, one.st_gid) == (os.geteuid(), os.getegid())
            # Whoever makes a file may fill it, whatever its mode says.
            assert raw.request(WRITE, handle, Long(0), b"content").code == OK
            assert raw.request(CLOSE, handle).code == OK
            (place.files / "file").unlink()
            (place.files / "folder").rmdir()


def test_content_is_dropped_only_on_demand(place: Place, raw: RawSFTP) -> None:
    file = place.files / "file"
    for flags in (FOR_WRITING, FOR_READING | FOR_WRITING, FOR_WRITING | CREATE):
        file.write_text("0123456789")
        # As an upload is resumed: with or without CREAT, and without APPEND.
        handle = raw.open(b"/file", flags)
        assert raw.request(WRITE, handle, Long(8), b"abcd").code == OK
        assert file.read_text() == "01234567abcd"
        assert raw.request(CLOSE, handle).code == OK
    for flags in (FOR_WRITING | TRUNCATE, FOR_WRITING | CREATE | TRUNCATE):
        file.write_text("0123456789")
        handle = raw.open(b"/file", flags)
        assert file.read_text() == ""
        assert raw.request(CLOSE, handle).code == OK


def test_appending_goes_to_the_end_whoever_moved_it(place: Place, raw: RawSFTP) -> None:
    file = place.files / "log"
    file.write_text("start")
    handle = raw.open(b"/log", FOR_WRITING | APPEND)
    other = raw.open(b"/log", FOR_WRITING | CREATE | APPEND)
    for turn, one in enumerate([handle, other, handle]):
        assert raw.request(WRITE, one, Long(turn * 1000), b" %d" % turn).code == OK
    with file.open("a") as local:
        local.write(" local")
    assert raw.request(WRITE, handle, Long(0), b" last").code == OK
    assert file.read_text() == "start 0 1 2 local last"


def test_an_exclusive_open_makes_the_file_or_fails(place: Place, raw: RawSFTP) -> None:
    (place.files / "file").write_text("old")
    (place.files / "folder").mkdir()
    (place.files / "dangling").symlink_to("nothing")
    flags = FOR_WRITING | CREATE | EXCLUSIVE
    raw.open(b"/new", flags)
    for path in (b"/new", b"/file", b"/folder", b"/dangling"):
        for further in (0, TRUNCATE):
            refused = raw.request(OPEN, path, flags | further, Attributes())
            assert (refused.code, refused.text) == (FAILURE, "File exists")
    assert (place.files / "file").read_text() == "old"
    assert not (place.files / "nothing").exists()


def test_a_directory_is_opened_as_one_only(place: Place, raw: RawSFTP) -> None:
    (place.files / "folder").mkdir()
    (place.files / "file").touch()
    for flags in (FOR_READING, FOR_WRITING, FOR_WRITING | CREATE | TRUNCATE, FOR_WRITING | APPEND):
        for path in (b"/folder", b"/", b"", b"/folder/.."):
            refused = raw.request(OPEN, path, flags, Attributes())
            assert (refused.code, refused.text) == (FAILURE, "Is a directory")
    refused = raw.request(OPENDIR, b"/file")
    assert (refused.code, refused.text) == (NO_SUCH_FILE, "Not a directory")


def test_a_read_gives_all_there_is_and_says_where_the_file_ends(
    place: Place, raw: RawSFTP
) -> None:
    content = random_file(place.files / "file", 300_000).read_bytes()
    handle = raw.open(b"/file", FOR_READING)
    for offset, asked, given in [
        (0, 261_120, 261_120), (0, 2**32 - 1, 261_120), (1, 262_144, 261_120),
        (299_990, 100, 10), (299_999, 1, 1), (100_000, 200_000, 200_000),
    ]:
        reply = raw.request(READ, handle, Long(offset), asked)
        assert reply.kind == DATA and reply.content == content[offset : offset + given]
    for offset in (0, 5, 300_000, 2**40):
        reply = raw.request(READ, handle, Long(offset), 0)
        assert (reply.kind, reply.content) == (DATA, b"")
    for offset in (300_000, 300_001, 2**40, 2**63 - 1, 2**63, 2**64 - 1):
        assert raw.request(READ, handle, Long(offset), 10).code == EOF
    # The file grows while it is open, as a log does.
    with (place.files / "file").open("ab") as local:
        local.write(b"more")
    assert raw.request(READ, handle, Long(300_000), 10).content == b"more"


def test_a_write_beyond_the_end_leaves_zeros_between(place: Place, raw: RawSFTP) -> None:
    handle = raw.open(b"/sparse", FOR_READING | FOR_WRITING | CREATE)
    assert raw.request(WRITE, handle, Long(5 << 30), b"far").code == OK
    assert raw.request(WRITE, handle, Long(2), b"near").code == OK
    assert raw.request(WRITE, handle, Long(1 << 40), b"").code == OK
    told = raw.request(FSTAT, handle).attributes
    assert told is not None and told.size == (5 << 30) + 3
    assert (place.files / "sparse").stat().st_size == (5 << 30) + 3
    assert raw.request(READ, handle, Long(0), 10).content == b"\0\0near\0\0\0\0"
    assert raw.request(READ, handle, Long((5 << 30) - 2), 10).content == b"\0\0far"
    for offset in (2**63 - 1, 2**64 - 1):
        refused = raw.request(WRITE, handle, Long(offset), b"x")
        assert (refused.code, refused.text) == (FAILURE, "File too large")
    (place.files / "sparse").unlink()


def test_a_handle_for_one_direction_does_nothing_in_the_other(place: Place, raw: RawSFTP) -> None:
    (place.files / "file").write_text("content")
    reading, writing = raw.open(b"/file", FOR_READING), raw.open(b"/file", FOR_WRITING)
    assert raw.request(READ, reading, Long(0), 7).content == b"content"
    # Somewhere else such a READ has written zeros.
    assert raw.request(READ, writing, Long(0), 7).code == FAILURE
    assert raw.request(WRITE, reading, Long(0), b"changed").code == FAILURE
    assert (place.files / "file").read_text() == "content"
    assert raw.request(WRITE, writing, Long(0), b"changed").code == OK
    assert (place.files / "file").read_text() == "changed"


def test_attributes_are_set_one_by_one_and_owners_and_special_bits_never(
    place: Place, raw: RawSFTP
) -> None:
    file = place.files / "file"
    file.write_text("0123456789")
    file.chmod(0o640)
    before = file.stat()
    handle = raw.open(b"/file", FOR_WRITING)

    def both(attributes: Attributes) -> os.stat_result:
        file.chmod(0o640)
        for kind, what in ((SETSTAT, b"/file"), (FSETSTAT, handle)):
            assert raw.request(kind, what, attributes).code == OK
        return file.stat()

    for owner in ((12345, 12345), (0, 0), (2**32 - 1, 2**32 - 1)):
        after = both(Attributes(owner=owner))
        assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    # What is not named stays as it is.
    after = both(Attributes(times=(1_400_000_000, 1_500_000_000)))
    assert (after.st_mode, after.st_size) == (before.st_mode, 10)
    assert (after.st_atime, after.st_mtime) == (1_400_000_000, 1_500_000_000)
    for asked, kept in [(0o107755, 0o755), (0o4000, 0), (0o2640, 0o640), (0o1777, 0o777)]:
        after = both(Attributes(mode=asked))
        assert stat.S_IMODE(after.st_mode) == kept and after.st_mtime == 1_500_000_000
    assert both(Attributes(size=4)).st_size == 4
    after = both(Attributes(2, (1, 1), 0o600, (3, 4)))
    assert (after.st_size, stat.S_IMODE(after.st_mode), after.st_mtime) == (2, 0o600, 4)


def test_times_beyond_what_clients_understand_are_clamped_both_ways(
    place: Place, raw: RawSFTP
) -> None:
    file, latest = place.files / "file", 2**31 - 1
    file.touch()
    for on_disk, told in [(-5, 0), (0, 0), (latest, latest), (2**31, latest), (2**33, latest)]:
        os.utime(file, (on_disk, on_disk))
        handle = raw.open(b"/file", FOR_READING)
        [listed] = [entry.attributes for entry in raw.listing(b"/") if entry.name == b"file"]
        assert listed.times == (told, told)
        for kind, what in ((STAT, b"/file"), (LSTAT, b"/file"), (FSTAT, handle)):
            attributes = raw.request(kind, what).attributes
            assert attributes is not None and attributes.times == (told, told)
    for asked, kept in [(0, 0), (latest, latest), (2**31, latest), (2**32 - 1, latest)]:
        assert raw.request(SETSTAT, b"/file", Attributes(times=(asked, asked))).code == OK
        assert (file.stat().st_atime, file.stat().st_mtime) == (kept, kept)


def test_a_handle_stays_with_its_file_whatever_happens_to_the_name(
    place: Place, raw: RawSFTP
) -> None:
    handle = raw.open(b"/file", FOR_READING | FOR_WRITING | CREATE)
    assert raw.request(RENAME, b"/file", b"/moved").code == OK
    (place.files / "file").write_text("imposter")
    (place.files / "file").chmod(0o644)
    assert raw.request(WRITE, handle, Long(0), b"content").code == OK
    assert raw.request(FSETSTAT, handle, Attributes(size=4, mode=0o600, times=(5, 6))).code == OK
    moved, imposter = (place.files / "moved").stat(), (place.files / "file").stat()
    assert (moved.st_size, stat.S_IMODE(moved.st_mode), moved.st_mtime) == (4, 0o600, 6)
    assert (imposter.st_size, stat.S_IMODE(imposter.st_mode)) == (8, 0o644)
    assert raw.request(REMOVE, b"/moved").code == OK
    assert raw.request(READ, handle, Long(0), 10).content == b"cont"
    told = raw.request(FSTAT, handle)
    assert told.kind == ATTRS and told.attributes and told.attributes.size == 4
    assert raw.request(CLOSE, handle).code == OK


def test_who_may_only_create_finishes_an_upload_on_its_own_handle(place: Place) -> None:
    with closing(sign_in(place.endpoint(place.subuser(["file.sftp", "file.create"])))) as transport:
        raw = RawSFTP(transport)
        handle = raw.open(b"/new", FOR_WRITING | CREATE | TRUNCATE)
        assert raw.request(WRITE, handle, Long(0), b"content").code == OK
        assert raw.request(FSETSTAT, handle, Attributes(mode=0o600, times=(5, 6))).code == OK
        made = (place.files / "new").stat()
        assert (stat.S_IMODE(made.st_mode), made.st_mtime, made.st_size) == (0o600, 6, 7)
        assert raw.request(CLOSE, handle).code == OK
        refused = raw.request(OPEN, b"/new", FOR_WRITING | CREATE | TRUNCATE, Attributes())
        assert refused.code == PERMISSION_DENIED and "file.update" in refused.text
        assert refused.kind != HANDLE and (place.files / "new").read_text() == "content"

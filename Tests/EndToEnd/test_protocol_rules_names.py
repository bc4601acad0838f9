"""Rules about names: canonical paths, listings as FileZilla reads them, renames, links."""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from raw_sftp import (
    ATTRS, CLOSE, CREATE, EOF, FAILURE, FOR_WRITING, LSTAT, MKDIR, NAME, NO_SUCH_FILE, OK, OPENDIR,
    PERMISSION_DENIED, READDIR, READLINK, REALPATH, REMOVE, RENAME, RMDIR, SETSTAT, STAT, SYMLINK,
    TRUNCATE, WRITE, Attributes, Long, RawSFTP, pack,
)


@pytest.fixture
def raw(place: Place) -> Iterator[RawSFTP]:
    transport = sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))
    yield RawSFTP(transport)
    transport.close()


CANONICAL = {
    "": "/", ".": "/", "/": "/", "//": "/", "..": "/", "/../..": "/", "./": "/",
    "file": "/file", "file/": "/file", "/folder/./file": "/folder/file",
    "missing": "/missing", "/folder/missing": "/folder/missing",
    "/missing/too/far": "/missing/too/far", "missing/../other": "/other",
    "file/below": "/file/below", "folder//deep/../..": "/",
    # Following a link would tell what is behind it.
    "link": "/link", "/link/below": "/link/below", "/link/..": "/", "way-out": "/way-out",
    " / ": "/ / ", "ünï": "/ünï", "...": "/...",
}


@pytest.mark.parametrize("given", CANONICAL)
def test_a_path_is_made_canonical_whether_it_exists_or_not(
    given: str, place: Place, raw: RawSFTP
) -> None:
    (place.files / "folder").mkdir()
    (place.files / "file").touch()
    (place.files / "link").symlink_to("folder")
    (place.files / "way-out").symlink_to("/")
    reply = raw.request(REALPATH, given.encode())
    expected = CANONICAL[given].encode()
    assert reply.names == ((expected, expected, Attributes()),)


#: Nine fields as an FTP listing has them; the name is everything behind one blank.
LINE = re.compile(
    rb"(?P<type>[-dlpscb])(?P<mode>[-rwxsStT]{9}) +(?P<links>\d+) +(?P<owner>\S+) +(?P<group>\S+)"
    rb" +(?P<size>\d+) +(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})"
    rb" +(?P<when>\d\d:\d\d|\d{4}) (?P<name>.+)"
)
MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
TYPES = {stat.S_IFREG: b"-", stat.S_IFDIR: b"d", stat.S_IFLNK: b"l", stat.S_IFIFO: b"p"}
DAY = 86_400


def test_a_long_name_says_what_the_attributes_say_in_nine_fields(
    place: Place, raw: RawSFTP
) -> None:
    now = int(time.time())
    ages = [0, 90, DAY, 100 * DAY, 180 * DAY, 190 * DAY, 366 * DAY, 20 * 365 * DAY, -300 * DAY]
    names = ["plain", "two words", "  leading blanks", "trailing ", "a  b", "12:34 x", "2024", "ü"]
    for number, age in enumerate(ages):
        file = place.files / (names[number] if number < len(names) else f"file{number}")
        file.write_bytes(b"x" * 10**number if number < 6 else b"")
        os.chmod(file, [0o644, 0o600, 0o4755, 0o2711, 0o777, 0, 0o1644, 0o444, 0o640][number])
        os.utime(file, (now - age, now - age))
    (place.files / "folder").mkdir()
    (place.files / "link").symlink_to("plain")
    os.mkfifo(place.files / "fifo")
    listed = {entry.name: entry for entry in raw.listing(b"/")}
    assert len(listed) == len(ages) + 5
    for name, entry in listed.items():
        found = LINE.fullmatch(entry.longname)
        assert found is not None, entry.longname
        attributes = entry.attributes
        assert attributes.mode is not None and attributes.times is not None
        assert found["name"] == name
        assert found["type"] == TYPES[stat.S_IFMT(attributes.mode)]
        assert (found["type"] + found["mode"]).decode() == stat.filemode(attributes.mode)
        assert int(found["size"]) == attributes.size
        on_disk = os.lstat(place.files / os.fsdecode(name))
        if name != b"..":
            assert attributes.mode == on_disk.st_mode and attributes.size == on_disk.st_size
            assert attributes.times[1] == int(on_disk.st_mtime)
            assert int(found["links"]) == on_disk.st_nlink
        then = time.gmtime(attributes.times[1])
        assert MONTHS.index(found["month"]) + 1 == then.tm_mon and int(found["day"]) == then.tm_mday
        recent = -DAY < now - attributes.times[1] < 182 * DAY
        assert found["when"].decode() == time.strftime("%H:%M" if recent else "%Y", then)
        # The names of the host's accounts are the host's business.
        assert not {found["owner"], found["group"]} & {b"root", str(os.getuid()).encode()}


def test_a_listing_begins_with_the_directory_and_the_one_above_never_above_the_root(
    place: Place, raw: RawSFTP
) -> None:
    (place.files / "folder").mkdir()
    os.utime(place.files / "folder", (1, 1_000_000_000))
    os.utime(place.files, (1, 1_100_000_000))
    os.utime(place.gate.volumes, (1, 1_200_000_000))

    def times(path: bytes) -> dict[bytes, int | None]:
        return {
            entry.name: entry.attributes.times and entry.attributes.times[1]
            for entry in raw.listing(path)
        }

    assert times(b"/folder") == {b".": 1_000_000_000, b"..": 1_100_000_000}
    assert times(b"/") == {b".": 1_100_000_000, b"..": 1_100_000_000, b"folder": 1_000_000_000}


def test_what_vanishes_while_it_is_listed_is_left_out(place: Place, raw: RawSFTP) -> None:
    for number in range(3000):
        (place.files / f"file{number}").touch()
    listing = raw.handle(OPENDIR, b"/")
    first = raw.request(READDIR, listing)
    assert 10 < len(first.names) < 2000
    for left in place.files.iterdir():
        left.unlink()
    # What the kernel had told already is looked at in vain; that is no error.
    reply = raw.request(READDIR, listing)
    assert {entry.name for entry in reply.names} <= {b".", b".."}
    assert reply.kind == NAME or reply.code == EOF


def test_stat_follows_a_link_lstat_and_a_listing_do_not(place: Place, raw: RawSFTP) -> None:
    (place.files / "file").write_bytes(b"12345")
    (place.files / "link").symlink_to("file")
    (place.files / "folder").mkdir()
    listed = {entry.name: entry.attributes for entry in raw.listing(b"/")}
    for path, follows, link in [
        (b"/file", stat.S_IFREG, stat.S_IFREG),
        (b"/folder", stat.S_IFDIR, stat.S_IFDIR),
        (b"/link", stat.S_IFREG, stat.S_IFLNK),
    ]:
        followed, itself = raw.request(STAT, path), raw.request(LSTAT, path)
        assert followed.kind == itself.kind == ATTRS
        assert followed.attributes and itself.attributes
        assert stat.S_IFMT(followed.attributes.mode or 0) == follows
        assert stat.S_IFMT(itself.attributes.mode or 0) == link
        assert listed[path[1:]] == itself.attributes


def test_a_rename_replaces_nothing_and_a_posix_rename_does(place: Place, raw: RawSFTP) -> None:
    files = place.files
    (files / "folder").mkdir()
    (files / "dangling").symlink_to("nothing")
    for taken in [b"/taken", b"/folder", b"/dangling", b"/file"]:
        (files / "file").write_text("new")
        (files / "taken").write_text("old")
        refused = raw.request(RENAME, b"/file", taken)
        assert (refused.code, refused.text) == (FAILURE, "File exists")
    assert (files / "file").read_text() == "new" and (files / "taken").read_text() == "old"
    assert (files / "folder").is_dir() and os.readlink(files / "dangling") == "nothing"
    assert raw.extended("posix-rename@openssh.com", b"/file", b"/taken").code == OK
    assert (files / "taken").read_text() == "new" and not (files / "file").exists()
    # The link itself is replaced, not what it points to.
    assert raw.extended("posix-rename@openssh.com", b"/taken", b"/dangling").code == OK
    assert (files / "dangling").read_text() == "new" and not (files / "nothing").exists()
    assert raw.request(RENAME, b"/dangling", b"/free").code == OK
    assert (files / "free").read_text() == "new"
    # Directories on the way to the new name are not made up.
    assert raw.request(RENAME, b"/free", b"/missing/free").code == NO_SUCH_FILE
    assert not (files / "missing").exists()


def test_directories_are_made_one_at_a_time_and_removed_only_empty(
    place: Place, raw: RawSFTP
) -> None:
    assert raw.request(MKDIR, b"/a/b", Attributes()).code == NO_SUCH_FILE
    assert not (place.files / "a").exists()
    for path in (b"/a", b"/a/b"):
        assert raw.request(MKDIR, path, Attributes()).code == OK
        again = raw.request(MKDIR, path, Attributes())
        assert (again.code, again.text) == (FAILURE, "File exists")
    for kind in (RMDIR, REMOVE):
        assert raw.request(kind, b"/a").code == FAILURE
    assert (place.files / "a" / "b").is_dir()
    assert raw.request(RMDIR, b"/a/b").code == raw.request(RMDIR, b"/a").code == OK
    for kind in (RMDIR, REMOVE):
        assert raw.request(kind, b"/a").code == NO_SUCH_FILE


def test_what_is_done_to_a_link_is_done_to_the_link(place: Place, raw: RawSFTP) -> None:
    (place.files / "folder").mkdir()
    (place.files / "folder" / "kept").write_text("kept")
    (place.files / "link").symlink_to("folder")
    assert raw.request(RMDIR, b"/link").code == NO_SUCH_FILE
    assert raw.request(RENAME, b"/link", b"/moved").code == OK
    assert os.readlink(place.files / "moved") == "folder" and (place.files / "folder").is_dir()
    assert raw.request(REMOVE, b"/moved").code == OK
    assert not os.path.lexists(place.files / "moved")
    assert (place.files / "folder" / "kept").read_text() == "kept"


def test_the_text_of_a_link_is_told_where_it_stays_inside(place: Place, raw: RawSFTP) -> None:
    assert raw.request(MKDIR, b"/folder", Attributes()).code == OK
    assert raw.request(SYMLINK, b"../file", b"/folder/link").code == OK
    told = raw.request(READLINK, b"/folder/link")
    assert [entry.name for entry in told.names] == [b"../file"]
    for number, target in enumerate(["../file", "/file", "folder/../../file", str(place.files)]):
        (place.files / f"out{number}").symlink_to(target)
        refused = raw.request(READLINK, b"/out%d" % number)
        assert refused.code == PERMISSION_DENIED and target not in refused.text
    shutil.rmtree(place.files / "folder")
    assert raw.request(READLINK, b"/folder/link").code == NO_SUCH_FILE


def test_who_may_not_delete_can_still_save_as_editors_do(place: Place) -> None:
    (place.files / "page").write_text("old")
    rights = [one for one in FILE_PERMISSIONS if one != "file.delete"]
    with closing(sign_in(place.endpoint(place.subuser(rights)))) as transport:
        raw = RawSFTP(transport)

        def refused() -> None:
            reply = raw.request(REMOVE, b"/page")
            assert reply.code == PERMISSION_DENIED and "file.delete" in reply.text
            assert (place.files / "page").exists()

        refused()
        handle = raw.open(b"/page.filepart", FOR_WRITING | CREATE | TRUNCATE)
        # All at once, as WinSCP sends it.
        replies = raw.pipeline(
            (WRITE, pack(handle, Long(0), b"new")), (CLOSE, pack(handle)), (REMOVE, pack(b"/page")),
            (RENAME, pack(b"/page.filepart", b"/page")),
            (SETSTAT, pack(b"/page", Attributes(times=(5, 6)))),
        )
        assert [reply.code for reply in replies] == [OK] * 5
        assert (place.files / "page").read_text() == "new"
        assert os.listdir(place.files) == ["page"]
        assert (place.files / "page").stat().st_mtime == 6
        # That was one replacement, not a right.
        refused()

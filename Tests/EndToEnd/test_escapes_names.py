"""Names of any length and bytes, and things in a directory that are neither file nor directory."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts import Place
from escapes import REQUESTS, Ground, Watched, look
from raw_sftp import (
    CLOSE, CREATE, FAILURE, FOR_READING, FOR_WRITING, LSTAT, NO_SUCH_FILE, OK, OPEN, OPENDIR,
    REALPATH, REMOVE, RENAME, SETSTAT, STAT, STATUS, TRUNCATE, WRITE, Attributes, Long,
)


@pytest.fixture
def ground(place: Place) -> Ground:
    return Ground(place)


@pytest.fixture
def raw(ground: Ground) -> Iterator[Watched]:
    client = ground.client()
    yield client
    client.close()


def test_paths_and_names_of_any_length_are_answered(ground: Ground, raw: Watched) -> None:
    longest = b"n" * 255
    handle = raw.open(longest, FOR_WRITING | CREATE)
    assert longest in {entry.name for entry in raw.listing(b"/")}
    assert raw.request(RENAME, longest, b"/inside/" + longest).code == OK
    assert raw.request(REMOVE, b"/inside/" + longest).code == OK
    assert raw.request(CLOSE, handle).code == OK
    before = look(ground.inside)
    paths = [b"/" + b"a/" * 2047, b"/" + b"a/" * 2047 + b"a", b"/inside/" + b"../" * 1362 + b"b"]
    paths += [b"b" * 256, b"b" * 4095, b"b" * 4096, b"c/" * 2048, b"c" * 4097, b"c/" * 32_768]
    for name, request in REQUESTS.items():
        for path, reply in zip(paths, raw.pipeline(*map(request, paths)), strict=True):
            assert reply.kind == STATUS and reply.code != OK, (name, len(path), reply)
    assert look(ground.inside) == before and raw.is_alive()
    assert raw.content(b"/" * 3000 + b"inside" + b"/." * 500 + b"/secret") == b"for everybody"


def test_names_of_any_bytes_are_made_listed_read_renamed_and_removed(
    ground: Ground, raw: Watched
) -> None:
    for name in [
        b"\xff\xfe\x80", b"caf\xe9", b"\xc3", b"\xed\xa0\x80", b"a\nb", b"\x1b[31m", b"\r", b"\x01",
        b"\x7f", b"\\", b"*?", b"-rf", b" ", b"\xe2\x80\xae", b"...", b"C:", b"$(id)", b"a\\..\\b",
    ]:
        handle = raw.open(b"/" + name, FOR_WRITING | CREATE)
        assert raw.request(WRITE, handle, Long(0), name).code == OK
        assert raw.request(CLOSE, handle).code == OK
        on_disk = os.path.join(os.fsencode(ground.inside), name)
        assert os.path.isfile(on_disk)
        [listed] = [entry for entry in raw.listing(b"/") if entry.name == name]
        assert listed.attributes.size == len(name)
        assert not any(byte < 32 or byte == 127 for byte in listed.longname)
        assert raw.content(name) == name
        assert [one.name for one in raw.request(REALPATH, name).names] == [b"/" + name]
        assert raw.request(RENAME, name, b"/inside/" + name).code == OK
        assert raw.request(REMOVE, b"inside/" + name).code == OK
        assert not os.path.lexists(on_disk)


class Openings:
    """Hears from the kernel which of some files is opened, by anybody."""

    def __init__(self, paths: list[Path]):
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        on_open = 0x20
        self._names = {
            libc.inotify_add_watch(self._descriptor, os.fsencode(path), on_open): path.name
            for path in paths
        }
        assert self._descriptor >= 0 and -1 not in self._names, os.strerror(ctypes.get_errno())

    def heard(self) -> set[str]:
        names = set()
        while select.select([self._descriptor], [], [], 0)[0]:
            events = os.read(self._descriptor, 4096)
            while events:
                watch, _, _, length = struct.unpack("iIII", events[:16])
                names.add(self._names[watch])
                events = events[16 + length :]
        return names

    def close(self) -> None:
        os.close(self._descriptor)


def make_special_files(folder: Path) -> dict[str, int]:
    """Whatever is neither file nor directory, and the type bits of each."""
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        # Through /proc, because the path of a socket has at most 107 bytes.
        server.bind(f"/proc/self/fd/{descriptor}/socket")
        os.close(descriptor)
    made = {"fifo": stat.S_IFIFO, "socket": stat.S_IFSOCK}
    try:
        os.mknod(folder / "terminal", stat.S_IFCHR | 0o666, os.makedev(5, 2))
        os.mknod(folder / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.mknod(folder / "disk", stat.S_IFBLK | 0o666, os.makedev(7, 0))
        made |= {"terminal": stat.S_IFCHR, "zero": stat.S_IFCHR, "disk": stat.S_IFBLK}
    except PermissionError:
        # Only root makes devices; FIFO and socket are left to look at.
        assert os.geteuid() != 0
    return made


def test_what_is_neither_file_nor_directory_is_never_opened(
    ground: Ground, raw: Watched
) -> None:
    made = make_special_files(ground.inside)
    openings = Openings([ground.inside / name for name in made])
    listed = {os.fsdecode(entry.name): entry for entry in raw.listing(b"/")}
    for name, kind in made.items():
        path = os.fsencode(name)
        (ground.inside / f"to-{name}").symlink_to(name)
        for request in (STAT, LSTAT):
            told = raw.request(request, path).attributes
            assert told and stat.S_IFMT(told.mode or 0) == kind
        assert stat.S_IFMT(listed[name].attributes.mode or 0) == kind
        assert listed[name].longname[:1] == stat.filemode(kind)[:1].encode()
        for flags in (
            FOR_READING, FOR_WRITING, FOR_READING | FOR_WRITING, FOR_WRITING | CREATE,
            FOR_WRITING | CREATE | TRUNCATE,
        ):
            for way in (path, b"/to-" + path):
                refused = raw.request(OPEN, way, flags, Attributes())
                assert (refused.code, refused.text) == (FAILURE, "Not a regular file")
        refused = raw.request(OPENDIR, path)
        assert (refused.code, refused.text) == (NO_SUCH_FILE, "Not a directory")
        assert raw.request(SETSTAT, path, Attributes(size=0)).text == "Not a regular file"
        assert raw.request(SETSTAT, path, Attributes(mode=0o640, times=(5, 6))).code == OK
        on_disk = (ground.inside / name).stat()
        assert (stat.S_IMODE(on_disk.st_mode), on_disk.st_mtime) == (0o640, 6)
        assert raw.extended("statvfs@openssh.com", path).kind != STATUS
    assert openings.heard() == set()
    # The kernel would have told.
    os.close(os.open(ground.inside / "fifo", os.O_RDONLY | os.O_NONBLOCK))
    assert openings.heard() == {"fifo"}
    openings.close()
    for name in made:
        assert raw.request(REMOVE, os.fsencode(name)).code == OK
        assert not os.path.lexists(ground.inside / name)

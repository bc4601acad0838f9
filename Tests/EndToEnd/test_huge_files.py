"""Files of more than 4 GiB: offsets and sizes that need more than 32 bits."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts import Place
from clients import ALL, Client, Curl, Lftp, Paramiko, Psftp, Rclone, Sftp
from clients.openssh import quoted
from content import MEBIBYTE

GIBIBYTE = 1 << 30
#: Below, across and above the ends of a signed and of an unsigned number of 32 bits.
OFFSETS = [
    0, 2 * GIBIBYTE - 4096, 2 * GIBIBYTE - 5, 2 * GIBIBYTE + 4096,
    4 * GIBIBYTE - 4096, 4 * GIBIBYTE - 5, 4 * GIBIBYTE + 4096, 5 * GIBIBYTE - 100,
]
MARKS = {offset: f"<at {offset}>".encode() for offset in OFFSETS}


def marked(path: Path, size: int) -> Path:
    """A file of nothing but marks and holes."""
    with path.open("wb") as file:
        for offset, mark in MARKS.items():
            file.seek(offset)
            file.write(mark)
        file.truncate(size)
    return path


def written(path: Path) -> dict[int, bytes]:
    """Everything in a file that is not zero, by its offset."""
    found: dict[int, bytes] = {}
    with path.open("rb") as file:
        end = 0
        while end < path.stat().st_size:
            try:
                start = os.lseek(file.fileno(), end, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            data = os.pread(file.fileno(), end - start, start)
            found |= {start + one.start(): one.group() for one in re.finditer(rb"[^\0]+", data)}
    return found


def test_what_is_written_beyond_4_gibibytes_lands_where_it_belongs(
    place: Place, tmp_path: Path
) -> None:
    client = Paramiko(place.endpoint(), tmp_path)
    with client.sftp.open("/huge", "w+b") as file:
        for offset, mark in MARKS.items():
            file.seek(offset)
            file.write(mark)
        file.flush()
        for offset, mark in MARKS.items():
            file.seek(offset)
            assert file.read(len(mark)) == mark
    client.close()
    assert written(place.files / "huge") == MARKS
    last = OFFSETS[-1]
    assert (place.files / "huge").stat().st_size == last + len(MARKS[last])


def test_what_lies_beyond_4_gibibytes_is_read_from_there(place: Place, tmp_path: Path) -> None:
    huge = marked(place.files / "huge", 5 * GIBIBYTE)
    assert written(huge) == MARKS
    client = Paramiko(place.endpoint(), tmp_path)
    with client.sftp.open("/huge", "rb") as file:
        assert file.stat().st_size == 5 * GIBIBYTE
        for offset, mark in MARKS.items():
            file.seek(offset)
            assert file.read(len(mark)) == mark
        before = 4 * GIBIBYTE - 8192
        asked = [(before + number * 1024, 1024) for number in range(16)]
        with huge.open("rb") as local:
            local.seek(before)
            assert b"".join(file.readv(asked)) == local.read(16 * 1024)
        file.seek(-50, os.SEEK_END)
        assert file.read() == bytes(50)
        assert file.read(1) == b""
    client.close()


SIZES = {
    f"size{number}": number
    for edge in (2 * GIBIBYTE, 4 * GIBIBYTE)
    for number in (edge - 1, edge, edge + 1)
} | {"size5": 5 * GIBIBYTE + 7}


def sizes(lines: str, pattern: str) -> dict[str, int]:
    found = (re.search(pattern, line) for line in lines.splitlines())
    return {one["name"]: int(one["size"]) for one in found if one}


#: Mode, links, owner and group come before the size, the date after it.
LONG = r"^-\S+ +\S+ +\S+ +\S+ +(?P<size>\d+) .* /?(?P<name>size\d+)$"

SIZE_LISTINGS: dict[str, tuple[type[Client], Callable[[Any], dict[str, int]]]] = {
    "sftp ls -l": (Sftp, lambda sftp: sizes(sftp.batch("ls -l /"), LONG)),
    # The first shows the gate's own line, this one is made by the client from the attributes.
    "sftp ls -ln": (Sftp, lambda sftp: sizes(sftp.batch("ls -ln /"), LONG)),
    "lftp ls": (Lftp, lambda lftp: sizes(lftp.script("ls /"), LONG)),
    "lftp cls": (
        Lftp,
        lambda lftp: sizes(
            lftp.script("cls -1 --size --block-size=1 /"), r"^ *(?P<size>\d+) /?(?P<name>size\d+)$"
        ),
    ),
    "rclone lsf": (
        Rclone,
        lambda rclone: sizes(
            rclone.command("lsf", "--format", "sp", "gate:/"), r"^(?P<size>\d+);(?P<name>size\d+)$"
        ),
    ),
    "psftp ls": (Psftp, lambda psftp: sizes(psftp.batch("ls /"), LONG)),
    "curl": (Curl, lambda curl: sizes(curl.command("/"), LONG)),
    "paramiko": (
        Paramiko,
        lambda client: {one.filename: one.st_size for one in client.sftp.listdir_attr("/")},
    ),
}


@pytest.mark.parametrize("listing", SIZE_LISTINGS)
def test_huge_sizes_are_listed_as_they_are(listing: str, place: Place, tmp_path: Path) -> None:
    for name, size in SIZES.items():
        (place.files / name).touch()
        os.truncate(place.files / name, size)
    kind, ask = SIZE_LISTINGS[listing]
    client = kind(place.endpoint(), tmp_path)
    assert ask(client) == SIZES
    client.close()


def test_rclone_adds_huge_sizes_up(place: Place, tmp_path: Path) -> None:
    for name, size in SIZES.items():
        (place.files / name).touch()
        os.truncate(place.files / name, size)
    output = Rclone(place.endpoint(), tmp_path).command("size", "--json", "gate:/")
    total = json.loads(output[output.index("{") :])
    assert (total["count"], total["bytes"]) == (len(SIZES), sum(SIZES.values()))


#: How much of the file is there before a transfer is taken up again.
PREFIXES = {"across": 4 * GIBIBYTE - MEBIBYTE // 2, "above": 4 * GIBIBYTE + MEBIBYTE + 17}
TAIL = 4 * GIBIBYTE - MEBIBYTE


def whole(path: Path) -> Path:
    """A file whose only content is around and beyond 4 GiB."""
    with path.open("wb") as file:
        file.write(b"beginning")
        file.seek(TAIL)
        file.write(random.Random(5).randbytes(4 * MEBIBYTE))
    return path


def beginning(complete: Path, path: Path, size: int) -> Path:
    """The first `size` bytes of a file, its hole kept."""
    with complete.open("rb") as source, path.open("wb") as file:
        file.write(source.read(9))
        source.seek(TAIL)
        file.seek(TAIL)
        file.write(source.read(size - TAIL))
    assert path.stat().st_size == size
    return path


def assert_equal(path: Path, complete: Path) -> None:
    assert path.stat().st_size == complete.stat().st_size
    with path.open("rb") as file, complete.open("rb") as expected:
        for offset in (0, TAIL):
            file.seek(offset)
            expected.seek(offset)
            assert file.read(4 * MEBIBYTE) == expected.read(4 * MEBIBYTE)
    # Had more than the rest been sent, the hole would be full.
    assert path.stat().st_blocks * 512 < 16 * MEBIBYTE


def named(value: object) -> str:
    return value.name if isinstance(value, type) and issubclass(value, Client) else str(value)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("kind", [one for one in ALL if "resume_put" not in one.lacks], ids=named)
def test_an_upload_goes_on_beyond_4_gibibytes(
    kind: type[Client], prefix: str, place: Place, tmp_path: Path
) -> None:
    complete = whole(tmp_path / "complete")
    beginning(complete, place.files / "up", PREFIXES[prefix])
    client = kind(place.endpoint(), tmp_path / "home")
    client.resume_put(complete, "/up")
    client.close()
    assert_equal(place.files / "up", complete)


DOWNLOADS: dict[type[Client], Callable[[Any, Path], object]] = {
    Sftp: lambda sftp, local: sftp.batch(f"get -a /complete {quoted(local)}"),
    Lftp: lambda lftp, local: lftp.script(f"get -c /complete -o {quoted(local)}"),
    Psftp: lambda psftp, local: psftp.batch(f"reget /complete {quoted(local)}"),
    Curl: lambda curl, local: curl.command(
        "/complete", "--output", str(local), "--continue-at", "-"
    ),
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("kind", DOWNLOADS, ids=named)
def test_a_download_goes_on_beyond_4_gibibytes(
    kind: type[Client], prefix: str, place: Place, tmp_path: Path
) -> None:
    complete = whole(place.files / "complete")
    local = beginning(complete, tmp_path / "local", PREFIXES[prefix])
    DOWNLOADS[kind](kind(place.endpoint(), tmp_path / "home"), local)
    assert_equal(local, complete)

"""Many files: directories of a hundred thousand entries, trees of twenty thousand files."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts import Place
from clients import Client, Lftp, Paramiko, Rclone, Sftp
from processes import PeakWatch
from trees import tree

#: Mebibytes that a session process may hold, whatever its client does.
MEMORY_LIMIT = 32
ENTRIES = 100_000
#: Far fewer names than a file may have on any file system.
NAMES_OF_A_FILE = 10_000
FOLDERS, FILES_EACH = 100, 200


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory of a hundred thousand entries."""
    folder = tmp_path_factory.mktemp("crowded") / "crowd"
    folder.mkdir()
    for number in range(ENTRIES):
        path = folder / f"entry {number:06}"
        # A further name takes a tenth of the time of a further file.
        if number % NAMES_OF_A_FILE == 0:
            path.touch()
            first = path
        else:
            os.link(first, path)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def crowd(crowded: Path, place: Place) -> Iterator[set[str]]:
    """The names in `/crowd` of the server."""
    shown = place.files / "crowd"
    shutil.move(crowded, shown)
    yield {f"entry {number:06}" for number in range(ENTRIES)}
    shutil.move(shown, crowded)


LISTINGS: dict[type[Client], Callable[[Any], list[str]]] = {
    Sftp: lambda client: client.list_many("/crowd"),
    Lftp: lambda client: client.list("/crowd"),
    Rclone: lambda client: client.list("/crowd"),
    # Unlike `listdir`, it has many requests under way at a time.
    Paramiko: lambda client: [one.filename for one in client.sftp.listdir_iter("/crowd")],
}


def named(value: object) -> str:
    return value.name if isinstance(value, type) and issubclass(value, Client) else str(value)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", LISTINGS, ids=named)
def test_a_directory_of_100000_entries_is_listed_whole_and_costs_little_memory(
    kind: type[Client], place: Place, crowd: set[str], tmp_path: Path
) -> None:
    client = kind(place.endpoint(), tmp_path / "home")
    with PeakWatch(lambda: [one["pid"] for one in place.gate.sessions()]) as watch:
        listed = LISTINGS[kind](client)
    client.close()
    assert len(listed) == len(crowd)
    assert set(listed) == crowd
    assert watch.highest < MEMORY_LIMIT


@pytest.fixture(scope="module")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tree of twenty thousand files."""
    root = tmp_path_factory.mktemp("small-files") / "tree"
    source = random.Random(11)
    for number in range(FOLDERS):
        folder = root / f"folder {number:03}"
        folder.mkdir(parents=True)
        for inside in range(FILES_EACH):
            (folder / f"file {inside:03}").write_bytes(source.randbytes(source.randrange(4097)))
    yield root
    shutil.rmtree(root)


TOGETHER = ("--transfers", "8", "--checkers", "8")
MIRRORS: dict[type[Client], tuple[Callable[..., object], Callable[..., object]]] = {
    Lftp: (
        lambda lftp, local, remote: lftp.mirror(local, remote, "-R", "--parallel=8"),
        lambda lftp, remote, local: lftp.mirror(remote, local, "--parallel=8"),
    ),
    Rclone: (
        lambda rclone, local, remote: rclone.sync(local, f"gate:{remote}", *TOGETHER),
        lambda rclone, remote, local: rclone.sync(f"gate:{remote}", local, *TOGETHER),
    ),
}


@pytest.mark.timeout(500)
@pytest.mark.parametrize("kind", MIRRORS, ids=named)
def test_20000_small_files_go_up_and_come_back(
    kind: type[Client], place: Place, small_files: Path, tmp_path: Path
) -> None:
    up, down = MIRRORS[kind]
    client = kind(place.endpoint(), tmp_path / "home")
    back = tmp_path / "back"
    expected = tree(small_files, ["file times"])
    assert len(expected) == FOLDERS + FOLDERS * FILES_EACH
    up(client, small_files, "/up")
    assert tree(place.files / "up", ["file times"]) == expected
    down(client, "/up", back)
    assert tree(back, ["file times"]) == expected
    shutil.rmtree(back)
    shutil.rmtree(place.files / "up")

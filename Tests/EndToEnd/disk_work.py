"""What programs do with files, as functions that work in any directory and look at the result."""

from __future__ import annotations

import mmap
import os
import random
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from content import MEBIBYTE, random_file


def create(root: Path) -> None:
    folder = root / "src" / "deep" / "deeper"
    folder.mkdir(parents=True)
    sizes = (0, 1, 4096, 65_537, 9 * MEBIBYTE + 3)
    for size in sizes:
        random_file(folder / f"{size}.o", size, seed=size)
    assert sorted(os.listdir(folder)) == sorted(f"{size}.o" for size in sizes)
    for path in folder.iterdir():
        assert path.stat().st_size == int(path.stem)
    with pytest.raises(FileExistsError):
        folder.mkdir()
    with pytest.raises(FileExistsError):
        (folder / "1.o").open("x")


def rename(root: Path) -> None:
    (root / "old").write_text("old")
    (root / "new").write_text("new")
    (root / "new").rename(root / "old")
    assert (root / "old").read_text() == "new" and not (root / "new").exists()
    (root / "folder" / "inside").mkdir(parents=True)
    (root / "old").rename(root / "folder" / "moved")
    (root / "folder").rename(root / "renamed")
    assert (root / "renamed" / "moved").read_text() == "new"


def append(root: Path) -> None:
    for line in ("one\n", "two\n", "three\n"):
        with (root / "log").open("a") as file:
            file.write(line)
            file.seek(0)
            file.write(line)
    assert (root / "log").read_text() == "one\none\ntwo\ntwo\nthree\nthree\n"


def map_into_memory(root: Path) -> None:
    random_file(root / "library", 2 * MEBIBYTE + 5)
    whole = (root / "library").read_bytes()
    with (root / "library").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapping:
        assert mapping[:] == whole
        assert mapping[MEBIBYTE - 3 : MEBIBYTE + 3] == whole[MEBIBYTE - 3 : MEBIBYTE + 3]
        mapping[MEBIBYTE - 2 : MEBIBYTE + 2] = b"here"
        mapping[-4:] = b"last"
        mapping.flush()


def truncate(root: Path) -> None:
    path = root / "file"
    random_file(path, 100_000)
    whole = path.read_bytes()
    os.truncate(path, 70_001)
    assert path.read_bytes() == whole[:70_001]
    with path.open("r+b") as file:
        file.truncate(90_002)
        assert os.fstat(file.fileno()).st_size == 90_002
        file.truncate(10)
        file.truncate(12)
    assert path.read_bytes() == whole[:10] + b"\0\0"
    path.open("w").close()
    assert path.stat().st_size == 0
    random_file(root / "grown", 33)
    os.truncate(root / "grown", MEBIBYTE)


def write_anywhere(root: Path) -> None:
    chosen = random.Random(3)
    model = bytearray(300_000)
    with (root / "database").open("w+b") as file:
        file.truncate(len(model))
        for _ in range(60):
            start = chosen.randrange(len(model))
            piece = chosen.randbytes(chosen.randrange(1, 9000))[: len(model) - start]
            file.seek(start)
            file.write(piece)
            model[start : start + len(piece)] = piece
            start = chosen.randrange(len(model))
            file.seek(start)
            assert file.read(5000) == model[start : start + 5000]
    assert (root / "database").read_bytes() == model


def link_symbolically(root: Path) -> None:
    (root / "folder").mkdir()
    (root / "folder" / "file").write_text("content")
    (root / "to file").symlink_to("folder/file")
    (root / "to folder").symlink_to("folder")
    (root / "folder" / "up").symlink_to("../folder/file")
    (root / "dangling").symlink_to("nothing")
    assert (root / "to file").read_text() == "content"
    assert os.listdir(root / "to folder") == os.listdir(root / "folder")
    assert os.readlink(root / "folder" / "up") == "../folder/file"
    assert (root / "to file").lstat().st_size == len("folder/file")
    assert (root / "dangling").is_symlink() and not (root / "dangling").exists()
    (root / "to file").unlink()
    assert (root / "folder" / "file").exists()


def change_modes_and_times(root: Path) -> None:
    (root / "folder").mkdir()
    for number, mode in enumerate((0o400, 0o640, 0o751, 0o777)):
        path = root / "folder" / f"{mode:o}"
        path.write_text("content")
        path.chmod(mode)
        os.utime(path, (1_000_000_000 + number, 1_100_000_000 + number))
        assert path.stat().st_mode & 0o7777 == mode
        assert path.stat().st_atime == 1_000_000_000 + number
        assert path.stat().st_mtime == 1_100_000_000 + number
    (root / "folder").chmod(0o710)
    script = root / "script"
    script.write_text("#!/bin/sh\necho done\n")
    script.chmod(0o700)
    assert subprocess.run([script], capture_output=True, text=True).stdout == "done\n"
    # Programs that unpack archives set times in one go at the end, directories' too.
    for path in (script, root / "folder"):
        os.utime(path, (2_000_000_000, 2_000_000_000))


def delete(root: Path) -> None:
    (root / "folder" / "inside").mkdir(parents=True)
    (root / "file").write_text("content")
    with pytest.raises(OSError):
        (root / "folder").rmdir()
    (root / "folder" / "inside").rmdir()
    (root / "folder").rmdir()
    with (root / "file").open() as file:
        (root / "file").unlink()
        assert file.read() == "content"
    assert os.listdir(root) == []


def keep_a_database(root: Path) -> None:
    with closing(sqlite3.connect(root / "game.db")) as database:
        database.execute("CREATE TABLE players (name TEXT PRIMARY KEY, score INTEGER)")
        for number in range(20):
            with database:
                database.execute("INSERT INTO players VALUES (?, ?)", (f"player {number}", number))
        with pytest.raises(sqlite3.IntegrityError), database:
            database.execute("UPDATE players SET score = score + 1")
            database.execute("INSERT INTO players VALUES ('player 1', 0)")
        database.execute("VACUUM")
    with closing(sqlite3.connect(root / "game.db")) as database:
        assert database.execute("SELECT sum(score) FROM players").fetchone() == (190,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def link(root: Path) -> None:
    (root / "object").write_text("content")
    os.link(root / "object", root / "same")
    with (root / "same").open("a") as file:
        file.write(", more")
    assert (root / "same").read_text() == "content, more"
    (root / "object").unlink()
    with pytest.raises(FileExistsError):
        (root / "other").touch()
        os.link(root / "other", root / "same")


WORK: list[Callable[[Path], None]] = [
    create, rename, append, map_into_memory, truncate, write_anywhere, link_symbolically,
    change_modes_and_times, delete, keep_a_database, link,
]

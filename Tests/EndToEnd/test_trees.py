"""Whole trees: copied, mirrored and compared by the clients that can, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from accounts import Place
from clients import Client, Lftp, Psftp, Rclone, Scp, Sftp
from log_lines import parse
from trees import plant, tree
from waiting import eventually

FILE_TIMES, FILE_MODES = "file times", "file modes"
EVERYTHING = (FILE_TIMES, FILE_MODES, "directory times", "directory modes")


@dataclass(frozen=True)
class Way:
    """How one client copies a tree, and what it promises to keep."""

    client: type[Client]
    up: Callable[[Any, Path, str], object]
    down: Callable[[Any, str, Path], object]
    keeps: tuple[str, ...]
    #: What `plant` is asked for.
    planted: dict[str, bool] = field(default_factory=dict)


EMPTY_TOO = "--create-empty-src-dirs"

WAYS = [
    Way(Sftp, Sftp.put_tree, Sftp.get_tree, EVERYTHING),
    Way(
        Scp,
        lambda scp, local, remote: scp.copy_tree(str(local), scp.remote(remote)),
        lambda scp, remote, local: scp.copy_tree(scp.remote(remote), str(local)),
        EVERYTHING,
    ),
    Way(Psftp, Psftp.put_tree, Psftp.get_tree, ()),
    Way(
        Lftp,
        lambda lftp, local, remote: lftp.mirror(local, remote, "-R"),
        lambda lftp, remote, local: lftp.mirror(remote, local),
        (FILE_TIMES, FILE_MODES, "directory modes"),
        {"links": True},
    ),
    Way(
        Rclone,
        lambda rclone, local, remote: rclone.sync(local, f"gate:{remote}", EMPTY_TOO),
        lambda rclone, remote, local: rclone.sync(f"gate:{remote}", local, EMPTY_TOO),
        (FILE_TIMES,),
        {"tabbed": False},
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.client.name)
def test_a_whole_tree_goes_up_and_comes_back(way: Way, place: Place, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", **way.planted)
    client = way.client(place.endpoint(), tmp_path / "home")
    way.up(client, source, "/up")
    assert tree(place.files / "up", way.keeps) == tree(source, way.keeps)
    way.down(client, "/up", tmp_path / "back")
    assert tree(tmp_path / "back", way.keeps) == tree(source, way.keeps)


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """What changes when anything is written to a file, even the same again."""
    return {
        str(path.relative_to(root)): (path.stat().st_ino, path.stat().st_ctime_ns)
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def transferred(output: str) -> list[str]:
    """The names that lftp says it has transferred or removed."""
    return re.findall(r"^(?:Transferring|Removing old) \w+ `(.*)'$", output, re.MULTILINE)


def altered(root: Path) -> None:
    """One file changed, one missing, one more, a directory more."""
    (root / "nothing").write_text("no longer")
    (root / "one/two/three/four/leaf").unlink()
    (root / "new").write_text("new")
    (root / "new folder").mkdir()
    (root / "new folder" / "inside").write_text("inside")


def test_a_second_lftp_mirror_up_transfers_nothing(place: Place, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", links=True)
    lftp = Lftp(place.endpoint(), tmp_path / "home")
    first = transferred(lftp.mirror(source, "/up", "-R", "--verbose"))
    assert {"large", "names/-rf", "one/two/three/four/leaf"} <= set(first)
    before = stamps(place.files / "up")
    assert transferred(lftp.mirror(source, "/up", "-R", "--verbose")) == []
    assert stamps(place.files / "up") == before
    assert tree(place.files / "up", [FILE_TIMES]) == tree(source, [FILE_TIMES])


def test_a_second_lftp_mirror_down_transfers_nothing(place: Place, tmp_path: Path) -> None:
    source = plant(place.files / "down", links=True)
    lftp = Lftp(place.endpoint(), tmp_path / "home")
    back = tmp_path / "back"
    first = transferred(lftp.mirror("/down", back, "--verbose"))
    assert {"large", "names/-rf", "one/two/three/four/leaf"} <= set(first)
    before = stamps(back)
    assert transferred(lftp.mirror("/down", back, "--verbose")) == []
    assert stamps(back) == before
    assert tree(back, [FILE_TIMES]) == tree(source, [FILE_TIMES])


def test_an_lftp_mirror_with_delete_makes_both_sides_equal(place: Place, tmp_path: Path) -> None:
    source = plant(tmp_path / "source")
    lftp = Lftp(place.endpoint(), tmp_path / "home")
    up = place.files / "up"
    lftp.mirror(source, "/up", "-R")
    altered(up)
    # Without --delete, what only the server has stays.
    lftp.mirror(source, "/up", "-R")
    extra = {"new", "new folder", "new folder/inside"}
    assert set(tree(up)) - set(tree(source)) == extra
    removed = transferred(lftp.mirror(source, "/up", "-R", "--delete", "--verbose"))
    assert set(removed) == {"new", "new folder"}
    assert tree(up, [FILE_TIMES]) == tree(source, [FILE_TIMES])

    back = tmp_path / "back"
    lftp.mirror("/up", back)
    altered(back)
    lftp.mirror("/up", back, "--delete")
    assert tree(back, [FILE_TIMES]) == tree(source, [FILE_TIMES])


def copied(output: str) -> set[str]:
    return set(re.findall(r"INFO  : (.*): (?:Copied|Deleted)", output))


def test_rclone_notices_and_repairs_what_has_changed(place: Place, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", tabbed=False)
    rclone = Rclone(place.endpoint(), tmp_path / "home")
    up = place.files / "up"
    first = copied(rclone.sync(source, "gate:/up", EMPTY_TOO))
    assert {"large", "names/-rf", "one/two/three/four/leaf"} <= first
    assert rclone.check(source, "gate:/up", "--download") == set()
    before = stamps(up)
    assert copied(rclone.sync(source, "gate:/up", EMPTY_TOO)) == set()
    assert stamps(up) == before

    # Of the same length, so that only the content tells.
    changed = bytearray((up / "large").read_bytes())
    changed[-1] ^= 1
    (up / "large").write_bytes(changed)
    assert rclone.check(source, "gate:/up", "--download") == {"* large"}
    assert copied(rclone.sync(source, "gate:/up", EMPTY_TOO)) == {"large"}
    assert rclone.check(source, "gate:/up", "--download") == set()

    altered(up)
    assert rclone.check(source, "gate:/up") == {
        "* nothing", "+ one/two/three/four/leaf", "- new", "- new folder/inside",
    }
    rclone.sync(source, "gate:/up", EMPTY_TOO)
    assert rclone.check(source, "gate:/up") == set()
    assert tree(up, [FILE_TIMES]) == tree(source, [FILE_TIMES])


def test_rclone_brings_a_local_tree_up_to_date(place: Place, tmp_path: Path) -> None:
    source = plant(place.files / "down", tabbed=False)
    rclone = Rclone(place.endpoint(), tmp_path / "home")
    back = tmp_path / "back"
    rclone.sync("gate:/down", back, EMPTY_TOO)
    before = stamps(back)
    assert copied(rclone.sync("gate:/down", back, EMPTY_TOO)) == set()
    assert stamps(back) == before
    altered(back)
    done = copied(rclone.sync("gate:/down", back, EMPTY_TOO))
    assert done == {"nothing", "one/two/three/four/leaf", "new", "new folder/inside"}
    assert tree(back, [FILE_TIMES]) == tree(source, [FILE_TIMES])


def test_rclone_keeps_links_as_files_of_its_own_and_makes_links_of_them(
    place: Place, tmp_path: Path
) -> None:
    source = plant(tmp_path / "source", tabbed=False, links=True)
    rclone = Rclone(place.endpoint(), tmp_path / "home")
    rclone.sync(source, "gate:/up", EMPTY_TOO, "--links")
    assert (place.files / "up" / "link to a file.rclonelink").read_text() == "names/plain.txt"
    back = tmp_path / "back"
    rclone.sync("gate:/up", back, EMPTY_TOO, "--links")
    assert tree(back, [FILE_TIMES]) == tree(source, [FILE_TIMES])


def test_a_copy_by_the_old_protocol_is_refused_cleanly(place: Place, tmp_path: Path) -> None:
    (tmp_path / "local").write_text("local")
    (place.files / "remote").write_text("remote")
    scp = Scp(place.endpoint(), tmp_path / "home")
    scp.put(tmp_path / "local", "/copied")
    assert (place.files / "copied").read_text() == "local"
    for source, target in (
        (str(tmp_path / "local"), scp.remote("/again")),
        (scp.remote("/remote"), str(tmp_path / "again")),
    ):
        running = scp.start_old(source, target)
        assert running.wait(timeout=10) != 0
        assert "exec request failed" in running.output()
    assert not (place.files / "again").exists() and not (tmp_path / "again").exists()

    def ends() -> list[str]:
        lines = place.gate.log().splitlines()
        mine = [line for line in lines if f"user={place.owner.name}" in line]
        return [line for line in mine if "session ended" in line]

    eventually(lambda: len(ends()) == 3, "every session has ended")
    for line in map(parse, ends()):
        # It was refused one request and left of its own accord: nobody needs to hear of it.
        assert (line.level, line.fields["reason"]) == ("info", "clientLeft"), line
    scp.get("/remote", tmp_path / "fetched")
    assert (tmp_path / "fetched").read_text() == "remote"

"""A server's files mounted with sshfs: programs work there as in a local directory."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts import KeyRing, Place
from clients.sshfs import Sshfs, why_not_here
from disk_work import WORK, change_modes_and_times
from trees import Tree, age, plant, tree

MODES = ("file modes", "directory modes")
TIMES = ("file times", "directory times")


@dataclass(frozen=True)
class Mounted:
    """A server's files as the mount shows them and as they lie on the gate's disk."""

    seen: Path
    stored: Path


@pytest.fixture(scope="module")
def fuse(tmp_path_factory: pytest.TempPathFactory) -> None:
    reason = why_not_here(tmp_path_factory.mktemp("fuse"))
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture
def mounted(fuse: None, place: Place, tmp_path: Path) -> Iterator[Mounted]:
    with Sshfs(place.endpoint(), tmp_path / "client").mounted() as point:
        yield Mounted(point, place.files)


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., str]:
    """Runs a local program, with nothing of the person who runs the tests; answers its output."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Somebody\n\temail = somebody@example.org\n"
        "[init]\n\tdefaultBranch = main\n"
        # What it would do in the background would keep the mount busy.
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
    }

    def run(*arguments: object) -> str:
        finished = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert finished.returncode == 0, f"{arguments}: {finished.stdout}"
        return finished.stdout

    return run


@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_work_in_a_mount_leaves_what_it_leaves_in_a_local_directory(
    mounted: Mounted, work: Callable[[Path], None], tmp_path: Path
) -> None:
    (mounted.seen / "here").mkdir()
    (tmp_path / "here").mkdir()
    work(tmp_path / "here")
    work(mounted.seen / "here")
    keeps = (*MODES, *TIMES) if work is change_modes_and_times else MODES
    assert tree(mounted.stored / "here", keeps) == tree(tmp_path / "here", keeps)


def test_a_hard_link_is_one_file_on_the_disk(mounted: Mounted) -> None:
    (mounted.seen / "one").write_text("content")
    os.link(mounted.seen / "one", mounted.seen / "two")
    assert (mounted.stored / "one").samefile(mounted.stored / "two")
    assert (mounted.stored / "one").stat().st_nlink == 2


def test_what_was_synchronised_is_stored_while_the_file_is_open(mounted: Mounted) -> None:
    with (mounted.seen / "journal").open("wb", buffering=0) as file:
        for count in range(1, 4):
            file.write(b"entry\n")
            os.fsync(file.fileno())
            assert (mounted.stored / "journal").read_bytes() == count * b"entry\n"


def test_the_free_space_of_a_mount_is_that_of_the_disk(mounted: Mounted) -> None:
    seen, stored = os.statvfs(mounted.seen), os.statvfs(mounted.stored)
    assert seen.f_blocks * seen.f_frsize == stored.f_blocks * stored.f_frsize
    assert seen.f_namemax == stored.f_namemax


def test_git_works_in_a_mount(
    mounted: Mounted, program: Callable[..., str], tmp_path: Path
) -> None:
    origin = tmp_path / "origin"
    program("git", "init", "--quiet", origin)
    plant(origin, links=True)
    for message in ("first", "second", "third"):
        (origin / "notes").write_text(f"{message}\n")
        program("git", "-C", origin, "add", "--all")
        program("git", "-C", origin, "commit", "--quiet", "-m", message)
    clone = mounted.seen / "clone"
    program("git", "clone", "--quiet", f"file://{origin}", clone)
    assert program("git", "-C", clone, "status", "--porcelain") == ""
    assert "missing" not in program("git", "-C", clone, "fsck", "--full", "--strict")

    program("git", "-C", clone, "checkout", "--quiet", "-b", "change", "HEAD~1")
    (clone / "added").write_text("added\n")
    program("git", "-C", clone, "add", "added")
    program("git", "-C", clone, "commit", "--quiet", "-m", "fourth")
    program("git", "-C", clone, "merge", "--quiet", "-m", "fifth", "main")
    program("git", "-C", clone, "gc", "--quiet", "--prune=now")
    program("git", "-C", clone, "push", "--quiet", "origin", "change")
    for repository in (clone, mounted.stored / "clone"):
        assert program("git", "-C", repository, "status", "--porcelain") == ""
        program("git", "-C", repository, "fsck", "--full", "--strict")
    program("git", "-C", origin, "merge", "--quiet", "--ff-only", "change")
    assert kept_by_git(mounted.stored / "clone") == kept_by_git(origin)


def kept_by_git(repository: Path) -> Tree:
    return {
        path: one
        for path, one in tree(repository).items()
        if path.split("/")[0] != ".git" and one.kind != "directory"
    }


def test_rsync_finds_no_difference_after_it_copied_a_tree(
    mounted: Mounted, program: Callable[..., str], tmp_path: Path
) -> None:
    source, copy = plant(tmp_path / "source", links=True), mounted.seen / "copy"
    (source / "dangling").symlink_to("nothing")
    # Whoever sets the times of a link through sshfs sets those of what it leads to.
    rsync = ("rsync", "-a", "--omit-link-times")
    compare = (*rsync, "-n", "--itemize-changes", "--checksum", "--delete")
    program(*rsync, f"{source}/", f"{copy}/")
    for place in (copy, mounted.stored / "copy"):
        assert program(*compare, f"{source}/", f"{place}/") == ""
    assert tree(mounted.stored / "copy", MODES + TIMES) == tree(source, MODES + TIMES)

    (source / "large").write_bytes(b"small now")
    (source / "one").rename(source / "renamed")
    (source / "names" / "plain.txt").unlink()
    (source / "link to a file").unlink()
    (source / "link to a file").symlink_to("large")
    age(source)
    program(*rsync, "--delete", f"{source}/", f"{copy}/")
    assert program(*compare, f"{source}/", f"{copy}/") == ""
    program(*rsync, f"{copy}/", f"{tmp_path}/back/")
    for result in (mounted.stored / "copy", tmp_path / "back"):
        assert tree(result, MODES + TIMES) == tree(source, MODES + TIMES)


def test_several_connections_share_a_mount(
    fuse: None, place: Place, ring: KeyRing, tmp_path: Path
) -> None:
    endpoint = place.endpoint(key=place.add_key(ring, "ed25519"))
    content = {f"file{number}": number * b"some content" * 10_000 for number in range(1, 4)}
    with Sshfs(endpoint, tmp_path / "client").mounted("max_conns=3") as point:
        with ExitStack() as opened:
            files = [opened.enter_context((point / name).open("wb")) for name in content]
            for file, whole in zip(files, content.values(), strict=True):
                file.write(whole)
            sessions = [one for one in place.gate.sessions() if one["phase"] == "open"]
        assert len(sessions) == 3
        # One connection may have written what another reads, as soon as the file is closed.
        assert {name: (point / name).read_bytes() for name in content} == content
    assert {name: (place.files / name).read_bytes() for name in content} == content


def test_a_mount_shows_where_a_link_leads_only_if_that_is_inside(mounted: Mounted) -> None:
    (mounted.stored / "folder").mkdir()
    (mounted.stored / "folder" / "inside").symlink_to("../folder")
    (mounted.stored / "folder" / "above").symlink_to("../../above")
    (mounted.stored / "folder" / "absolute").symlink_to("/absolute")
    assert os.readlink(mounted.seen / "folder" / "inside") == "../folder"
    for name in ("above", "absolute"):
        with pytest.raises(PermissionError) as refused:
            os.readlink(mounted.seen / "folder" / name)
        assert refused.value.errno == errno.EACCES


def test_a_mount_allows_what_the_subuser_may_do(
    fuse: None, place: Place, tmp_path: Path
) -> None:
    (place.files / "file").write_text("content")
    permissions = ["file.sftp", "file.read", "file.read-content", "file.create"]
    person = place.subuser(permissions)
    with Sshfs(place.endpoint(person), tmp_path / "first").mounted() as point:
        (point / "new").write_text((point / "file").read_text())
        for change in (
            lambda: (point / "file").write_text("changed"),
            lambda: os.truncate(point / "file", 1),
            lambda: (point / "file").rename(point / "renamed"),
            lambda: (point / "file").unlink(),
        ):
            with pytest.raises(PermissionError) as refused:
                change()
            assert refused.value.errno == errno.EACCES
    assert (place.files / "new").read_text() == "content"
    assert (place.files / "file").read_text() == "content"

    place.permit(person, [*permissions, "file.update", "file.delete"])
    with Sshfs(place.endpoint(person), tmp_path / "second").mounted() as point:
        (point / "file").write_text("changed")
        os.truncate(point / "file", 1)
        (point / "file").rename(point / "renamed")
        (point / "new").unlink()
    assert os.listdir(place.files) == ["renamed"]
    assert (place.files / "renamed").read_text() == "c"

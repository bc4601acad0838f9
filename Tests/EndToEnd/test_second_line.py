"""Landlock alone: a session process whose path checks were left out still reaches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from accounts import Place
from clients import Paramiko
from gate import Gate, Programs
from test_confinement import kernel_has_landlock

pytestmark = pytest.mark.skipif(not kernel_has_landlock(), reason="this kernel lacks Landlock")

SECRET = "nobody may read this"


@dataclass
class Neighbourhood:
    """A server whose links lead out, in every way that path checks would refuse."""

    place: Place
    sftp: paramiko.SFTPClient
    #: Where the links lead: another server, and a directory beside the volumes.
    others: list[Path]

    def state(self) -> list[tuple[str, str]]:
        """Every name and content outside."""
        return [
            (str(path), path.read_text() if path.is_file() else "")
            for other in self.others
            for path in sorted(other.rglob("*"))
        ]


@pytest.fixture
def neighbourhood(
    programs: Programs,
    unchecked_session: Path,
    make_gate: Callable[..., Gate],
    tmp_path: Path,
) -> Iterator[Neighbourhood]:
    gate = make_gate(
        sessions={"program": str(unchecked_session), "confinement": "required"}
    ).start()
    place, neighbour = Place(gate), Place(gate)
    outside = gate.directory / "outside"
    outside.mkdir()
    others = [neighbour.files, outside]
    for other in others:
        (other / "secret").write_text(SECRET)
        (other / "empty").mkdir()
    inner = place.files / "inner"
    inner.mkdir()
    (inner / "secret").write_text("ours")
    (inner / "empty").mkdir()
    (place.files / "file").write_text("file")
    (place.files / "absolute").symlink_to(inner)
    (place.files / "neighbour").symlink_to(neighbour.files)
    (place.files / "up").symlink_to(Path("..") / neighbour.directory)
    (place.files / "outside").symlink_to(outside)
    (place.files / "everything").symlink_to("/")
    client = Paramiko(place.endpoint(), tmp_path)
    yield Neighbourhood(place, client.sftp, others)
    client.close()


def everything(neighbourhood: Neighbourhood) -> str:
    """The directory outside by way of the root of the host."""
    return f"/everything{neighbourhood.others[1]}"


def truncate(sftp: paramiko.SFTPClient, folder: str) -> None:
    sftp.truncate(f"{folder}/secret", 0)


def overwrite(sftp: paramiko.SFTPClient, folder: str) -> None:
    with sftp.open(f"{folder}/secret", "w") as file:
        file.write("gone")


def create(sftp: paramiko.SFTPClient, folder: str) -> None:
    sftp.open(f"{folder}/new", "x").close()


def hard_link(sftp: paramiko.SFTPClient, source: str, target: str) -> None:
    sftp._request(200, "hardlink@openssh.com", source, target)


ACTS: dict[str, Callable[[paramiko.SFTPClient, str], object]] = {
    "read": lambda sftp, folder: sftp.open(f"{folder}/secret").read(),
    "list": lambda sftp, folder: sftp.listdir(folder),
    "truncate": truncate,
    "overwrite": overwrite,
    "create": create,
    "make a directory": lambda sftp, folder: sftp.mkdir(f"{folder}/made"),
    "remove": lambda sftp, folder: sftp.remove(f"{folder}/secret"),
    "remove a directory": lambda sftp, folder: sftp.rmdir(f"{folder}/empty"),
    "rename": lambda sftp, folder: sftp.rename(f"{folder}/secret", f"{folder}/renamed"),
    "take away": lambda sftp, folder: sftp.rename(f"{folder}/secret", "/taken"),
    "put there": lambda sftp, folder: sftp.rename("/file", f"{folder}/put"),
    "replace": lambda sftp, folder: sftp.posix_rename("/file", f"{folder}/secret"),
    "link from there": lambda sftp, folder: hard_link(sftp, f"{folder}/secret", "/linked"),
    "link to there": lambda sftp, folder: hard_link(sftp, "/file", f"{folder}/linked"),
    "make a symbolic link": lambda sftp, folder: sftp.symlink("x", f"{folder}/symbolic"),
}


@pytest.mark.parametrize("act", ACTS)
def test_without_path_checks_nothing_is_done_outside_the_server(
    act: str, neighbourhood: Neighbourhood
) -> None:
    before = neighbourhood.state()
    for folder in ["/neighbour", "/up", "/outside", everything(neighbourhood)]:
        with pytest.raises(OSError, match="(?i)permission denied|cross-device"):
            ACTS[act](neighbourhood.sftp, folder)
        assert neighbourhood.state() == before
    # The same through a link that path checks would refuse too, but that leads inside.
    ACTS[act](neighbourhood.sftp, "/absolute")


def test_the_programs_under_test_have_their_path_checks(place: Place, tmp_path: Path) -> None:
    inner = place.files / "inner"
    inner.mkdir()
    (inner / "secret").write_text("ours")
    (place.files / "absolute").symlink_to(inner)
    client = Paramiko(place.endpoint(), tmp_path)
    assert client.sftp.open("/inner/secret").read() == b"ours"
    with pytest.raises(OSError, match="outside this server"):
        client.sftp.open("/absolute/secret")
    client.close()

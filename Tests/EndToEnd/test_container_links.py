"""Absolute links that a game server makes inside its container, as clients meet them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import Place
from clients import Client, ClientFailure, Lftp, Paramiko, Rclone, Sftp
from gate import Gate
from waiting import eventually

CONTAINER = "/home/container"


def furnish(place: Place) -> None:
    """What a container would leave: a current version behind a link, and a link to the host."""
    version = place.files / "versions" / "1.21"
    version.mkdir(parents=True)
    (version / "server.jar").write_text("one point twenty-one")
    (place.files / "current").symlink_to(f"{CONTAINER}/versions/1.21")
    (place.files / "server.jar").symlink_to(f"{CONTAINER}/current/server.jar")
    (place.files / "host").symlink_to(place.gate.directory)


def read(kind: type[Client], place: Place, home: Path, path: str) -> str:
    client = kind(place.endpoint(), home)
    try:
        client.get(path, home / "got")
        return (home / "got").read_text()
    finally:
        client.close()
        (home / "got").unlink(missing_ok=True)


@pytest.mark.parametrize("kind", [Sftp, Lftp, Rclone, Paramiko])
def test_a_link_to_the_container_s_view_works_when_the_configuration_names_it(
    kind: type[Client], make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(files={"container_paths": [CONTAINER]}).start()
    place = Place(gate)
    furnish(place)
    assert read(kind, place, tmp_path, "/current/server.jar") == "one point twenty-one"
    assert read(kind, place, tmp_path, "/server.jar") == "one point twenty-one"
    with pytest.raises(ClientFailure):
        read(kind, place, tmp_path, f"/host/{gate.configuration.name}")


def test_what_clients_are_told_of_such_a_link_means_the_same_to_them(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = Place(make_gate(files={"container_paths": [CONTAINER]}).start())
    furnish(place)
    (place.files / "versions" / "back").symlink_to(f"{CONTAINER}/current")
    client = Paramiko(place.endpoint(), tmp_path)
    assert client.sftp.readlink("/current") == "versions/1.21"
    assert client.sftp.readlink("/versions/back") == "../current"
    with pytest.raises(OSError, match="leads outside this server"):
        client.sftp.readlink("/host")
    client.close()


def test_without_the_configuration_such_a_link_is_refused_and_a_reload_allows_it(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    furnish(place)
    with pytest.raises(ClientFailure, match="outside this server"):
        read(Paramiko, place, tmp_path, "/server.jar")
    gate.settings["files"]["container_paths"] = [CONTAINER]
    gate.write_configuration()
    gate.signal(signal.SIGHUP)

    def works() -> bool:
        try:
            return read(Paramiko, place, tmp_path, "/server.jar") == "one point twenty-one"
        except ClientFailure:
            return False

    # A process that waited already is still told the old rules.
    eventually(works, "new sessions follow the link")

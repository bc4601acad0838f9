"""What the panel-shaped API takes away from clients that are connected."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients import ClientFailure, Paramiko
from panel import Panel


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[Place, Person], Paramiko]]:
    """Signs somebody in, and shows that their session works."""
    clients: list[Paramiko] = []

    def begin(place: Place, person: Person) -> Paramiko:
        client = Paramiko(place.endpoint(person), tmp_path / f"client{len(clients)}")
        clients.append(client)
        client.list("/")
        return client

    yield begin
    for client in clients:
        client.close()


def is_alive(client: Paramiko) -> bool:
    """Whether another request over the same session is answered."""
    try:
        client.sftp.listdir("/")
    except (ClientFailure, OSError, EOFError):
        return False
    return True


def users(place: Place, *more: str) -> tuple[str, ...]:
    return ("client", "servers", place.short_id, "users", *more)


@pytest.mark.parametrize("way", ["POST", "PATCH", "DELETE"])
def test_when_the_answer_arrives_the_session_of_exactly_that_person_is_gone(
    way: str, place: Place, connect: Callable[[Place, Person], Paramiko]
) -> None:
    manager = place.subuser(["user.update", "user.delete", *FILE_PERMISSIONS])
    target, other = (place.subuser(FILE_PERMISSIONS) for _ in range(2))
    clients = {person.name: connect(place, person) for person in (target, other, place.owner)}
    process = place.gate.process_of(target.name)
    panel = Panel(place.gate.control, manager)

    # A change to the same set takes nothing away.
    same = panel.post(*users(place, target.uuid), body={"permissions": FILE_PERMISSIONS})
    assert same.body["meta"]["revoked"]["found"] == 0
    assert is_alive(clients[target.name])

    if way == "DELETE":
        revoked = panel.delete(*users(place, target.uuid)).revoked
        assert (revoked["found"], revoked["pending"]) == (1, 0)
    else:
        answer = panel.call(
            way, *users(place, target.uuid), body={"permissions": ["file.sftp", "file.read"]}
        )
        assert answer.body["meta"]["revoked"]["found"] == 1
        assert answer.body["meta"]["revoked"]["pending"] == []
    assert process.is_reaped
    assert not is_alive(clients[target.name])
    assert is_alive(clients[other.name]) and is_alive(clients[place.owner.name])
    if way == "DELETE":
        with pytest.raises(ClientFailure):
            connect(place, target)
    else:
        with pytest.raises(ClientFailure, match="file.create is required"):
            connect(place, target).mkdir("/folder")


def test_a_refused_change_leaves_the_session_alone(
    place: Place, connect: Callable[[Place, Person], Paramiko]
) -> None:
    target, peer = (place.subuser(FILE_PERMISSIONS) for _ in range(2))
    client = connect(place, target)
    for panel in (Panel(place.gate.control, peer), Panel(place.gate.control, "nobody")):
        assert panel.delete(*users(place, target.uuid)).status in (401, 403)
        body = {"permissions": ["file.read"]}
        assert panel.post(*users(place, target.uuid), body=body).status in (401, 403)
    assert is_alive(client)
    assert Panel(place.gate.control, place.owner).delete(*users(place, target.uuid)).status == 204
    assert not is_alive(client)


def test_a_person_is_removed_while_the_server_is_suspended_and_stays_out_afterwards(
    place: Place, connect: Callable[[Place, Person], Paramiko]
) -> None:
    target = place.subuser(FILE_PERMISSIONS)
    connect(place, target)
    control = place.gate.control
    control.patch("servers", place.uuid, body={"state": "suspended"})
    assert Panel(control, place.owner).delete(*users(place, target.uuid)).status == 204
    control.patch("servers", place.uuid, body={"state": "normal"})
    with pytest.raises(ClientFailure):
        connect(place, target)
    connect(place, place.owner)


def test_a_deauthorisation_ends_one_person_on_the_servers_named(
    place: Place, connect: Callable[[Place, Person], Paramiko]
) -> None:
    panel = Panel(place.gate.control)
    second = Place(place.gate, place.owner)
    bystander = place.subuser(FILE_PERMISSIONS)
    watching = connect(place, bystander)
    first_client = connect(place, place.owner)
    second_client = connect(second, place.owner)

    for body in (
        {"user": place.owner.uuid, "servers": [str(uuid.uuid4())]},
        {"user": str(uuid.uuid4()), "servers": []},
    ):
        unknown = panel.post("deauthorize-user", body=body)
        assert unknown.status == 204 and unknown.revoked["found"] == 0
    owner = place.owner.uuid
    for body in ({}, [], {"user": place.owner.name}, {"user": owner, "servers": "all"}):
        assert panel.post("deauthorize-user", body=body).status == 422
    assert is_alive(first_client) and is_alive(second_client)

    ended = panel.post(
        "deauthorize-user", body={"user": place.owner.uuid, "servers": [place.uuid]}
    )
    assert ended.status == 204 and ended.body is None
    assert (ended.revoked["found"], ended.revoked["pending"]) == (1, 0)
    assert not is_alive(first_client)
    assert is_alive(second_client) and is_alive(watching)

    # Nothing was taken away: the same person may come back, until every server is meant.
    first_client = connect(place, place.owner)
    ended = panel.post("deauthorize-user", body={"user": place.owner.uuid, "servers": []})
    assert ended.revoked["found"] == 2
    assert not is_alive(first_client) and not is_alive(second_client)
    assert is_alive(watching)

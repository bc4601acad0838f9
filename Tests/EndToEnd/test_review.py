"""Only sessions whose access is another one are touched, whoever changed the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Person, Place, make_person
from clients import ClientFailure, Paramiko
from gate import Gate
from waiting import eventually

READING = ["file.sftp", "file.read", "file.read-content"]


class Connected:
    """People at work on a server, each on one connection for the whole test."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._clients: list[Paramiko] = []

    def connect(self, place: Place, person: Person | None = None) -> Paramiko:
        client = Paramiko(place.endpoint(person), self._folder / f"{len(self._clients)}")
        client.list("/")
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    people = Connected(tmp_path / "clients")
    yield people
    people.close()


def found(answer: dict) -> int:
    return answer["revocation"]["found"]


def test_a_change_that_leaves_somebody_what_they_have_leaves_them_at_work(
    place: Place, connected: Connected
) -> None:
    """Each change takes something from somebody else, and from this person nothing."""
    control = place.gate.control
    guest = place.subuser(FILE_PERMISSIONS)
    control.put(
        "users", place.owner.name, "delegations", guest.name, body={"permissions": READING}
    )
    control.patch("users", place.owner.name, body={"administrator": True})
    owner, subuser = connected.connect(place), connected.connect(place, guest)

    assert found(place.permit(guest, [*FILE_PERMISSIONS, "backup.read"])) == 0
    assert found(control.delete("users", place.owner.name, "delegations", guest.name)) == 0
    assert found(control.patch("users", place.owner.name, body={"administrator": False})) == 0
    helper = make_person(place.gate, administrator=True)
    added = control.post(
        "servers", place.uuid, "subusers", body={"user": helper.name, "permissions": READING}
    )
    assert found(added) == 0

    for client in owner, subuser:
        assert client.list("/") == []
    # The same kind of change ends them as soon as it does take something.
    assert found(place.permit(guest, READING)) == 1
    with pytest.raises(ClientFailure):
        subuser.list("/")
    assert owner.list("/") == []


@pytest.mark.parametrize("gained", ["revoke", "keep"])
def test_rights_that_only_grew_end_a_session_or_are_there_at_once(
    gained: str, make_gate: Callable[..., Gate], connected: Connected, tmp_path: Path
) -> None:
    place = Place(make_gate(subusers={"permissions_gained": gained}).start())
    guest = place.subuser(READING)
    client = connected.connect(place, guest)
    source = tmp_path / "source"
    source.write_text("content")
    with pytest.raises(ClientFailure, match="file.create is required"):
        client.put(source, "/new")

    answer = place.permit(guest, FILE_PERMISSIONS)
    assert found(answer) == (1 if gained == "revoke" else 0)
    if gained == "revoke":
        with pytest.raises(ClientFailure):
            client.list("/")
    else:
        client.put(source, "/new")
        assert (place.files / "new").read_text() == "content"
        listed = [one for one in place.gate.sessions() if one["username"] == guest.name]
        assert "file.create" in listed[0]["rights"]
        # What grew can shrink again, and that ends the session.
        assert found(place.permit(guest, READING)) == 1
        with pytest.raises(ClientFailure):
            client.list("/")


def behind_the_back(gate: Gate, statement: str, *values: str) -> None:
    """Changes the store as another program would."""
    with sqlite3.connect(gate.store) as store:
        store.execute("PRAGMA busy_timeout = 5000")
        assert store.execute(statement, values).rowcount == 1
    store.close()


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("DELETE FROM subusers WHERE user = ?", ["person"]),
        ("UPDATE subusers SET permissions = 'file.sftp' WHERE user = ?", ["person"]),
        ("UPDATE servers SET state = 'suspended' WHERE uuid = ?", ["server"]),
        ("UPDATE users SET password_hash = NULL WHERE uuid = ?", ["person"]),
    ],
    ids=["removed", "reduced", "suspended", "password"],
)
def test_what_another_program_takes_away_in_the_store_is_noticed(
    statement: str, names: list[str], make_gate: Callable[..., Gate], connected: Connected
) -> None:
    # The slow comparison is far away: what is seen here is the change itself.
    place = Place(make_gate(sessions={"review_interval": "24h"}).start())
    guest = place.subuser(FILE_PERMISSIONS)
    client = connected.connect(place, guest)
    other = connected.connect(Place(place.gate))
    values = {"person": guest.uuid, "server": place.uuid}

    # Another program that changes nothing about anybody ends nobody.
    behind_the_back(place.gate, "UPDATE users SET updated = updated + 1 WHERE uuid = ?", guest.uuid)
    process = place.gate.process_of(guest.name)
    behind_the_back(place.gate, statement, *[values[name] for name in names])
    eventually(lambda: process.is_gone, "the session has ended", timeout=10)
    with pytest.raises(ClientFailure):
        client.list("/")
    assert other.list("/") == []
    assert "session does not agree with the store" in place.gate.log()

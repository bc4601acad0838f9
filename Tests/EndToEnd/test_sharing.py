"""Who may share a server with whom, through a configuration file and the control API."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accounts import ALWAYS_GIVEN, Person, Place, make_person
from clients import ClientFailure, Paramiko, Sftp
from gate import Gate
from panel import Panel
from test_client_api import Subusers, changes_of, email_of

EXISTS = "400 ServerSubuserExistsException"
IS_OWNER = "400 UserIsServerOwnerException"
UNAUTHORISED = "403 AuthorizationException"
FORBIDDEN = "403 HttpForbiddenException"
NOT_FOUND = "404 NotFoundHttpException"


@pytest.fixture
def inviting(make_gate: Callable[..., Gate]) -> Gate:
    """A gate that invites addresses which nobody has."""
    return make_gate(subusers={"unknown_email": "invite"}).start()


def change_store(gate: Gate, statement: str, *values: object) -> None:
    """Changes rows of the store directly, each of which must be there."""
    with closing(sqlite3.connect(gate.store)) as store, store:
        assert store.execute(statement, values).rowcount > 0


def invitations(place: Place) -> list[str]:
    """The addresses that are invited."""
    listed = place.gate.control.get("servers", place.uuid, "subusers")["invitations"]
    return [one["email"] for one in listed]


def invite(place: Place, email: str, *permissions: str) -> dict[str, Any]:
    body = {"user": email, "permissions": list(permissions) or ["file.read"]}
    return place.gate.control.post("servers", place.uuid, "subusers", body=body)["invitation"]


# Members are named exactly


@pytest.mark.parametrize("act", ["change", "remove"])
def test_an_invitation_is_what_changes_when_it_is_named_beside_a_subuser_of_the_same_address(
    act: str, inviting: Gate
) -> None:
    place = Place(inviting)
    subusers = Subusers(place, place.owner)
    person = place.subuser(["file.read"])
    pending = subusers.add("later@example.org", ["file.read"]).attributes["uuid"]
    # Only a store that was changed by hand, or by an earlier version, is like this.
    change_store(
        inviting, "UPDATE invitations SET email = ? WHERE uuid = ?", email_of(person), pending
    )
    if act == "change":
        changed = subusers.change(pending, ["file.update"]).attributes
        assert changed["uuid"] == pending and changed["pending"] is True
        assert changed["permissions"] == ["file.update", *ALWAYS_GIVEN]
        assert subusers.change(person, ["file.delete"]).attributes["uuid"] == person.uuid
        assert place.permissions(person) == {"file.delete"}
    else:
        assert subusers.remove(pending).status == 204
        assert invitations(place) == []
        assert place.permissions(person) == {"file.read"}
        assert subusers.remove(person).status == 204
        assert subusers.list().body["data"] == []

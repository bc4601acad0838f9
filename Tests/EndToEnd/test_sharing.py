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


# Invitations and accounts


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_account_that_gets_an_invited_address_gets_what_was_promised(
    method: str, inviting: Gate, tmp_path: Path
) -> None:
    place, other = Place(inviting), Place(inviting)
    person = make_person(inviting)
    change = {"email": "Wanted@example.org"}
    if method == "PUT":
        change["username"] = person.name
    invite(place, "wanted@example.org", "file.sftp", "file.read")
    invite(other, "someone@example.org")
    with pytest.raises(ClientFailure):
        Sftp(place.endpoint(person), tmp_path / "before").batch("pwd")
    answer = inviting.control.call(method, f"/v1/users/{person.uuid}", change)
    assert answer["fulfilledInvitations"] == [
        {"server": place.uuid, "permissions": ["file.read", "file.sftp", *ALWAYS_GIVEN]}
    ]
    assert invitations(place) == [] and invitations(other) == ["someone@example.org"]
    assert place.permissions(person) == {"file.read", "file.sftp"}
    assert changes_of(place) == ["server:subuser.create", "server:subuser.invite"]
    created = inviting.control.get("activity", event="server:subuser.create")["activity"][0]
    assert created["user"] == person.uuid
    assert created["properties"]["email"] == "Wanted@example.org"
    client = Paramiko(place.endpoint(person), tmp_path / "after")
    assert client.list("/") == []
    client.close()
    # The same again finds no invitation any more.
    again = inviting.control.call(method, f"/v1/users/{person.uuid}", change)
    assert "fulfilledInvitations" not in again


def test_a_session_of_somebody_whose_new_address_gives_them_more_ends(
    inviting: Gate, tmp_path: Path
) -> None:
    place, elsewhere = Place(inviting), Place(inviting)
    person = place.delegate(["file.sftp", "file.read"])
    Subusers(elsewhere).add(email_of(person), ["file.sftp", "file.read"])
    invite(place, "more@example.org", "file.create")
    client = Paramiko(place.endpoint(person), tmp_path / "one")
    kept = Paramiko(elsewhere.endpoint(person), tmp_path / "two")
    assert kept.list("/") == []
    with pytest.raises(ClientFailure, match="file.create is required"):
        client.mkdir("/folder")
    body = {"email": "more@example.org"}
    changed = inviting.control.patch("users", person.name, body=body)
    assert changed["revocation"]["found"] == 1
    client.close()
    assert [one["server"] for one in inviting.sessions()] == [elsewhere.uuid]
    kept.close()
    again = Paramiko(place.endpoint(person), tmp_path / "three")
    again.mkdir("/folder")
    again.close()


def test_an_invitation_that_can_give_nothing_is_withdrawn(inviting: Gate) -> None:
    place = Place(inviting)
    person = place.subuser(["file.read"])
    for whose in (place.owner, person):
        address = f"new-{whose.name}@example.org"
        invite(place, address, "file.delete")
        changed = inviting.control.patch("users", whose.name, body={"email": address})
        assert "fulfilledInvitations" not in changed
        assert invitations(place) == []
        assert changes_of(place)[0] == "server:subuser.invite-withdraw"
    listed = inviting.control.get("servers", place.uuid, "subusers")["subusers"]
    assert [one["user"] for one in listed] == [person.uuid]
    assert place.permissions(person) == {"file.read"}


def test_an_invitation_that_has_expired_means_nothing(make_gate: Callable[..., Gate]) -> None:
    settings = {"unknown_email": "invite", "invitation_lifetime": "60s"}
    gate = make_gate(subusers=settings).start()
    place = Place(gate)
    subusers = Subusers(place, place.owner)
    pending = {name: invite(place, f"{name}@example.org") for name in ("late", "intime")}
    # As if the minute had passed for one of the two.
    change_store(
        gate, "UPDATE invitations SET expires = expires - 60000 WHERE email = 'late@example.org'"
    )
    assert invitations(place) == ["intime@example.org"]
    assert subusers.show(pending["intime"]["uuid"]).status == 200
    for answer in (
        subusers.show(pending["late"]["uuid"]),
        subusers.change(pending["late"]["uuid"], ["file.update"]),
        subusers.remove(pending["late"]["uuid"]),
    ):
        assert str(answer) == NOT_FOUND
    late, in_time = make_person(gate, "late"), make_person(gate, "intime")
    assert subusers.show(late).status == 404
    assert subusers.show(in_time).attributes["permissions"] == ["file.read", *ALWAYS_GIVEN]
    # Who was invited too long ago can be invited, or added, again.
    assert subusers.add(email_of(late), ["file.update"]).status == 200
    gone = invite(place, "gone@example.org")
    change_store(gate, "UPDATE invitations SET expires = 1 WHERE uuid = ?", gone["uuid"])
    assert invite(place, "gone@example.org")["uuid"] != gone["uuid"]


# Names of permissions


def test_a_name_that_the_configuration_adds_is_a_permission_like_all_others(
    make_gate: Callable[..., Gate], place: Place
) -> None:
    added = ["plugin.install Install plugins", "file.paint Paint files"]
    here = Place(make_gate(subusers={"additional_permissions": added}).start())
    groups = here.gate.control.get("permissions")["groups"]
    listed = {one["name"]: one for group in groups for one in group["permissions"]}
    assert listed["plugin.install"]["summary"] == "Install plugins"
    assert [group["name"] for group in groups][-1] == "plugin"
    panel = Panel(here.gate.control, here.owner).get("client", "permissions").attributes
    assert panel["permissions"]["plugin"]["keys"] == {"install": "Install plugins"}
    assert panel["permissions"]["file"]["keys"]["paint"] == "Paint files"
    names = {"plugin.install", "file.paint"}
    for asked, expected in (
        (["plugin.install"], {"plugin.install"}),
        (["plugin.*"], {"plugin.install"}),
        (["file.*"], {"file.paint"}),
        (["*"], names),
    ):
        for where, found in ((here, expected), (place, set())):
            permissions = where.permissions(where.subuser(asked))
            assert permissions & names == found, asked
    # Elsewhere the name means nothing.
    body = {"user": make_person(place.gate).name, "permissions": ["plugin.install", "file.read"]}
    made = place.gate.control.post("servers", place.uuid, "subusers", body=body)
    assert made["droppedPermissions"] == ["plugin.install"]


def test_a_strict_host_refuses_unknown_names_wherever_permissions_are_given(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(subusers={"unknown_permissions": "refuse"}).start()
    place = Place(gate)
    person, new = place.subuser(["file.read"]), make_person(gate)
    server = ("servers", place.uuid, "subusers")
    for method, path, more in (
        ("POST", server, {"user": new.name}),
        ("PATCH", (*server, person.name), {}),
        ("PUT", (*server, new.name), {}),
        ("PUT", ("users", place.owner.name, "delegations", new.name), {}),
    ):
        wrong = more | {"permissions": ["file.read", "file.fly"]}
        refused = gate.control.refusal(method, *path, body=wrong)
        assert (refused.status, refused.code) == (422, "unknown_permissions")
        assert "file.fly" in refused.message
    panel = Subusers(place, place.owner)
    for answer in (
        panel.add(email_of(new), ["file.fly"]), panel.change(person, ["file.read", "file.fly"])
    ):
        assert answer.faults == [("permissions", "in")]
    assert place.permissions(person) == {"file.read"}
    assert [one["username"] for one in gate.control.get(*server)["subusers"]] == [person.name]
    assert panel.add(email_of(new), ["file.update"]).status == 200
    assert place.permit(person, ["file.update", "viewer"])["subuser"]["permissions"]


# Whoever holds more


def strengthen(place: Place, person: Person, how: str) -> None:
    if how == "administrator":
        place.gate.control.patch("users", person.name, body={"administrator": True})
    elif how == "delegation":
        place.gate.control.put(
            "users", place.owner.name, "delegations", person.name, body={"permissions": ["*"]}
        )


@pytest.mark.parametrize("how", ["delegation", "administrator"])
def test_strength_is_what_somebody_holds_on_the_server_in_all(how: str, place: Place) -> None:
    manager = place.subuser(["user.*", "file.read"])
    subusers = Subusers(place, manager)
    strong, weak = place.subuser(["file.read"]), place.subuser(["file.read"])
    strengthen(place, strong, how)
    assert str(subusers.show(strong)) == "200"
    for answer in (subusers.change(strong, ["user.read"]), subusers.remove(strong)):
        assert str(answer) == FORBIDDEN
        assert "holds permissions that you do not hold" in answer.detail
    assert place.permissions(strong) == {"file.read"}
    assert str(subusers.change(weak, ["user.read"])) == "200"
    assert str(subusers.remove(weak)) == "204"
    # Who holds as much may.
    peer = place.subuser([])
    strengthen(place, peer, "administrator" if how == "administrator" else "delegation")
    assert str(Subusers(place, peer).remove(strong)) == "204"


def test_what_a_delegation_gives_cannot_be_given_as_an_assignment(place: Place) -> None:
    lenient = place.subuser(["user.*", "file.read", "file.update"])
    target = place.subuser(["file.read"])
    place.gate.control.put(
        "users", place.owner.name, "delegations", target.name,
        body={"permissions": ["file.read", "file.update"]},
    )
    subusers = Subusers(place, lenient)
    assert str(subusers.change(target, ["file.read", "file.update"])) == "200"
    strengthen(place, target, "delegation")
    assert str(subusers.change(target, ["file.read", "file.delete"])) == FORBIDDEN
    assert place.permissions(target) == {"file.read", "file.update"}


# Oneself


def test_an_administrator_may_add_themselves_and_nobody_changes_themselves(place: Place) -> None:
    admin = make_person(place.gate, administrator=True)
    subusers = Subusers(place, admin)
    assert str(subusers.add(email_of(admin), ["file.read"])) == "200"
    assert place.permissions(admin) == {"file.read"}
    assert str(subusers.add(email_of(admin), ["file.read"])) == EXISTS
    for answer in (
        subusers.show(admin), subusers.change(admin, ["file.update"]), subusers.remove(admin)
    ):
        assert str(answer) == UNAUTHORISED
    assert str(Subusers(place, place.owner).remove(admin)) == "204"


def test_nobody_else_gains_anything_by_adding_themselves(place: Place) -> None:
    assert str(Subusers(place, place.owner).add(email_of(place.owner), ["file.read"])) == IS_OWNER
    manager = place.subuser(["user.*", "file.read"])
    assert str(Subusers(place, manager).add(email_of(manager), ["file.read"])) == EXISTS
    assert str(Subusers(place, manager).add(email_of(manager), ["file.delete"])) == FORBIDDEN
    assert place.permissions(manager) & {"file.read", "file.delete"} == {"file.read"}
    # What an owner trusts somebody with ends with the trust.
    delegate = place.delegate(["user.*", "file.read"])
    assert str(Subusers(place, delegate).add(email_of(delegate), ["file.read"])) == UNAUTHORISED
    other = make_person(place.gate)
    assert str(Subusers(place, delegate).add(email_of(other), ["file.read"])) == "200"


# Delegations


def test_a_delegation_is_made_shown_changed_and_revoked_like_a_subuser(place: Place) -> None:
    control, owner = place.gate.control, place.owner
    person = make_person(place.gate)
    path = ("users", owner.name, "delegations", person.name)
    assert control.refusal("GET", *path).code == "delegation_not_found"
    statuses = [
        control.send(
            "PUT", f"/v1/users/{owner.uuid}/delegations/{person.uuid}",
            b'{"permissions": ["%s"]}' % name,
        ).status
        for name in (b"file.read", b"file.read", b"file.update")
    ]
    assert statuses == [201, 200, 200]
    control.patch("users", person.name, body={"twoFactor": True})
    shown = control.get(*path)["delegation"]
    assert (shown["username"], shown["ownerName"]) == (person.name, owner.name)
    assert shown["permissions"] == ["file.update", *ALWAYS_GIVEN]
    assert shown["twoFactor"] is True
    assert control.get("users", owner.name, "delegations")["delegations"] == [shown]
    admin = make_person(place.gate, administrator=True)
    for who, status in (
        (owner, 200), (admin, 200), (person, 403), (make_person(place.gate), 403)
    ):
        target = f"/v1/users/{owner.uuid}/delegations/{person.uuid}"
        answer = control.send("GET", target, Portcullis_Acting_User=who.uuid)
        assert answer.status == status, answer
    control.delete(*path)
    assert control.refusal("GET", *path).code == "delegation_not_found"
    assert control.refusal("GET", *path[:3], "nobody").code == "user_not_found"


def test_a_delegation_reaches_servers_that_are_made_later_and_adds_to_what_was_assigned(
    place: Place, tmp_path: Path
) -> None:
    person = place.delegate(["file.sftp", "file.read"])
    later = Place(place.gate, place.owner)
    stranger = Place(place.gate)

    def client(where: Place, name: str) -> Paramiko:
        return Paramiko(where.endpoint(person), tmp_path / name)

    first = client(later, "later")
    assert first.list("/") == []
    with pytest.raises(ClientFailure, match="file.create is required"):
        first.mkdir("/folder")
    first.close()
    with pytest.raises(ClientFailure):
        Sftp(stranger.endpoint(person), tmp_path / "stranger").batch("pwd")
    # An assignment that would not let anybody in by itself.
    assert str(Subusers(later).add(email_of(person), ["file.create"])) == "200"
    both = client(later, "both")
    both.mkdir("/folder")
    assert both.list("/") == ["folder"]
    with pytest.raises(ClientFailure, match="file.delete is required"):
        both.rmdir("/folder")
    both.close()
    only = client(place, "only")
    with pytest.raises(ClientFailure, match="file.create is required"):
        only.mkdir("/folder")
    only.close()
    assert not (place.files / "folder").exists() and (later.files / "folder").is_dir()
    place.gate.control.delete("users", place.owner.name, "delegations", person.name)
    with pytest.raises(ClientFailure, match="file.sftp is required"):
        Sftp(later.endpoint(person), tmp_path / "without").batch("pwd")

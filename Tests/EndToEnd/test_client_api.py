"""The panel-shaped API: what each call answers when it may be made, and when it may not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest

from accounts import Person, Place, make_person
from gate import Gate
from panel import Panel

ALWAYS = "websocket.connect"


class Subusers:
    """The subusers of one server, as one person sees them."""

    def __init__(self, place: Place, person: Person | str | None = None):
        self.panel = Panel(place.gate.control, person)
        self.path = ("client", "servers", place.short_id, "users")

    def list(self):
        return self.panel.get(*self.path)

    def show(self, person: Person | str):
        return self.panel.get(*self.path, uuid_of(person))

    def add(self, email: str, permissions: object):
        return self.panel.post(*self.path, body={"email": email, "permissions": permissions})

    def change(self, person: Person | str, permissions: object, method: str = "POST"):
        return self.panel.call(
            method, *self.path, uuid_of(person), body={"permissions": permissions}
        )

    def remove(self, person: Person | str):
        return self.panel.delete(*self.path, uuid_of(person))


def uuid_of(person: Person | str) -> str:
    return person if isinstance(person, str) else person.uuid


def email_of(person: Person) -> str:
    return f"{person.name}@example.org"


def changes_of(place: Place) -> list[str]:
    """The changes of subusers that the activity of a server tells of."""
    entries = place.gate.control.get("activity", server=place.uuid)["activity"]
    return [one["event"] for one in entries if "subuser" in one["event"]]


@pytest.mark.parametrize("who", ["owner", "subuser", "administrator", "panel"])
def test_whoever_may_create_subusers_gets_what_they_asked_for(who: str, place: Place) -> None:
    actor = {
        "owner": lambda: place.owner,
        "subuser": lambda: place.subuser(["user.create", "file.read", "file.sftp"]),
        "administrator": lambda: make_person(place.gate, administrator=True),
        "panel": lambda: None,
    }[who]()
    new = make_person(place.gate)
    made = Subusers(place, actor).add(email_of(new), ["file.sftp", "file.read"]).attributes
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", made.pop("created_at"))
    picture = hashlib.md5(email_of(new).encode(), usedforsecurity=False).hexdigest()
    assert made.pop("image").endswith(f"/avatar/{picture}")
    assert made == {
        "uuid": new.uuid,
        "username": new.name,
        "email": email_of(new),
        "2fa_enabled": False,
        "permissions": ["file.read", "file.sftp", ALWAYS],
    }
    assert place.permissions(new) == {"file.read", "file.sftp"}


def test_nobody_gives_what_they_do_not_hold(place: Place) -> None:
    actor = place.subuser(["user.create", "file.read"])
    new = make_person(place.gate)
    for permissions in (["file.read", "file.delete"], ["file.*"], ["*"], ["file.fly"]):
        refused = Subusers(place, actor).add(email_of(new), permissions)
        assert str(refused) == "403 HttpForbiddenException"
        assert permissions[-1] in refused.detail or "file.delete" in refused.detail
    assert Subusers(place).show(new).status == 404
    # The same request by the owner, and the same person with what they hold.
    assert Subusers(place, place.owner).add(email_of(new), ["file.delete"]).status == 200
    assert Subusers(place).remove(new).status == 204
    assert Subusers(place, actor).add(email_of(new), ["file.read"]).status == 200


def test_an_address_of_191_characters_is_taken_and_a_longer_one_is_not(
    place: Place,
) -> None:
    longest = "x" * 181 + "@gmail.com"
    control = place.gate.control
    control.post("users", body={"username": f"long{place.short_id}", "email": longest})
    subusers = Subusers(place, place.owner)
    assert subusers.add(longest, ["file.read"]).attributes["email"] == longest
    refused = subusers.add(longest + ".au", ["file.read"])
    assert refused.faults == [("email", "between")]
    control.delete("users", longest)


def test_an_account_that_exists_is_used_and_a_second_time_is_one_too_many(
    place: Place,
) -> None:
    person = make_person(place.gate)
    subusers = Subusers(place, place.owner)
    made = subusers.add(email_of(person).upper(), ["file.read"])
    assert made.attributes["uuid"] == person.uuid
    again = subusers.add(email_of(person), ["file.update"])
    assert str(again) == "400 ServerSubuserExistsException"
    assert again.detail == "User already a subuser on this server"
    assert place.permissions(person) == {"file.read"}


def test_the_owner_is_no_subuser_and_an_unknown_address_is_nobody(place: Place) -> None:
    helper = place.subuser(["user.create", "file.read"])
    for actor in (place.owner, helper, None):
        subusers = Subusers(place, actor)
        refused = subusers.add(email_of(place.owner), ["file.read"])
        assert str(refused) == "400 UserIsServerOwnerException"
        assert refused.detail == "The owner cannot be added as a subuser"
        unknown = subusers.add("nobody@example.org", ["file.read"])
        assert unknown.faults == [("email", "exists")]
        assert unknown.detail == "User not found"
        known = make_person(place.gate)
        assert subusers.add(email_of(known), ["file.read"]).status == 200


def test_a_removal_means_exactly_the_one_whom_it_names(gate: Gate, place: Place) -> None:
    # A name can be the beginning of somebody else's uuid.
    victim = place.subuser(["file.read"])
    number = victim.uuid[:4]
    bystander = make_person(gate, name=number)
    subusers = Subusers(place, place.owner)
    assert subusers.add(email_of(bystander), ["file.read"]).status == 200
    removed = subusers.remove(victim)
    assert removed.status == 204 and removed.body is None
    assert removed.revoked["found"] == 0
    assert subusers.show(victim).status == 404
    assert subusers.show(bystander).attributes["username"] == number
    assert subusers.show(number).attributes["uuid"] == bystander.uuid
    assert subusers.remove(number).status == 204
    gate.control.delete("users", number)


def test_what_is_allowed_at_home_is_forbidden_elsewhere_and_invisible_to_strangers(
    place: Place,
) -> None:
    other = Place(place.gate)
    person = place.owner
    target = other.subuser(["file.read"])
    mine = place.subuser(["file.read"])
    assert str(Subusers(place, person).list()) == "200"
    assert Subusers(place, person).panel.post(*Subusers(place).path, body={}).status == 422
    assert str(Subusers(place, person).remove(mine)) == "204"
    for expected in ("404 NotFoundHttpException", "403 AuthorizationException"):
        there = Subusers(other, person)
        assert str(there.list()) == expected
        assert str(there.panel.post(*there.path, body={})) == expected
        assert str(there.remove(target)) == expected
        # From now on the person sees the other server, and may do nothing there.
        if expected.startswith("404"):
            Subusers(other).add(email_of(person), ["file.read"])
    assert other.permissions(target) == {"file.read"}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_change_needs_everything_that_it_needs(method: str, place: Place) -> None:
    target = place.subuser(["file.read"])
    reader = place.subuser(["user.read", "file.read", "file.update"])
    editor = place.subuser(["user.update", "file.read", "file.update"])
    wanted = ["file.update"]

    def change(actor: Person | str | None) -> str:
        return str(Subusers(place, actor).change(target, wanted, method))

    assert change("nobody") == "401 AuthenticationException"
    assert change(target) == "403 AuthorizationException"
    assert change(reader) == "403 AuthorizationException"
    assert place.permissions(target) == {"file.read"}
    assert changes_of(place).count("server:subuser.update") == 0
    assert change(editor) == "200"
    assert place.permissions(target) == {"file.update"}
    assert changes_of(place).count("server:subuser.update") == 1


def test_unknown_and_doubled_names_are_dropped_and_one_is_always_there(place: Place) -> None:
    target = place.subuser(["file.read"])
    changed = Subusers(place, place.owner).change(
        target, ["file.update", "file.fly", "file.update", "control.*", ""]
    )
    assert changed.attributes["permissions"] == [
        "control.console", "control.restart", "control.start", "control.stop", "file.update",
        ALWAYS,
    ]
    assert changed.body["meta"]["dropped"] == ["file.fly", ""]
    assert changed.body["meta"]["revoked"]["found"] == 0


def test_a_change_to_rights_that_are_not_held_changes_nothing(place: Place) -> None:
    target = place.subuser(["file.read"])
    editor = place.subuser(["user.update", "file.read", "file.update"])
    before = changes_of(place)
    for permissions in (["file.read", "file.delete"], ["file.update", "plugin.install"]):
        refused = Subusers(place, editor).change(target, permissions)
        assert str(refused) == "403 HttpForbiddenException"
    assert place.permissions(target) == {"file.read"}
    assert changes_of(place) == before
    assert Subusers(place, editor).change(target, ["file.read", "file.update"]).status == 200


def test_nobody_touches_themselves(place: Place) -> None:
    manager = place.subuser(["user.*", "file.read"])
    peer = place.subuser(["user.*", "file.read"])
    subusers = Subusers(place, manager)
    for target, answers in (
        (peer, ["200", "200", "204"]), (manager, ["403 AuthorizationException"] * 3)
    ):
        assert [
            str(subusers.show(target)),
            str(subusers.change(target, ["user.*", "file.read"])),
            str(subusers.remove(target)),
        ] == answers
    assert place.permissions(manager) >= {"file.read", "user.delete"}


def test_a_subuser_of_another_server_is_not_found_here(place: Place) -> None:
    other = Place(place.gate, place.owner)
    elsewhere = other.subuser(["file.read"])
    here, there = Subusers(place, place.owner), Subusers(other, place.owner)
    assert str(there.change(elsewhere, ["file.update"])) == "200"
    for answer in (
        here.show(elsewhere), here.change(elsewhere, ["file.delete"]), here.remove(elsewhere)
    ):
        assert str(answer) == "404 NotFoundHttpException"
    assert other.permissions(elsewhere) == {"file.update"}


def test_a_stronger_subuser_is_out_of_reach(place: Place) -> None:
    manager = place.subuser(["user.*", "file.read"])
    strong = place.subuser(["file.read", "backup.restore"])
    weak = place.subuser(["file.read"])
    subusers = Subusers(place, manager)
    assert str(subusers.show(strong)) == "200"
    for answer in (subusers.change(strong, ["file.read"]), subusers.remove(strong)):
        assert str(answer) == "403 HttpForbiddenException"
        assert "holds permissions that you do not hold" in answer.detail
    assert str(subusers.remove(weak)) == "204"
    assert place.permissions(strong) == {"file.read", "backup.restore"}


def test_where_strength_is_not_protected_removal_needs_only_its_permission(
    make_gate: Callable[..., Gate],
) -> None:
    place = Place(make_gate(subusers={"protect_stronger": False}).start())
    manager = place.subuser(["user.*"])
    strong = place.subuser(["backup.restore"])
    assert str(Subusers(place, manager).change(strong, ["backup.restore"])) == "200"
    assert str(Subusers(place, manager).remove(strong)) == "204"


def test_reading_needs_its_permission(place: Place) -> None:
    reader = place.subuser(["user.read"])
    other = place.subuser(["file.read"])
    assert [one["attributes"]["uuid"] for one in Subusers(place, reader).list().body["data"]] == [
        one.uuid for one in sorted((reader, other), key=lambda one: one.name)
    ]
    assert Subusers(place, reader).show(other).attributes["permissions"] == ["file.read", ALWAYS]
    for answer in (Subusers(place, other).list(), Subusers(place, other).show(reader)):
        assert str(answer) == "403 AuthorizationException"


def test_the_acting_user_is_named_by_uuid_name_or_address(place: Place) -> None:
    for name in (place.owner.uuid, place.owner.name, email_of(place.owner).upper()):
        assert str(Subusers(place, name).list()) == "200"
    for name in ("", "nobody", f"{place.owner.name} ", place.short_id, "*"):
        expected = "200" if name.strip() == place.owner.name else "401 AuthenticationException"
        assert str(Subusers(place, name).list()) == expected


def test_an_invitation_is_a_pending_subuser_until_its_account_exists(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(subusers={"unknown_email": "invite"}).start()
    place = Place(gate)
    subusers = Subusers(place, place.owner)
    invited = subusers.add("later@example.org", ["file.sftp", "file.read"]).attributes
    assert invited["pending"] is True and invited["username"] is None
    assert invited["expires_at"] > invited["created_at"]
    assert str(subusers.add("later@example.org", ["file.read"])).startswith("400 ServerSubuser")
    assert subusers.show(invited["uuid"]).attributes == invited
    manager = place.subuser(["user.*", "file.read"])
    # What somebody will hold protects them as what they hold does.
    refused = Subusers(place, manager).change("later@example.org", ["file.read"])
    assert str(refused) == "403 HttpForbiddenException"
    assert str(subusers.change("later@example.org", ["file.read"])) == "200"
    person = make_person(gate, name="later")
    listed = [one["attributes"] for one in subusers.list().body["data"]]
    later = next(one for one in listed if one["username"] == "later")
    assert later["uuid"] == person.uuid
    assert later["permissions"] == ["file.read", ALWAYS]
    assert "pending" not in later
    assert str(subusers.show(invited["uuid"])) == "404 NotFoundHttpException"
    second = subusers.add("never@example.org", ["file.read"]).attributes
    assert subusers.remove(second["uuid"]).status == 204
    assert len(subusers.list().body["data"]) == 2


def test_the_second_factor_of_an_account_is_shown(place: Place) -> None:
    person = place.subuser(["file.read"])
    assert Subusers(place).show(person).attributes["2fa_enabled"] is False
    place.gate.control.patch("users", person.name, body={"twoFactor": True})
    assert Subusers(place).show(person).attributes["2fa_enabled"] is True


def test_the_catalogue_has_every_permission_by_its_group(place: Place) -> None:
    listed = Panel(place.gate.control, place.owner).get("client", "permissions")
    assert listed.body["object"] == "system_permissions"
    names = {
        f"{group}.{key}"
        for group, entry in listed.attributes["permissions"].items()
        for key in entry["keys"]
    }
    groups = place.gate.control.get("permissions")["groups"]
    assert names == {one["name"] for group in groups for one in group["permissions"]}
    assert {"file.sftp", "database.view_password", ALWAYS} <= names


def test_the_activity_of_a_server_is_for_those_who_may_read_it(place: Place) -> None:
    reader = place.subuser(["activity.read"])
    other = place.subuser(["file.read"])
    Subusers(place, place.owner).change(other, ["file.update"])
    path = ("client", "servers", place.uuid, "activity")
    for person in (place.owner, reader, None):
        page = Panel(place.gate.control, person).get(*path, query="?limit=1")
        newest = page.body["data"][0]
        assert newest["object"] == "activity_log"
        assert newest["attributes"]["event"] == "server:subuser.update"
        assert newest["attributes"]["actor"] == place.owner.name
        assert newest["attributes"]["properties"]["new"] == ["file.update", ALWAYS]
        before = page.body["meta"]["cursor"]["before"]
        older = Panel(place.gate.control, person).get(*path, query=f"?before={before}")
        assert all(
            one["attributes"]["id"] < newest["attributes"]["id"] for one in older.body["data"]
        )
        assert older.body["data"] and older.body["meta"]["cursor"]["before"] is None
    refused = Panel(place.gate.control, other).get(*path)
    assert str(refused) == "403 AuthorizationException"

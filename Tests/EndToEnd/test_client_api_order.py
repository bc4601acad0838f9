"""Requests with two faults at once: the answer tells which of them is looked at first."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from accounts import Place, make_person
from panel import Panel

UNAUTHENTICATED = "401 AuthenticationException"
MALFORMED = "400 BadRequestHttpException"
NOT_FOUND = "404 NotFoundHttpException"
CONFLICT = "409 ServerStateConflictException"
UNAUTHORISED = "403 AuthorizationException"
FORBIDDEN = "403 HttpForbiddenException"
INVALID = "422 ValidationException"

#: More than the manager holds, and no address.
TOO_MUCH = {"permissions": ["backup.restore"]}


@dataclass(frozen=True)
class Case:
    """A request with a fault, and the same request with an earlier one besides."""

    name: str
    #: Who asks, what, about whom and with which body.
    first: tuple[str, str, str | None, object]
    second: tuple[str, str, str | None, object]
    answers: tuple[str, str]
    #: Whether the server is suspended while they ask.
    suspended: tuple[bool, bool] = field(default=(False, False))


CASES = [
    Case(
        "an unknown acting user before a malformed body",
        ("manager", "POST", None, b"{"), ("nobody", "POST", None, b"{"),
        (MALFORMED, UNAUTHENTICATED),
    ),
    Case(
        "a malformed body before an invisible server",
        ("stranger", "POST", None, {}), ("stranger", "POST", None, b"{"),
        (NOT_FOUND, MALFORMED),
    ),
    Case(
        "an invisible server before its state",
        ("weak", "GET", None, None), ("stranger", "GET", None, None),
        (CONFLICT, NOT_FOUND), (True, True),
    ),
    Case(
        "who is no member before the server's state",
        ("weak", "GET", "reader", None), ("weak", "GET", "stranger", None),
        (CONFLICT, NOT_FOUND), (True, True),
    ),
    Case(
        "who is no member before a missing permission",
        ("weak", "DELETE", "reader", None), ("weak", "DELETE", "stranger", None),
        (UNAUTHORISED, NOT_FOUND),
    ),
    Case(
        "the server's state before a missing permission",
        ("weak", "POST", None, {}), ("weak", "POST", None, {}),
        (UNAUTHORISED, CONFLICT), (False, True),
    ),
    Case(
        "the server's state before oneself",
        ("manager", "PATCH", "manager", {}), ("manager", "PATCH", "manager", {}),
        (UNAUTHORISED, CONFLICT), (False, True),
    ),
    Case(
        "the server's state before mistakes, for its owner too",
        ("owner", "POST", None, {}), ("owner", "POST", None, {}),
        (INVALID, CONFLICT), (False, True),
    ),
    Case(
        "a missing permission before what is not held",
        ("manager", "POST", None, TOO_MUCH), ("reader", "POST", None, TOO_MUCH),
        (FORBIDDEN, UNAUTHORISED),
    ),
    Case(
        "a missing permission before mistakes",
        ("owner", "POST", None, {}), ("reader", "POST", None, {}),
        (INVALID, UNAUTHORISED),
    ),
    Case(
        "oneself before what is not held",
        ("manager", "POST", "weak", TOO_MUCH), ("manager", "POST", "manager", TOO_MUCH),
        (FORBIDDEN, UNAUTHORISED),
    ),
    Case(
        "what is not held before mistakes",
        ("owner", "POST", None, TOO_MUCH), ("manager", "POST", None, TOO_MUCH),
        (INVALID, FORBIDDEN),
    ),
    Case(
        "names that are unknown before mistakes, for those who can hold too little",
        ("owner", "POST", None, {"permissions": ["a.b"]}),
        ("manager", "POST", None, {"permissions": ["a.b"]}),
        (INVALID, FORBIDDEN),
    ),
    Case(
        "somebody stronger before mistakes",
        ("manager", "POST", "weak", {}), ("manager", "POST", "strong", {}),
        (INVALID, FORBIDDEN),
    ),
    Case(
        "mistakes before an assignment that exists",
        ("owner", "POST", None, {"email": "weak", "permissions": ["file.read"]}),
        ("owner", "POST", None, {"email": "weak", "permissions": []}),
        ("400 ServerSubuserExistsException", INVALID),
    ),
    Case(
        "mistakes before the owner",
        ("owner", "POST", None, {"email": "owner", "permissions": ["file.read"]}),
        ("owner", "POST", None, {"email": "owner", "permissions": "file.read"}),
        ("400 UserIsServerOwnerException", INVALID),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_earlier_fault_is_told(case: Case, place: Place) -> None:
    people = {
        "owner": place.owner,
        "manager": place.subuser(["user.*", "file.read"]),
        "reader": place.subuser(["user.read"]),
        "weak": place.subuser(["file.read"]),
        "strong": place.subuser(["backup.restore"]),
        "stranger": make_person(place.gate),
        "nobody": "nobody",
    }
    listed = place.gate.control.get("servers", place.uuid, "subusers")
    for request, answer, suspended in zip(
        (case.first, case.second), case.answers, case.suspended, strict=True
    ):
        actor, method, target, body = request
        state = "suspended" if suspended else "normal"
        place.gate.control.patch("servers", place.uuid, body={"state": state})
        path = ["client", "servers", place.short_id, "users"]
        if target is not None:
            path.append(people[target].uuid)
        if isinstance(body, dict) and "email" in body:
            body = body | {"email": f"{people[body['email']].name}@example.org"}
        panel = Panel(place.gate.control, people[actor])
        assert str(panel.call(method, *path, body=body)) == answer
    assert place.gate.control.get("servers", place.uuid, "subusers") == listed


@pytest.mark.parametrize("state", ["suspended", "installing", "restoring", "transferring"])
def test_a_removal_is_possible_in_every_state_and_nothing_else_is(
    state: str, place: Place
) -> None:
    control = place.gate.control
    target = place.subuser(["file.read"])
    helper = place.subuser(["user.*", "file.read"])
    path = ("client", "servers", place.short_id, "users")
    owner = Panel(control, place.owner)
    assert str(owner.get(*path)) == "200"
    control.patch("servers", place.uuid, body={"state": state})
    for answer in (
        owner.get(*path),
        owner.get(*path, target.uuid),
        owner.post(*path, target.uuid, body={"permissions": ["file.update"]}),
        owner.get("client", "servers", place.short_id, "activity"),
        Panel(control, make_person(place.gate, administrator=True)).get(*path),
    ):
        assert str(answer) == CONFLICT
        assert state in answer.detail
    assert str(Panel(control).get(*path)) == "200"
    assert str(Panel(control, target).delete(*path, helper.uuid)) == UNAUTHORISED
    assert str(Panel(control, helper).delete(*path, target.uuid)) == "204"
    assert str(owner.delete(*path, helper.uuid)) == "204"
    control.patch("servers", place.uuid, body={"state": "normal"})
    assert owner.get(*path).body["data"] == []

"""Several who share a server, or make an account, at the same moment."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from accounts import Place, make_person
from gate import Gate
from test_client_api import Subusers, changes_of

Value = TypeVar("Value")

#: How often each race is run; who wins is different from time to time.
ROUNDS = 25


@pytest.fixture
def inviting(make_gate: Callable[..., Gate]) -> Gate:
    return make_gate(subusers={"unknown_email": "invite"}).start()


def at_once(*calls: Callable[[], Value]) -> list[Value]:
    """Makes all calls at the same moment, each in a thread, and answers what each answered."""
    gathered = threading.Barrier(len(calls))
    answers: dict[int, Value] = {}

    def make(number: int, call: Callable[[], Value]) -> None:
        gathered.wait(30)
        answers[number] = call()

    threads = [
        threading.Thread(target=make, args=pair, daemon=True) for pair in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == len(calls), "a call did not come to its end"
    return [answers[number] for number in range(len(calls))]


def sending(gate: Gate, method: str, target: str, body: Any) -> Callable[[], int]:
    """A call that answers its status."""
    content = json.dumps(body).encode()
    return lambda: gate.control.exchange(method, target, content)[0]


def fresh() -> str:
    return f"u{uuid.uuid4().hex}"


def address(name: str) -> str:
    return f"{name}@example.org"


def test_identical_puts_of_a_user_make_one_user(gate: Gate) -> None:
    for _ in range(ROUNDS):
        name = fresh()
        user = {"username": name, "email": address(name), "password": "secret"}
        target = f"/v1/users/{uuid.uuid4()}"
        statuses = at_once(*[sending(gate, "PUT", target, user)] * 3)
        assert sorted(statuses) == [200, 200, 201]
    made = gate.control.get("users", name)["user"]["uuid"]
    assert len(gate.control.get("activity", user=made)["activity"]) == 1
    # What somebody else has stays a conflict, also when all come at once.
    other = sending(gate, "PUT", f"/v1/users/{uuid.uuid4()}", user)
    assert at_once(other, other, other) == [409] * 3
    refused = gate.control.refusal("PUT", "users", str(uuid.uuid4()), body=user)
    assert refused.code in ("username_exists", "email_exists")


def test_identical_puts_of_a_server_make_one_server(gate: Gate, place: Place) -> None:
    for _ in range(ROUNDS):
        name = fresh()
        (gate.volumes / name).mkdir()
        server = {"name": name, "owner": place.owner.name, "directory": name}
        target = f"/v1/servers/{uuid.uuid4()}"
        statuses = at_once(*[sending(gate, "PUT", target, server)] * 3)
        assert sorted(statuses) == [200, 200, 201]
        other = sending(gate, "PUT", f"/v1/servers/{uuid.uuid4()}", server)
        assert at_once(other, other) == [409, 409]
        assert gate.control.exchange("DELETE", target)[0] == 200


@pytest.mark.parametrize("known", [True, False], ids=["subuser", "invitation"])
def test_identical_puts_of_a_subuser_share_once(known: bool, inviting: Gate) -> None:
    place = Place(inviting)
    for _ in range(ROUNDS):
        name = make_person(inviting).name if known else fresh()
        target = f"/v1/servers/{place.uuid}/subusers/{address(name)}"
        body = {"permissions": ["file.read"]}
        statuses = at_once(*[sending(inviting, "PUT", target, body)] * 3)
        assert sorted(statuses) == [200, 200, 201]
    event = "server:subuser.create" if known else "server:subuser.invite"
    assert Counter(changes_of(place)) == {event: ROUNDS}


@pytest.mark.parametrize("known", [True, False], ids=["subuser", "invitation"])
def test_of_two_who_add_the_same_address_one_does_and_the_other_is_told(
    known: bool, inviting: Gate
) -> None:
    place = Place(inviting)
    deputy = place.subuser(["user.*", "file.read"])
    for _ in range(ROUNDS):
        name = make_person(inviting).name if known else fresh()
        answers = at_once(
            *[
                lambda who=who: str(Subusers(place, who).add(address(name), ["file.read"]))
                for who in (place.owner, deputy)
            ]
        )
        assert sorted(answers) == ["200", "400 ServerSubuserExistsException"]
    listed = Subusers(place).list().body["data"]
    assert len(listed) == ROUNDS + 1


@pytest.mark.parametrize("way", ["made", "changed", "put"])
def test_an_address_that_gets_an_account_while_it_is_invited_is_a_subuser_afterwards(
    way: str, inviting: Gate
) -> None:
    place = Place(inviting)
    for number in range(ROUNDS):
        name = fresh()
        target = "/v1/users"
        user = {"username": name, "email": address(name)}
        if way == "changed":
            person = make_person(inviting)
            target, user = f"/v1/users/{person.uuid}", {"email": address(name)}
        elif way == "put":
            target = f"/v1/users/{uuid.uuid4()}"
        method = {"made": "POST", "changed": "PATCH", "put": "PUT"}[way]
        calls = [
            sending(inviting, method, target, user),
            sending(
                inviting, "POST", f"/v1/servers/{place.uuid}/subusers",
                {"user": address(name), "permissions": ["file.read"]},
            ),
        ]
        statuses = at_once(*calls)
        assert statuses == [200 if way == "changed" else 201, 201]
        members = inviting.control.get("servers", place.uuid, "subusers")
        assert members["invitations"] == []
        assert len(members["subusers"]) == number + 1

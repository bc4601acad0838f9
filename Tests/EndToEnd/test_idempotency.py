"""Requests that are sent again because their answer was lost."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Callable

from accounts import Place, make_person
from control import Response
from gate import Gate
from waiting import eventually


def body(name: str, password: str = "secret") -> bytes:
    user = {"username": name, "email": f"{name}@example.org", "password": password}
    return json.dumps(user).encode()


def post(gate: Gate, content: bytes, key: str | None = None, path: str = "/v1/users") -> Response:
    headers = {} if key is None else {"Idempotency_Key": key}
    return gate.control.send("POST", path, content, **headers)


def is_replay(response: Response) -> bool:
    return response.headers.get("Idempotent-Replay") == "true"


def fresh() -> tuple[str, str]:
    """A user name and a key that nobody has used."""
    unique = uuid.uuid4().hex
    return f"u{unique}", f"key {unique}"


def creations(gate: Gate, name: str) -> int:
    user = gate.control.get("users", name)["user"]["uuid"]
    return len(gate.control.get("activity", user=user, event="user:create")["activity"])


def test_a_repetition_is_answered_the_same_also_by_the_next_gate(
    make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    name, key = fresh()
    first = post(gate, body(name), key)
    assert first.status == 201 and not is_replay(first)
    second = post(gate, body(name), key)
    assert second.status == 201 and is_replay(second) and second.body == first.body
    gate.kill()
    gate.start()
    third = post(gate, body(name), key)
    assert third.status == 201 and is_replay(third) and third.body == first.body
    assert creations(gate, name) == 1
    assert post(gate, body(name)).status == 409


def test_another_request_under_the_same_key_is_refused(gate: Gate, place: Place) -> None:
    name, key = fresh()
    assert post(gate, body(name), key).status == 201
    for other in (body(name, "other"), body(fresh()[0])):
        refused = post(gate, other, key)
        assert refused.status == 422, refused
        assert json.loads(refused.body)["error"]["code"] == "idempotency_key_reused"
    # On another path the key is free.
    content = json.dumps({"user": name, "permissions": ["file.sftp"]}).encode()
    path = f"/v1/servers/{place.uuid}/subusers"
    added = post(gate, content, key, path)
    assert added.status == 201 and not is_replay(added)
    assert is_replay(post(gate, content, key, path))
    assert post(gate, content, None, path).status == 409


def test_a_caller_that_hangs_up_gets_the_answer_when_it_asks_again(gate: Gate) -> None:
    name, key = fresh()
    content = body(name)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(gate.socket))
        connection.sendall(
            b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n" % (key.encode(), len(content))
            + content
        )
        eventually(
            lambda: gate.control.exchange("GET", f"/v1/users/{name}")[0] == 200,
            "the user is made",
        )
    again = post(gate, content, key)
    assert again.status == 201 and is_replay(again)
    assert json.loads(again.body)["user"]["username"] == name
    assert creations(gate, name) == 1


def test_of_many_at_once_one_is_done(gate: Gate) -> None:
    name, key = fresh()
    answers: list[Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(gate, body(name), key)))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [201] * 10
    assert sum(not is_replay(answer) for answer in answers) == 1
    assert len({answer.body for answer in answers}) == 1
    assert creations(gate, name) == 1


def test_a_put_can_be_repeated(gate: Gate, place: Place) -> None:
    name, _ = fresh()
    target = f"/v1/users/{uuid.uuid4()}"
    statuses = [gate.control.exchange("PUT", target, body(name))[0] for _ in range(3)]
    assert statuses == [201, 200, 200]
    assert creations(gate, name) == 1
    user = gate.control.get("users", name)["user"]["uuid"]
    assert gate.control.get("activity", user=user, event="user:update")["activity"] == []
    target = f"/v1/servers/{place.uuid}/subusers/{name}"
    content = b'{"permissions": ["file.sftp"]}'
    statuses = [gate.control.exchange("PUT", target, content)[0] for _ in range(3)]
    assert statuses == [201, 200, 200]
    found = gate.control.get("activity", server=place.uuid, user=user)["activity"]
    assert [one["event"] for one in found] == ["server:subuser.create"]


def test_a_panels_call_that_adds_somebody_can_be_repeated_in_the_same_name(
    gate: Gate, place: Place
) -> None:
    guest = make_person(gate)
    path = f"/api/client/servers/{place.uuid}/users"
    content = json.dumps(
        {"email": f"{guest.name}@example.org", "permissions": ["file.sftp"]}
    ).encode()

    def add(actor: str, key: str | None = "one key") -> Response:
        headers = {"Portcullis_Acting_User": actor} | ({"Idempotency_Key": key} if key else {})
        return gate.control.send("POST", path, content, **headers)

    first = add(place.owner.name)
    assert first.status == 200 and not is_replay(first)
    again = add(place.owner.name)
    assert again.status == 200 and is_replay(again) and again.body == first.body
    # Without the key, and in another name, it is another request.
    assert add(place.owner.name, key=None).status == 400
    other = make_person(gate, administrator=True)
    refused = add(other.name)
    assert refused.status == 422
    assert json.loads(refused.body)["errors"][0]["meta"] == {
        "source_field": "Idempotency-Key", "rule": "unique",
    }
    assert add(place.owner.name, key="x" * 256).status == 422

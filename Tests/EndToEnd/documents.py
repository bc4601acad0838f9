"""Documents that hold a whole store (PUT /v1/snapshot), as a test makes and reads them."""

from __future__ import annotations

import json
import uuid
from typing import Any

from gate import Gate

KINDS = ("users", "keys", "servers", "subusers", "delegations")

EMPTY = {"kind": "snapshot", **{kind: 0 for kind in KINDS}}


def export(gate: Gate) -> bytes:
    status, document = gate.control.exchange("GET", "/v1/snapshot")
    assert status == 200, document
    return document


def lines(document: bytes) -> list[dict[str, Any]]:
    """The objects of a document, without the line that counts them."""
    objects = [json.loads(line) for line in document.splitlines()]
    return [one for one in objects if one["kind"] != "snapshot"]


def text(objects: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


def put(gate: Gate, objects: list[dict[str, Any]], query: str = "") -> dict[str, Any]:
    status, answer = gate.control.exchange("PUT", f"/v1/snapshot{query}", text(objects))
    assert status == 200, answer
    return json.loads(answer)


def changes(answer: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Added, changed and removed of each kind where there is any."""
    counts = {
        kind: tuple(answer["changes"][kind][change] for change in ("added", "changed", "removed"))
        for kind in KINDS
    }
    return {kind: found for kind, found in counts.items() if any(found)}


def crowd(count: int) -> list[dict[str, Any]]:
    """Many people, a server for every fifth of them and ten subusers on each server, whom the
    others never heard of."""
    people = [str(uuid.uuid4()) for _ in range(count)]
    servers = [str(uuid.uuid4()) for _ in range(count // 5)]
    objects: list[dict[str, Any]] = []
    for number, person in enumerate(people):
        objects.append({
            "kind": "user", "uuid": person, "username": f"crowd{number}",
            "email": f"crowd{number}@example.org", "passwordHash": None,
        })
    for number, server in enumerate(servers):
        objects.append({
            "kind": "server", "uuid": server, "name": f"Crowd {number}",
            "owner": people[number], "directory": f"crowd/{number}",
        })
        objects += [
            {"kind": "subuser", "server": server, "user": guest, "permissions": ["file.sftp"]}
            for guest in people[number + 1:][:10]
        ]
    return objects

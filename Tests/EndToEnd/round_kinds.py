"""The changes that rounds are about: who loses what, and what a new sign-in finds afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import bcrypt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts import FILE_PERMISSIONS, Person, Place, make_person
from gate import Gate

#: What is left to those who lose only a part.
FEWER = ["file.sftp", "file.read"]
PASSWORD = "correct horse"


class Afterwards(Enum):
    """What a new sign-in of the same person finds."""

    SHUT_OUT = "shut out"
    FEWER_RIGHTS = "fewer rights"
    #: Nothing was taken away for good: only sessions were ended.
    LET_IN = "let in"


@dataclass
class Scene:
    """One person on several servers, and somebody else on another one."""

    gate: Gate
    person: Person
    owner: Person
    servers: list[Place]
    key: Ed25519PrivateKey
    fingerprint: str
    bystander: Place
    bystander_key: Ed25519PrivateKey
    #: Whatever a kind needs to know later.
    notes: dict[str, Any] = field(default_factory=dict)


#: Makes one change; may be called again when its answer was lost.
Call = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One way to take access away."""

    name: str
    #: Prepares the change for a scene, and answers how to make it.
    prepare: Callable[[Scene], Call]
    afterwards: Afterwards = Afterwards.SHUT_OUT
    person: str = "subuser"
    #: Whether it is about the first server only; on the others the person goes on.
    is_about_one: bool = False
    uses_password: bool = False
    #: Whether another way in stays open, so that the slow one proves nothing.
    leaves_password: bool = False

    def __str__(self) -> str:
        return self.name


def hashed(cost: int) -> str:
    """The one password, as costly to check as is wished."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode()


#: One takes long enough to be in the middle of it, the other not so long that many cannot wait.
SLOW_HASH, QUICK_HASH = hashed(11), hashed(7)


def imported(scene: Scene) -> Call:
    _, document = scene.gate.control.exchange("GET", "/v1/snapshot")
    objects = [json.loads(line) for line in document.splitlines()]
    for one in objects:
        if one["kind"] == "subuser" and one["user"] == scene.person.uuid:
            one["permissions"] = FEWER
    content = b"".join(json.dumps(one).encode() + b"\n" for one in objects)

    def put() -> dict[str, Any]:
        status, answer = scene.gate.control.exchange("PUT", "/v1/snapshot", content)
        assert status == 200, answer
        return json.loads(answer)

    return put


def patched_server(**fields: str) -> Callable[[Scene], Call]:
    return lambda scene: lambda: scene.gate.control.patch(
        "servers", scene.servers[0].uuid, body=fields
    )


def patched_user(**fields: Any) -> Callable[[Scene], Call]:
    return lambda scene: lambda: scene.gate.control.patch(
        "users", scene.person.uuid, body=fields
    )


def deleted(*path: Callable[[Scene], str]) -> Callable[[Scene], Call]:
    return lambda scene: lambda: scene.gate.control.delete(*(part(scene) for part in path))


def moved(scene: Scene) -> Call:
    owner = make_person(scene.gate)
    return patched_server(owner=owner.uuid)(scene)


KINDS = [
    Kind(
        "permissions changed",
        lambda scene: lambda: scene.servers[0].permit(scene.person, FEWER),
        Afterwards.FEWER_RIGHTS,
        is_about_one=True,
    ),
    Kind(
        "subuser removed",
        deleted(
            lambda _: "servers", lambda scene: scene.servers[0].uuid,
            lambda _: "subusers", lambda scene: scene.person.uuid,
        ),
        is_about_one=True,
    ),
    Kind("user deleted", deleted(lambda _: "users", lambda scene: scene.person.uuid)),
    Kind("password changed", patched_user(password="another one"), uses_password=True),
    Kind(
        "key removed",
        deleted(
            lambda _: "users", lambda scene: scene.person.uuid,
            lambda _: "keys", lambda scene: scene.fingerprint,
        ),
        leaves_password=True,
    ),
    Kind("administrator flag removed", patched_user(administrator=False), person="administrator"),
    Kind("server suspended", patched_server(state="suspended"), is_about_one=True),
    Kind("owner changed", moved, person="owner", is_about_one=True),
    Kind(
        "server deleted",
        deleted(lambda _: "servers", lambda scene: scene.servers[0].uuid),
        is_about_one=True,
    ),
    Kind(
        "delegation removed",
        deleted(
            lambda _: "users", lambda scene: scene.owner.uuid,
            lambda _: "delegations", lambda scene: scene.person.uuid,
        ),
        person="delegate",
    ),
    Kind("document imported", imported, Afterwards.FEWER_RIGHTS),
    Kind(
        "sessions revoked",
        lambda scene: lambda: scene.gate.control.post(
            "revocations", body={"user": scene.person.uuid}
        ),
        Afterwards.LET_IN,
    ),
]


def enrol(kind: Kind, place: Place, person: Person) -> None:
    """Gives the person the access that the kind takes away."""
    if kind.person == "subuser":
        place.gate.control.post(
            "servers", place.uuid, "subusers",
            body={"user": person.uuid, "permissions": FILE_PERMISSIONS},
        )

"""The changes that rounds are about: who loses what, and what a new sign-in finds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import bcrypt

from accounts import FILE_PERMISSIONS, Person, Place
from round_changes import (
    Prepare, Scene, closed, deleted, imported, moved, opened, patched_server, patched_user,
    permitted_less, revoked, revoked_together,
)

PASSWORD = "correct horse"
#: How many servers the person of a scene is on.
SERVERS = 3


class Afterwards(Enum):
    """What a new sign-in of the same person finds."""

    SHUT_OUT = "shut out"
    FEWER_RIGHTS = "fewer rights"
    #: Nothing was taken away for good: only sessions were ended.
    LET_IN = "let in"


@dataclass(frozen=True)
class Kind:
    """One way to take access away."""

    name: str
    #: Prepares the change for a scene, and answers how to make it.
    prepare: Prepare
    afterwards: Afterwards = Afterwards.SHUT_OUT
    person: str = "subuser"
    #: How many of the servers it is about; on the last of the others the person goes on.
    servers: int = SERVERS
    uses_password: bool = False
    #: Whether it is about a key: who signed in with the password goes on.
    leaves_password: bool = False
    #: Whether nobody goes on, whoever they are.
    is_about_everybody: bool = False
    #: Takes back what later rounds could not be played with.
    undo: Callable[[Scene], None] = lambda scene: None

    def __str__(self) -> str:
        return self.name

    def places(self, scene: Scene) -> list[Place]:
        """Where nothing may happen any more."""
        found = scene.servers[: self.servers]
        return [*found, scene.bystander] if self.is_about_everybody else found

    def people(self, scene: Scene) -> set[str]:
        """Whose sessions end there."""
        others = {scene.bystander.owner.uuid} if self.is_about_everybody else set()
        return {scene.person.uuid} | others


def hashed(cost: int) -> str:
    """The one password, as costly to check as is wished."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode()


#: One takes long enough to be in the middle of it, the other not so long that many cannot wait.
SLOW_HASH, QUICK_HASH = hashed(11), hashed(7)


KINDS = [
    Kind("permissions changed", permitted_less, Afterwards.FEWER_RIGHTS, servers=1),
    Kind(
        "subuser removed",
        deleted(
            lambda _: "servers", lambda scene: scene.servers[0].uuid,
            lambda _: "subusers", lambda scene: scene.person.uuid,
        ),
        servers=1,
    ),
    Kind("user deleted", deleted(lambda _: "users", lambda scene: scene.person.uuid)),
    Kind("user disabled", patched_user(disabled=True), person="owner"),
    Kind("password changed", patched_user(password="another one"), uses_password=True),
    Kind(
        "key removed",
        deleted(
            lambda _: "users", lambda scene: scene.person.uuid,
            lambda _: "keys", lambda scene: scene.fingerprint,
        ),
        servers=2,
        leaves_password=True,
    ),
    Kind("administrator flag removed", patched_user(administrator=False), person="administrator"),
    Kind("server suspended", patched_server(state="suspended"), servers=1),
    Kind("owner changed", moved, person="owner", servers=1),
    Kind(
        "server deleted",
        deleted(lambda _: "servers", lambda scene: scene.servers[0].uuid),
        servers=1,
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
    Kind("host closed", closed, is_about_everybody=True, undo=opened),
    Kind(
        "sessions of a user revoked",
        revoked(lambda scene: {"user": scene.person.uuid}),
        Afterwards.LET_IN,
    ),
    Kind(
        "sessions on servers revoked",
        revoked(lambda scene: {
            "user": scene.person.uuid, "servers": [place.uuid for place in scene.servers[:2]],
        }),
        Afterwards.LET_IN,
        servers=2,
    ),
    Kind(
        "sessions of a key revoked",
        revoked(lambda scene: {"key": scene.fingerprint}),
        Afterwards.LET_IN,
        servers=2,
        leaves_password=True,
    ),
    Kind("sessions revoked in a batch", revoked_together, Afterwards.LET_IN),
]
NAMED = {kind.name: kind for kind in KINDS}


def enrol(kind: Kind, place: Place, person: Person) -> None:
    """Gives the person the access that the kind takes away."""
    if kind.person == "subuser":
        place.gate.control.post(
            "servers", place.uuid, "subusers",
            body={"user": person.uuid, "permissions": FILE_PERMISSIONS},
        )

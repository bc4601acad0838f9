"""Everything that takes access away, and what a new sign-in finds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from accounts import KeyRing, Person, Place, make_person
from clients import ClientFailure, Endpoint, Paramiko, Sftp
from clients.base import Running
from control import Control


@dataclass
class Scene:
    """A transfer of one person, and another person who has nothing to do with it."""

    place: Place
    person: Person
    endpoint: Endpoint
    transfer: Running
    home: Path
    ring: KeyRing

    def sign_in(self, endpoint: Endpoint | None = None) -> str:
        """Signs in anew and answers what the client printed."""
        return Sftp(endpoint or self.endpoint, self.home).batch("pwd")

    def is_shut_out(self, endpoint: Endpoint | None = None) -> bool:
        with pytest.raises(ClientFailure):
            self.sign_in(endpoint)
        return True


@dataclass(frozen=True)
class Change:
    """Something that takes access away, and what a new sign-in finds afterwards."""

    name: str
    make: Callable[[Scene], dict]
    after: Callable[[Scene], object]
    person: str = "subuser"
    with_key: bool = False


def control(scene: Scene) -> Control:
    return scene.place.gate.control


def only_reading(scene: Scene) -> object:
    client = Paramiko(scene.endpoint, scene.home)
    try:
        assert "up" in client.list("/")
        with pytest.raises(ClientFailure, match="file.create is required"):
            client.mkdir("/folder")
    finally:
        client.close()
    return True


def new_password(scene: Scene) -> object:
    assert scene.is_shut_out()
    return scene.sign_in(replace(scene.endpoint, password="another password"))


def resume_server(scene: Scene) -> object:
    with pytest.raises(ClientFailure, match="suspended"):
        scene.sign_in()
    control(scene).patch("servers", scene.place.uuid, body={"state": "normal"})
    return scene.sign_in()


def enable_user(scene: Scene) -> object:
    with pytest.raises(ClientFailure, match="disabled"):
        scene.sign_in()
    control(scene).patch("users", scene.person.name, body={"disabled": False})
    return scene.sign_in()


def revoke(**selector: str | bool) -> Callable[[Scene], dict]:
    def make(scene: Scene) -> dict:
        values = {
            "user": scene.person.name,
            "server": scene.place.uuid,
            "session": "",
            "key": "",
            "all": True,
        }
        if "session" in selector:
            values["session"] = scene.place.gate.session_of(scene.person.name)["id"]
        if "key" in selector:
            values["key"] = scene.ring.fingerprint("ed25519")
        return control(scene).post(
            "revocations", body={name: values[name] for name in selector}
        )

    return make


CHANGES = [
    Change(
        "permissions changed",
        lambda scene: scene.place.permit(
            scene.person, ["file.sftp", "file.read", "file.read-content"]
        ),
        only_reading,
    ),
    Change(
        "file.sftp taken away",
        lambda scene: scene.place.permit(scene.person, ["file.read"]),
        Scene.is_shut_out,
    ),
    Change(
        "subuser removed",
        lambda scene: control(scene).delete(
            "servers", scene.place.uuid, "subusers", scene.person.name
        ),
        Scene.is_shut_out,
    ),
    Change(
        "password changed",
        lambda scene: control(scene).patch(
            "users", scene.person.name, body={"password": "another password"}
        ),
        new_password,
    ),
    Change(
        "key removed",
        lambda scene: control(scene).delete(
            "users", scene.person.name, "keys", scene.ring.fingerprint("ed25519")
        ),
        Scene.is_shut_out,
        with_key=True,
    ),
    Change(
        "user deleted",
        lambda scene: control(scene).delete("users", scene.person.name),
        Scene.is_shut_out,
    ),
    Change(
        "user disabled",
        lambda scene: control(scene).patch(
            "users", scene.person.name, body={"disabled": True}
        ),
        enable_user,
    ),
    Change(
        "administrator disabled",
        lambda scene: control(scene).patch(
            "users", scene.person.name, body={"disabled": True}
        ),
        enable_user,
        person="administrator",
    ),
    Change(
        "administrator flag removed",
        lambda scene: control(scene).patch(
            "users", scene.person.name, body={"administrator": False}
        ),
        Scene.is_shut_out,
        person="administrator",
    ),
    Change(
        "owner changed",
        lambda scene: control(scene).patch(
            "servers", scene.place.uuid, body={"owner": make_person(scene.place.gate).name}
        ),
        Scene.is_shut_out,
        person="owner",
    ),
    Change(
        "delegation narrowed",
        lambda scene: control(scene).put(
            "users", scene.place.owner.name, "delegations", scene.person.name,
            body={"permissions": ["file.sftp", "file.read", "file.read-content"]},
        ),
        only_reading,
        person="delegate",
    ),
    Change(
        "delegation removed",
        lambda scene: control(scene).delete(
            "users", scene.place.owner.name, "delegations", scene.person.name
        ),
        Scene.is_shut_out,
        person="delegate",
    ),
    Change(
        "owner changed who had delegated",
        lambda scene: control(scene).patch(
            "servers", scene.place.uuid, body={"owner": make_person(scene.place.gate).name}
        ),
        Scene.is_shut_out,
        person="delegate",
    ),
    Change(
        "server suspended",
        lambda scene: control(scene).patch(
            "servers", scene.place.uuid, body={"state": "suspended"}
        ),
        resume_server,
    ),
    Change(
        "server deleted",
        lambda scene: control(scene).delete("servers", scene.place.uuid),
        Scene.is_shut_out,
    ),
    Change(
        "session ended",
        lambda scene: control(scene).delete(
            "sessions", scene.place.gate.session_of(scene.person.name)["id"]
        ),
        Scene.sign_in,
    ),
    Change("revoked by user", revoke(user=True), Scene.sign_in),
    Change("revoked by server", revoke(server=True), Scene.sign_in),
    Change("revoked by user and server", revoke(user=True, server=True), Scene.sign_in),
    Change("revoked by session", revoke(session=True), Scene.sign_in),
    Change("revoked by key", revoke(key=True), Scene.sign_in, with_key=True),
]

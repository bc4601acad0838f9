"""People, their servers and their keys, as tests need them."""

from __future__ import annotations

import itertools
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients import Endpoint
from gate import Gate

#: Every file permission that a subuser can hold and that SFTP asks for.
FILE_PERMISSIONS = [
    "file.create", "file.read", "file.read-content", "file.update", "file.delete", "file.sftp",
]

#: What panels give every subuser, whatever else they may do.
ALWAYS_GIVEN = {"websocket.connect"}

KEY_TYPES = ["ed25519", "ecdsa", "rsa"]

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """A user of the gate who knows their own password."""

    name: str
    password: str
    uuid: str


@dataclass
class KeyRing:
    """Private keys of each type, made once for a test run."""

    folder: Path
    _made: dict[str, Path] = field(default_factory=dict)

    def key(self, kind: str) -> Path:
        if kind not in self._made:
            path = self.folder / f"id_{kind}"
            bits = ["-b", "3072"] if kind == "rsa" else []
            subprocess.run(
                ["ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-C", kind, "-f", path],
                check=True,
            )
            self._made[kind] = path
        return self._made[kind]

    def public(self, kind: str) -> str:
        return Path(f"{self.key(kind)}.pub").read_text().strip()

    def fingerprint(self, kind: str) -> str:
        listed = subprocess.run(
            ["ssh-keygen", "-l", "-f", self.key(kind)], capture_output=True, text=True, check=True
        )
        return listed.stdout.split()[1]


def make_person(gate: Gate, name: str | None = None, administrator: bool = False) -> Person:
    """A new user; name and password are unlike any other's, so that logs can be searched."""
    name = name or f"person{next(_numbers)}"
    password = f"pw-{uuid.uuid4().hex}"
    body: dict[str, Any] = {
        "username": name,
        "email": f"{name}@example.org",
        "password": password,
    }
    if administrator:
        body["administrator"] = True
    made = gate.control.post("users", body=body)["user"]
    return Person(name, password, made["uuid"])


class Place:
    """One server with its owner and its files on disk."""

    def __init__(self, gate: Gate, owner: Person | None = None):
        self.gate = gate
        self.owner = owner or make_person(gate)
        self.directory = f"server{next(_numbers)}"
        self.files = gate.volumes / self.directory
        self.files.mkdir()
        self.server = gate.control.post(
            "servers",
            body={
                "name": self.directory,
                "owner": self.owner.name,
                "directory": self.directory,
            },
        )["server"]

    @property
    def uuid(self) -> str:
        return self.server["uuid"]

    @property
    def short_id(self) -> str:
        return self.server["shortId"]

    def endpoint(self, person: Person | None = None, key: Path | None = None) -> Endpoint:
        """How `person`, or else the owner, signs in to this server."""
        person = person or self.owner
        return Endpoint(
            host=self.gate.host,
            port=self.gate.port,
            user=f"{person.name}.{self.short_id}",
            trust=self.gate.trust,
            password=None if key is not None else person.password,
            key=key,
        )

    def subuser(self, permissions: list[str]) -> Person:
        """A new user who holds exactly these permissions here."""
        person = make_person(self.gate)
        self.gate.control.post(
            "servers", self.uuid, "subusers",
            body={"user": person.name, "permissions": permissions},
        )
        return person

    def delegate(self, permissions: list[str]) -> Person:
        """A new user to whom the owner delegates all their servers."""
        person = make_person(self.gate)
        self.gate.control.put(
            "users", self.owner.name, "delegations", person.name,
            body={"permissions": permissions},
        )
        return person

    def permit(self, person: Person, permissions: list[str]) -> dict[str, Any]:
        """Changes what a subuser may do; answers what the gate answered."""
        return self.gate.control.patch(
            "servers", self.uuid, "subusers", person.name, body={"permissions": permissions}
        )

    def permissions(self, person: Person) -> set[str]:
        """What a subuser may do here, as the gate keeps it."""
        kept = self.gate.control.get("servers", self.uuid, "subusers", person.name)
        return set(kept["subuser"]["permissions"]) - ALWAYS_GIVEN

    def add_key(self, ring: KeyRing, kind: str, person: Person | None = None) -> Path:
        """Lets `person`, or else the owner, sign in with the ring's key of this type."""
        person = person or self.owner
        self.gate.control.post("users", person.name, "keys", body={"publicKey": ring.public(kind)})
        return ring.key(kind)

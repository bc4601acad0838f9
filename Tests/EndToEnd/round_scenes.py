"""Who takes part in a round: a person on several servers, their clients, and bystanders."""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts import Person, Place, make_person
from fast_ssh import public_blob
from fleet import Member
from fleet_work import DOWN
from gate import Gate
from round_kinds import PASSWORD, QUICK_HASH, SLOW_HASH, Afterwards, Kind, Scene, enrol

_SERVERS = 3


class Scenes:
    """Makes scenes on one gate, and the clients in them."""

    def __init__(self, gate: Gate):
        self._gate = gate

    def _newcomer(self, key: Ed25519PrivateKey, **fields: Any) -> Person:
        name = f"p{uuid.uuid4().hex[:12]}"
        body = {"username": name, "email": f"{name}@example.org", **fields}
        made = self._gate.control.post("users", body=body)["user"]
        line = f"ssh-ed25519 {base64.b64encode(public_blob(key)).decode()}"
        self._gate.control.post("users", name, "keys", body={"publicKey": line})
        return Person(name, PASSWORD, made["uuid"])

    def make(self, kind: Kind) -> Scene:
        """A new person with the access that the kind takes away."""
        key, other_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        person = self._newcomer(
            key,
            passwordHash=QUICK_HASH if kind.uses_password else SLOW_HASH,
            administrator=kind.person == "administrator",
        )
        owner = person if kind.person == "owner" else make_person(self._gate)
        servers = [Place(self._gate, owner) for _ in range(_SERVERS)]
        for place in servers:
            enrol(kind, place, person)
            (place.files / "down").touch()
            os.truncate(place.files / "down", DOWN)
        if kind.person == "delegate":
            self._gate.control.put(
                "users", owner.uuid, "delegations", person.uuid,
                body={"permissions": ["file.*"]},
            )
        digest = hashlib.sha256(public_blob(key)).digest()
        fingerprint = f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
        bystander = Place(self._gate, self._newcomer(other_key))
        return Scene(
            self._gate, person, owner, servers, key, fingerprint, bystander, other_key
        )

    def member(self, scene: Scene, kind: Kind, stage: str, place: Place) -> Member:
        """How the person gets to a stage on one of the servers."""
        return Member(
            stage, self._gate.host, self._gate.port, self._gate.trust.fingerprints,
            f"{scene.person.name}.{place.short_id}",
            password=PASSWORD if kind.uses_password or stage == "hashing" else "",
            key="" if kind.uses_password else scene.key.private_bytes_raw().hex(),
        )

    def members(self, scene: Scene, kind: Kind, fault: str, count: int) -> list[Member]:
        """One client for each stage of a sign-in, and the rest at work."""
        stages = ["signed in", "waiting", "working on channels"]
        if kind.afterwards is not Afterwards.LET_IN:
            stages += ["connected", "exchanging"]
            if not kind.leaves_password:
                stages += ["hashing", "hashing"]
            if fault in ("hammering", "gate killed"):
                stages += ["hammering"] * 3
        at_work = ["deaf", "deaf", "downloading", "working"] if fault == "deaf" else ["working"]
        stages += [at_work[number % len(at_work)] for number in range(count - len(stages))]
        places = scene.servers[:1] if kind.is_about_one else scene.servers
        members = [
            self.member(scene, kind, stage, places[number % len(places)])
            for number, stage in enumerate(stages)
        ]
        if fault != "gate killed":
            members += self._bystanders(scene, kind)
        return members

    def _bystanders(self, scene: Scene, kind: Kind) -> list[Member]:
        """Whom the change does not concern: somebody else, and the same person elsewhere."""
        gate = self._gate
        found = [
            Member(
                "working", gate.host, gate.port, gate.trust.fingerprints,
                f"{scene.bystander.owner.name}.{scene.bystander.short_id}",
                key=scene.bystander_key.private_bytes_raw().hex(), is_bystander=True,
            )
        ]
        if kind.is_about_one:
            elsewhere = self.member(scene, kind, "working", scene.servers[1])
            found.append(replace(elsewhere, is_bystander=True))
        return found

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
from round_changes import Scene
from round_kinds import PASSWORD, QUICK_HASH, SERVERS, SLOW_HASH, Afterwards, Kind, enrol

#: Faults during which clients come back again and again.
_RESTLESS_FAULTS = ("hammering", "gate killed")
#: As many clients as have each stage of a sign-in among them once.
_PER_SIGN_IN = 50


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
        servers = [Place(self._gate, owner) for _ in range(SERVERS)]
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
        key = None if kind.uses_password else scene.key
        return self._client(stage, scene.person, place, key)

    def _client(
        self, stage: str, person: Person, place: Place, key: Ed25519PrivateKey | None = None
    ) -> Member:
        return Member(
            stage, self._gate.host, self._gate.port, self._gate.trust.fingerprints,
            f"{person.name}.{place.short_id}",
            password=PASSWORD if key is None or stage == "hashing" else "",
            key="" if key is None else key.private_bytes_raw().hex(),
        )

    def members(self, scene: Scene, kind: Kind, fault: str, count: int) -> list[Member]:
        """One client for each stage of a sign-in, more where there are many, the rest at work."""
        stages = self._stages(kind, fault) * max(1, count // _PER_SIGN_IN)
        at_work = ["deaf", "deaf", "downloading", "working"] if fault == "deaf" else ["working"]
        stages += [at_work[number % len(at_work)] for number in range(count - len(stages))]
        places = scene.servers[: kind.servers]
        members = [
            self.member(scene, kind, stage, places[number % len(places)])
            for number, stage in enumerate(stages)
        ]
        if kind.is_about_everybody:
            others = ["connected", "working", *["hammering"] * (fault in _RESTLESS_FAULTS)]
            members += [self._somebody_else(scene, stage) for stage in others]
        elif fault != "gate killed":
            bystanders = [self._somebody_else(scene, "working"), *self._elsewhere(scene, kind)]
            members += [replace(one, is_bystander=True) for one in bystanders]
        return members

    def _stages(self, kind: Kind, fault: str) -> list[str]:
        """The stages of a sign-in at which the change finds somebody."""
        stages = ["signed in", "waiting", "working on channels"]
        if kind.afterwards is Afterwards.LET_IN:
            # Whoever may come in again may change files again, so these only look.
            return stages + ["returning"] * 3 if fault in _RESTLESS_FAULTS else stages
        stages += ["connected", "exchanging"]
        if not kind.leaves_password:
            stages += ["hashing", "hashing"]
        return stages + ["hammering"] * 3 if fault in _RESTLESS_FAULTS else stages

    def _somebody_else(self, scene: Scene, stage: str) -> Member:
        return self._client(stage, scene.bystander.owner, scene.bystander, scene.bystander_key)

    def _elsewhere(self, scene: Scene, kind: Kind) -> list[Member]:
        """The same person where the change is not about them."""
        if kind.servers == SERVERS:
            return []
        place = scene.servers[-1]
        if kind.leaves_password:
            return [self._client("working", scene.person, place)]
        return [self.member(scene, kind, "working", place)]

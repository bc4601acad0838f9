"""How the changes that rounds are about are made: each is prepared for a scene, and then called."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts import Person, Place, make_person
from gate import Gate

#: What is left to those who lose only a part.
FEWER = ["file.sftp", "file.read"]
#: Jobs of a batch that find nobody.
_IDLE_JOBS = 20


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
Prepare = Callable[[Scene], Call]


def permitted_less(scene: Scene) -> Call:
    return lambda: scene.servers[0].permit(scene.person, FEWER)


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


def patched_server(**fields: str) -> Prepare:
    return lambda scene: lambda: scene.gate.control.patch(
        "servers", scene.servers[0].uuid, body=fields
    )


def patched_user(**fields: Any) -> Prepare:
    return lambda scene: lambda: scene.gate.control.patch(
        "users", scene.person.uuid, body=fields
    )


def deleted(*path: Callable[[Scene], str]) -> Prepare:
    return lambda scene: lambda: scene.gate.control.delete(*(part(scene) for part in path))


def moved(scene: Scene) -> Call:
    owner = make_person(scene.gate)
    return patched_server(owner=owner.uuid)(scene)


def closed(scene: Scene) -> Call:
    return lambda: scene.gate.control.put("lockdown", body={"text": "Closed for a moment"})


def opened(scene: Scene) -> None:
    scene.gate.control.delete("lockdown")


def revoked(selector: Callable[[Scene], dict[str, Any]]) -> Prepare:
    """One job, whose id is the same when it is asked again."""

    def prepare(scene: Scene) -> Call:
        job = {"job": f"job {uuid.uuid4()}"} | selector(scene)

        def call() -> dict[str, Any]:
            answer = scene.gate.control.post("revocations", body=job)
            assert (answer["job"], answer["state"]) == (job["job"], "done"), answer
            return answer

        return call

    return prepare


def revoked_together(scene: Scene) -> Call:
    """A batch: a job for each server, one that finds the same again, some that find nobody."""
    person = scene.person.uuid
    selectors = [{"user": person, "server": place.uuid} for place in scene.servers]
    selectors.append({"key": scene.fingerprint})
    selectors += [{"user": str(uuid.uuid4())} for _ in range(_IDLE_JOBS)]
    jobs = [{"job": f"batch {uuid.uuid4()}"} | selector for selector in selectors]

    def call() -> dict[str, Any]:
        answers = scene.gate.control.post("revocations", body={"jobs": jobs})["jobs"]
        assert [one["job"] for one in answers] == [one["job"] for one in jobs], answers
        assert all(one["state"] == "done" for one in answers), answers
        ended = {one["id"]: one["ended"] for answer in answers for one in answer["sessions"]}
        counts = Counter(ended.values())
        return {
            "repeated": all(one["repeated"] for one in answers),
            "resumed": any(one["resumed"] for one in answers),
            "revocation": {
                "found": len(ended),
                "endedByGoodbye": counts["goodbye"],
                "endedByKill": counts["kill"],
                "pending": [id for id, how in ended.items() if how == "pending"],
                "milliseconds": max(one["revocation"]["milliseconds"] for one in answers),
            },
        }

    return call

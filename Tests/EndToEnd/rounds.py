"""Rounds of one test: clients at work, access taken away at a random moment, and then stillness.

`Benchmarks/revocation_rounds.py` plays thousands of them, test_linearizability.py a few.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from accounts import Place
from control import Control, Refusal, Response
from fleet import Fleet, Outcome
from gate import Gate, Programs
from processes import Process, process
from round_kinds import FEWER, Afterwards, Call, Kind, Scene
from round_scenes import Scenes
from stillness import Stillness
from waiting import eventually

#: What happens to the processes while access is taken away.
FAULTS = ["nothing", "hammering", "stopped", "killed", "deaf", "gate killed"]
#: Milliseconds within which the moment of the change, and of the gate's death, is drawn.
_MOMENT, _DEATH = 60, 25


class TimedControl(Control):
    """Notes when the last answer arrived and how long it took, before anything looks at it."""

    moment = 0
    milliseconds = 0.0

    def _send(
        self, method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> Response:
        start = time.perf_counter()
        response = super()._send(method, target, body, headers)
        self.milliseconds = (time.perf_counter() - start) * 1000
        self.moment = time.time_ns()
        return response


@dataclass
class Round:
    """What one round came to."""

    kind: Kind
    fault: str
    #: Connections that had signed in at the moment of the change.
    sessions: int
    #: From the call to its answer; None where the gate was killed in between.
    milliseconds: float | None
    #: What the gate says about it.
    revocation: dict[str, Any] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    stillness: Stillness | None = None
    places: list[Place] = field(default_factory=list)

    def judge(self, seconds: float) -> list[str]:
        """Waits until the trees have been watched for so long, and answers every violation."""
        eventually(lambda: self.stillness.age >= seconds, "the watch is over", seconds + 5)
        self.violations += self.stillness.violations() + self.outcome.violations
        self.violations += self.outcome.faults
        for place in self.places:
            shutil.rmtree(place.files)
        return [f"{self.kind}, {self.fault}: {one}" for one in self.violations]


def rounds_gate(programs: Programs) -> Gate:
    """A gate with room for all clients of a round."""
    gate = Gate(
        programs,
        limits={"connections": 3000, "unauthenticated_connections": 1000},
        log={"level": "info"},
    )
    gate.control = TimedControl(gate.socket, timeout=60)
    # Sessions that a round kills are crashes to the gate.
    gate.expects_crash = True
    return gate


class Rounds:
    """Plays rounds on one gate with one fleet."""

    def __init__(self, gate: Gate, fleet: Fleet, seed: int):
        self._gate = gate
        self._fleet = fleet
        self.scenes = Scenes(gate)
        self._random = random.Random(seed)

    def play(self, kind: Kind, fault: str, count: int) -> Round:
        """Takes the access away while `count` clients use it; `Round.judge` tells the end."""
        scene = self.scenes.make(kind)
        call = kind.prepare(scene)
        touched = scene.servers[:1] if kind.is_about_one else scene.servers
        self._fleet.start(self.scenes.members(scene, kind, fault, count))
        found = self._processes(scene, touched)
        result = Round(
            kind, fault, len(found), None, places=[*scene.servers, scene.bystander]
        )
        time.sleep(self._random.uniform(0, _MOMENT) / 1000)
        if fault in ("stopped", "killed"):
            self._strike(found, signal.SIGSTOP if fault == "stopped" else signal.SIGKILL)
        control = self._gate.control
        if fault == "gate killed":
            self._strike(found, signal.SIGSTOP)
            self._call_a_dying_gate(call)
        else:
            result.revocation = call()["revocation"]
            result.milliseconds = control.milliseconds
        self._fleet.answered(grants=kind.afterwards is not Afterwards.SHUT_OUT)
        outlived = [one for one in found if not one.is_gone]
        result.stillness = Stillness([place.files for place in touched], control.moment)
        result.stillness.look()
        result.violations += [f"{one} outlived the answer" for one in outlived]
        result.violations += self._still_open(scene, kind, touched, result)
        result.outcome = self._fleet.finish()
        if result.outcome.unharmed != result.outcome.bystanders:
            result.violations.append("somebody was cut off whom it does not concern")
        return result

    def _processes(self, scene: Scene, places: list[Place]) -> list[Process]:
        """The processes that serve the person there."""
        servers = {place.uuid for place in places}
        numbers = [
            one["pid"] for one in self._gate.sessions()
            if one["user"] == scene.person.uuid and one["server"] in servers
        ]
        return [found for number in numbers if (found := process(number)) is not None]

    def _strike(self, found: list[Process], number: signal.Signals) -> None:
        """Sends a signal to half of them."""
        for one in self._random.sample(found, len(found) // 2):
            try:
                os.kill(one.id, number)
            except ProcessLookupError:
                pass

    def _call_a_dying_gate(self, call: Call) -> None:
        """Kills the gate while it works on the change, starts it, and asks again."""

        def attempt() -> None:
            try:
                call()
            except (OSError, http.client.HTTPException, Refusal):
                pass

        caller = threading.Thread(target=attempt)
        caller.start()
        time.sleep(self._random.uniform(0, _DEATH) / 1000)
        self._gate.kill()
        caller.join()
        self._gate.start()
        try:
            call()
        except Refusal as refusal:
            # What was to be deleted is, since the first call.
            assert refusal.status == 404, refusal

    def _still_open(
        self, scene: Scene, kind: Kind, places: list[Place], result: Round
    ) -> list[str]:
        """What the gate itself shows of sessions that should not be."""
        found = [f"{one} is pending" for one in result.revocation.get("pending", [])]
        if result.milliseconds is not None and result.revocation["found"] < result.sessions // 2:
            found.append(f"{result.revocation} of {result.sessions} sessions")
        allowed = set(FEWER) if kind.afterwards is Afterwards.FEWER_RIGHTS else set()
        servers = {place.uuid for place in places}
        for one in self._gate.sessions():
            if one["user"] != scene.person.uuid or one["server"] not in servers:
                continue
            if not set(one["rights"]) <= allowed or not allowed:
                found.append(f"there is a session with old rights: {one}")
        return found

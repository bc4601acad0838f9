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
from collections import Counter
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
    #: How far the connections had come, as the gate shows it.
    phases: Counter[str] = field(default_factory=Counter)

    @property
    def pending(self) -> list[str]:
        """The sessions of which the answer says that they are not gone yet."""
        return self.revocation.get("pending", [])

    def judge(self, seconds: float) -> list[str]:
        """Waits until the trees have been watched for so long, and answers every violation."""
        eventually(lambda: self.stillness.age >= seconds, "the watch is over", seconds + 5)
        self.violations += self.stillness.violations() + self.outcome.violations
        self.violations += self.outcome.faults
        for place in self.places:
            # What bystanders had under way when they left is still being done.
            shutil.rmtree(place.files, ignore_errors=True)
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
        sessions = self._gate.sessions()
        found = self._processes(sessions, scene, touched)
        result = Round(
            kind, fault, len(found), None, places=[*scene.servers, scene.bystander],
            phases=Counter(one["phase"] for one in sessions),
        )
        time.sleep(self._random.uniform(0, _MOMENT) / 1000)
        processes = list(found.values())
        if fault in ("stopped", "killed"):
            self._strike(processes, signal.SIGSTOP if fault == "stopped" else signal.SIGKILL)
        control = self._gate.control
        if fault == "gate killed":
            self._strike(processes, signal.SIGSTOP)
            self._call_a_dying_gate(call)
        else:
            result.revocation = call()["revocation"]
            result.milliseconds = control.milliseconds
        moment = control.moment
        outlived = [id for id, one in found.items() if not one.is_gone]
        if result.pending:
            moment = self._end_of(result.pending)
        self._fleet.answered(grants=kind.afterwards is not Afterwards.SHUT_OUT)
        result.stillness = Stillness([place.files for place in touched], moment)
        result.stillness.look()
        result.violations += [
            f"{found[id]} outlived the answer" for id in outlived if id not in result.pending
        ]
        result.violations += self._still_open(scene, kind, touched, result)
        result.outcome = self._fleet.finish()
        if result.outcome.unharmed != result.outcome.bystanders:
            result.violations.append("somebody was cut off whom it does not concern")
        return result

    def _end_of(self, pending: list[str]) -> int:
        """Waits for sessions that the answer says are not gone yet: it promises nothing of them.

        A process that is not given a processor for seconds cannot even be killed.
        """

        def are_gone() -> bool:
            return not any(one["id"] in pending for one in self._gate.sessions())

        eventually(are_gone, f"{pending} are gone", timeout=60)
        return time.time_ns()

    def _processes(
        self, sessions: list[dict[str, Any]], scene: Scene, places: list[Place]
    ) -> dict[str, Process]:
        """The processes that serve the person there, by their session's id."""
        servers = {place.uuid for place in places}
        found = {
            one["id"]: process(one["pid"]) for one in sessions
            if one["user"] == scene.person.uuid and one["server"] in servers
        }
        return {id: one for id, one in found.items() if one is not None}

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
        found = []
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

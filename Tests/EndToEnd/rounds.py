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
from round_changes import FEWER, Call, Scene
from round_kinds import Afterwards, Kind
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
    #: What the gate says about it, at last.
    answer: dict[str, Any] = field(default_factory=dict)
    #: Whether the gate was killed before it had answered for the first time.
    was_lost: bool = False
    violations: list[str] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    stillness: Stillness | None = None
    places: list[Place] = field(default_factory=list)
    #: How far the connections had come at the moment of the change, as the gate shows it.
    phases: Counter[str] = field(default_factory=Counter)
    #: What its clients were about.
    stages: Counter[str] = field(default_factory=Counter)

    @property
    def revocation(self) -> dict[str, Any]:
        """What was found and ended; empty where there was nothing left to change."""
        return self.answer.get("revocation", {})

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
        members = self.scenes.members(scene, kind, fault, count)
        try:
            self._fleet.start(members)
            time.sleep(self._random.uniform(0, _MOMENT) / 1000)
            sessions = self._gate.sessions()
            found = self._processes(sessions, scene, kind)
            result = Round(
                kind, fault, len(found), None, places=[*scene.servers, scene.bystander],
                phases=Counter(one["phase"] for one in sessions),
                stages=Counter(member.stage for member in members),
            )
            moment = self._change(call, list(found.values()), result)
            outlived = [id for id, one in found.items() if not one.is_gone]
            if result.pending:
                moment = self._end_of(result.pending)
            self._fleet.answered(grants=kind.afterwards is not Afterwards.SHUT_OUT)
            folders = [place.files for place in kind.places(scene)]
            result.stillness = Stillness(folders, moment)
            result.stillness.look()
            result.violations += [
                f"{found[id]} outlived the answer" for id in outlived if id not in result.pending
            ]
            result.violations += self._still_open(scene, found, result)
            result.outcome = self._fleet.finish()
        finally:
            kind.undo(scene)
        if result.outcome.unharmed != result.outcome.bystanders:
            result.violations.append("somebody was cut off whom it does not concern")
        return result

    def _change(self, call: Call, processes: list[Process], result: Round) -> int:
        """Makes the change under the round's fault; answers the moment of its last answer."""
        if result.fault in ("stopped", "killed"):
            self._strike(processes, signal.SIGSTOP if result.fault == "stopped" else signal.SIGKILL)
        control = self._gate.control
        if result.fault == "gate killed":
            self._strike(processes, signal.SIGSTOP)
            result.was_lost, result.answer = self._call_a_dying_gate(call)
        else:
            result.answer = call()
            result.milliseconds = control.milliseconds
        return control.moment

    def _end_of(self, pending: list[str]) -> int:
        """Waits for sessions that the answer says are not gone yet: it promises nothing of them.

        A process that is not given a processor for seconds cannot even be killed.
        """

        def are_gone() -> bool:
            return not any(one["id"] in pending for one in self._gate.sessions())

        eventually(are_gone, f"{pending} are gone", timeout=60)
        return time.time_ns()

    def _processes(
        self, sessions: list[dict[str, Any]], scene: Scene, kind: Kind
    ) -> dict[str, Process]:
        """The processes that have to end, by their session's id."""
        found = {one["id"]: process(one["pid"]) for one in self._concerned(sessions, scene, kind)}
        return {id: one for id, one in found.items() if one is not None}

    def _concerned(
        self, sessions: list[dict[str, Any]], scene: Scene, kind: Kind
    ) -> list[dict[str, Any]]:
        """Those whom the change is about."""
        people, servers = kind.people(scene), {place.uuid for place in kind.places(scene)}
        return [one for one in sessions if one["user"] in people and one["server"] in servers]

    def _strike(self, found: list[Process], number: signal.Signals) -> None:
        """Sends a signal to half of them."""
        for one in self._random.sample(found, len(found) // 2):
            try:
                os.kill(one.id, number)
            except ProcessLookupError:
                pass

    def _call_a_dying_gate(self, call: Call) -> tuple[bool, dict[str, Any]]:
        """Kills the gate while it works on the change, starts it, and asks again.

        Answers whether the first answer was lost, and the second one.
        """
        lost: list[Exception] = []

        def attempt() -> None:
            try:
                call()
            except (OSError, http.client.HTTPException, Refusal) as error:
                lost.append(error)

        caller = threading.Thread(target=attempt)
        caller.start()
        time.sleep(self._random.uniform(0, _DEATH) / 1000)
        self._gate.kill()
        caller.join()
        self._gate.start()
        try:
            return bool(lost), call()
        except Refusal as refusal:
            # What was to be deleted is, since the first call.
            assert refusal.status == 404, refusal
            return bool(lost), {}

    def _still_open(
        self, scene: Scene, before: dict[str, Process], result: Round
    ) -> list[str]:
        """What the gate itself shows of sessions that should not be."""
        found, kind = [], result.kind
        if result.milliseconds is not None and result.revocation["found"] < result.sessions // 2:
            found.append(f"{result.revocation} of {result.sessions} sessions")
        for one in self._concerned(self._gate.sessions(), scene, kind):
            match kind.afterwards:
                case Afterwards.SHUT_OUT:
                    is_wrong = True
                case Afterwards.FEWER_RIGHTS:
                    is_wrong = not set(one["rights"]) <= set(FEWER)
                case Afterwards.LET_IN:
                    is_wrong = one["id"] in before
            if is_wrong:
                found.append(f"there is a session with old rights: {one}")
        return found

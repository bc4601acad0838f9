"""How long it takes until one user's sessions are gone, with a thousand others open.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/revocation_latency.py

Every session is a real one: key exchange, a public key, a channel with SFTP on it, a process of
its own. They are opened by the small client of Tests/EndToEnd/fast_ssh.py and stay open. One user's
ten are ended again and again, and opened anew each time; at the end all are ended at once. Times
are those of the whole call, seen by its caller, on the machine that also runs the clients; "ending"
is the part that the gate itself counts from the first goodbye to the last process that is gone, the
rest is the change in the store and HTTP. "Queued" is how long a thread of the gate, or the caller,
was ready to run meanwhile and had no processor: where it is not near zero, other work on the
machine is measured too. Whoever stops it (Ctrl-C or SIGTERM) gets the table of what there is.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from accounts import FILE_PERMISSIONS  # noqa: E402
from figures import markdown, spread  # noqa: E402
from fleet import Fleet, Member  # noqa: E402
from gate import Gate, Programs  # noqa: E402
from round_changes import FEWER, Scene  # noqa: E402
from round_kinds import NAMED  # noqa: E402
from round_scenes import Scenes  # noqa: E402
from rounds import TimedControl, rounds_gate  # noqa: E402
from waiting import eventually  # noqa: E402

SESSIONS_OF_A_USER = 10
REVOKED = NAMED["sessions of a user revoked"]


@dataclass(frozen=True)
class Variant:
    """What the ten sessions do, and how they are ended."""

    name: str
    stage: str
    is_stopped: bool
    end: Callable[[Scene], dict]


def revoke(scene: Scene) -> dict:
    return scene.gate.control.post("revocations", body={"user": scene.person.uuid})


def permit(scene: Scene) -> dict:
    """Takes rights away on the one server that all ten sessions are on."""
    return scene.servers[0].permit(scene.person, FEWER)


VARIANTS = [
    Variant("idle, sessions revoked", "waiting", False, revoke),
    Variant("idle, permissions changed", "waiting", False, permit),
    Variant("writing, sessions revoked", "working", False, revoke),
    Variant("writing, permissions changed", "working", False, permit),
    Variant("reading nothing, sessions revoked", "deaf", False, revoke),
    Variant("stopped (SIGSTOP), sessions revoked", "waiting", True, revoke),
    Variant("stopped (SIGSTOP), permissions changed", "waiting", True, permit),
]


@dataclass(frozen=True)
class Ending:
    """How all sessions are ended at once."""

    name: str
    is_stopped: bool
    end: Callable[[TimedControl], dict]


def revoke_all(control: TimedControl) -> dict:
    return control.post("revocations", body={"all": True})


def close(control: TimedControl) -> dict:
    return control.put("lockdown", body={})


ENDINGS = [
    Ending("all: idle, sessions revoked", False, revoke_all),
    Ending("all: idle, host closed", False, close),
    Ending("all: stopped (SIGSTOP), sessions revoked", True, revoke_all),
    Ending("all: stopped (SIGSTOP), host closed", True, close),
]


@dataclass(frozen=True)
class Sample:
    """One answer, in milliseconds."""

    call: float
    ending: float
    queued: float


def queued(number: int) -> dict[Path, float]:
    """Milliseconds that each thread of a process has waited for a processor so far."""
    found = {}
    for thread in Path(f"/proc/{number}/task").iterdir():
        try:
            found[thread] = int((thread / "schedstat").read_text().split()[1]) / 1e6
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


class Queueing:
    """How long the gate and this process wait for a processor from here on."""

    def __init__(self, gate: Gate):
        self._numbers = [gate.child.pid, os.getpid()]
        self._before = [queued(number) for number in self._numbers]

    def so_far(self) -> float:
        """The longest wait of a thread of the gate, and that of the caller."""
        waits = [
            max(value - before.get(thread, 0) for thread, value in queued(number).items())
            for number, before in zip(self._numbers, self._before)
        ]
        return sum(waits)


class Host:
    """A gate with many sessions on it."""

    def __init__(self, gate: Gate, others: Fleet, ours: Fleet, count: int):
        self.gate = gate
        self._others = others
        self._ours = ours
        self._scenes = Scenes(gate)
        self.scene = self._scenes.make(REVOKED)
        users = (count - SESSIONS_OF_A_USER) // SESSIONS_OF_A_USER
        scenes = [self._scenes.make(REVOKED) for _ in range(users)]
        self._idle = [member for scene in scenes for member in self._ten(scene, "waiting", 3)]

    def _ten(self, scene: Scene, stage: str, servers: int) -> list[Member]:
        return [
            self._scenes.member(scene, REVOKED, stage, scene.servers[number % servers])
            for number in range(SESSIONS_OF_A_USER)
        ]

    def fill(self) -> float:
        """Opens the others' sessions; answers how long that took in seconds."""
        start = time.perf_counter()
        self._others.start(self._idle)
        return time.perf_counter() - start

    def sample(self, variant: Variant) -> Sample:
        """Opens ten sessions of the one user and ends them."""
        self.scene.servers[0].permit(self.scene.person, FILE_PERMISSIONS)
        self._ours.start(self._ten(self.scene, variant.stage, 1))
        if variant.is_stopped:
            for one in self.gate.sessions():
                if one["user"] == self.scene.person.uuid:
                    os.kill(one["pid"], signal.SIGSTOP)
        queueing = Queueing(self.gate)
        revocation = variant.end(self.scene)["revocation"]
        waited = queueing.so_far()
        assert revocation["found"] == SESSIONS_OF_A_USER, revocation
        assert not revocation["pending"], revocation
        control: TimedControl = self.gate.control
        found = Sample(control.milliseconds, revocation["milliseconds"], waited)
        self._ours.answered(grants=True)
        self._ours.finish()
        return found

    def end_all(self, ending: Ending) -> tuple[Sample, int]:
        """Ends every session at once, the ten included; answers also how many there were."""
        if not self.gate.sessions():
            self.fill()
        self._ours.start(self._ten(self.scene, "waiting", 1))
        if ending.is_stopped:
            for one in self.gate.sessions():
                os.kill(one["pid"], signal.SIGSTOP)
        control: TimedControl = self.gate.control
        queueing = Queueing(self.gate)
        revocation = ending.end(control)["revocation"]
        waited = queueing.so_far()
        found = Sample(control.milliseconds, revocation["milliseconds"], waited)
        assert not revocation["pending"], revocation
        eventually(lambda: not self.gate.sessions(), "every session has ended")
        for fleet in (self._others, self._ours):
            fleet.answered(grants=True)
            fleet.finish()
        control.delete("lockdown")
        return found, revocation["found"]


def row(name: str, sessions: str, samples: list[Sample]) -> list[str]:
    columns = zip(*((one.call, one.ending, one.queued) for one in samples), strict=True)
    return [name, sessions, str(len(samples)), *(" / ".join(spread(one)) for one in columns)]


def measure(host: Host, arguments: argparse.Namespace) -> None:
    """Prints each row as soon as it is there, and the whole table at the end."""
    rows: list[list[str]] = []

    def add(name: str, sessions: str, samples: list[Sample]) -> None:
        rows.append(row(name, sessions, samples))
        print("; ".join(rows[-1]), flush=True)

    try:
        for variant in (one for one in VARIANTS if arguments.only in one.name):
            samples = [host.sample(variant) for _ in range(arguments.rounds)]
            add(variant.name, f"{SESSIONS_OF_A_USER} of {arguments.sessions}", samples)
        for ending in ENDINGS if arguments.all else []:
            ended = [host.end_all(ending) for _ in range(arguments.all)]
            counts = sorted({found for _, found in ended})
            add(ending.name, ", ".join(map(str, counts)), [sample for sample, _ in ended])
    finally:
        head = ["ms: p50 / p99 / worst", "sessions", "times", "call", "ending", "queued"]
        print(f"\n{markdown(head, rows)}\n\nload {os.getloadavg()[0]:.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--only", default="", help="ways to end ten whose names hold this")
    parser.add_argument(
        "--nice", type=int, help="the gate's; -5, as root, is what the unit says"
    )
    parser.add_argument("--all", type=int, default=3, help="how often all are ended in each way")
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gate = rounds_gate(Programs(arguments.programs.resolve()))
    gate.niceness = arguments.nice
    print(f"{platform.machine()}, Linux {platform.release()}, {os.cpu_count()} processors")
    try:
        gate.start()
        with Fleet() as others, Fleet() as ours:
            host = Host(gate, others, ours, arguments.sessions)
            print(f"the others signed in within {host.fill():.1f} s")
            print(f"{len(gate.sessions())} sessions, load {os.getloadavg()[0]:.1f}\n", flush=True)
            measure(host, arguments)
        assert gate.stop() == 0, gate.log()[-3000:]
    except KeyboardInterrupt:
        print("interrupted")
    finally:
        if gate.is_running:
            gate.kill()
        gate.remove()


if __name__ == "__main__":
    main()

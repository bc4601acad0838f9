"""Fixtures: gates, places in them, and the checks that every test ends with."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from access import SignIn
from accounts import KeyRing, Person, Place
from clients.paramiko_library import sign_in
from fleet import Fleet
from gate import Gate, Programs
from rounds import Rounds, rounds_gate
from waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--programs",
        default=str(REPOSITORY / ".build" / "release"),
        help="the folder that holds portcullis and portcullis-session",
    )
    parser.addoption(
        "--unchecked-session",
        default=str(REPOSITORY / ".build" / "unchecked" / "debug" / "portcullis-session"),
        help="a session program built without path checks (see test_second_line.py)",
    )
    parser.addoption(
        "--reference",
        help="run the client tests against another SFTP server instead of the gate: "
        "sftp://USER:PASSWORD@HOST:PORT/ (see reference.py)",
    )
    parser.addoption("--reference-files", help="the local directory that the reference serves")
    parser.addoption("--reference-keys", help="a folder with id_ed25519, id_ecdsa and id_rsa")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def programs(request: pytest.FixtureRequest) -> Programs:
    found = Programs(Path(request.config.getoption("--programs")).resolve())
    for program in (found.gate, found.session):
        if not program.exists():
            pytest.exit(f"{program} is missing: build it first, or say --programs", returncode=3)
    return found


@pytest.fixture(scope="session")
def unchecked_session(request: pytest.FixtureRequest) -> Path:
    """A session program that leaves the confining of paths to the kernel's second line."""
    found = Path(request.config.getoption("--unchecked-session"))
    assert found.exists(), (
        f"{found} is missing: swift build --scratch-path .build/unchecked "
        "-Xswiftc -DPORTCULLIS_UNCHECKED_PATHS --product portcullis-session"
    )
    return found


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing(tmp_path_factory.mktemp("client-keys"))


@pytest.fixture(scope="session")
def _common_gate(programs: Programs) -> Iterator[Gate]:
    gate = Gate(programs)
    try:
        yield gate.start()
        finish(gate)
    finally:
        discard(gate)


@pytest.fixture
def gate(_common_gate: Gate) -> Iterator[Gate]:
    """A gate that many tests share; each leaves it without sessions and without crashes."""
    before = len(_common_gate.crashes())
    yield _common_gate
    assert _common_gate.is_running, _common_gate.log()[-5000:]
    eventually(lambda: not _common_gate.sessions(), "every session of the test has ended")
    assert _common_gate.crashes()[before:] == []


@pytest.fixture
def make_gate(programs: Programs) -> Iterator[Callable[..., Gate]]:
    """Makes gates with settings of their own; all are ended and looked at after the test."""
    gates: list[Gate] = []

    def make(host: str = "127.0.0.1", **sections: dict[str, Any]) -> Gate:
        gate = Gate(programs, host, **sections)
        gates.append(gate)
        return gate

    try:
        yield make
        for gate in gates:
            finish(gate)
    finally:
        for gate in gates:
            discard(gate)


@pytest.fixture
def place(gate: Gate) -> Place:
    """A server of the shared gate that no other test uses."""
    return Place(gate)


@pytest.fixture(scope="module")
def _rounds_gate(programs: Programs) -> Iterator[Gate]:
    gate = rounds_gate(programs)
    try:
        yield gate.start()
        finish(gate)
    finally:
        discard(gate)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Many clients in a process of their own."""
    with Fleet() as found:
        yield found


@pytest.fixture
def rounds(_rounds_gate: Gate, fleet: Fleet) -> Rounds:
    """Rounds on a gate that the tests of a module share, with moments that nobody knows before."""
    seed = random.randrange(1 << 32)
    print("seed", seed)
    return Rounds(_rounds_gate, fleet, seed)


@pytest.fixture
def transports() -> Iterator[SignIn]:
    """Signs people in; their connections are closed after the test."""
    opened: list[paramiko.Transport] = []

    def begin(place: Place, person: Person) -> paramiko.Transport:
        opened.append(sign_in(place.endpoint(person)))
        return opened[-1]

    yield begin
    for transport in opened:
        transport.close()


def finish(gate: Gate) -> None:
    """Ends a gate that still runs, and looks at what it leaves behind."""
    if gate.is_running:
        assert gate.stop() == 0, gate.log()[-5000:]
    eventually(lambda: not gate.session_processes(), "no session process is left", timeout=5)
    if not gate.expects_crash:
        assert gate.crashes() == []


def discard(gate: Gate) -> None:
    """Leaves nothing of a gate, whatever happened before."""
    if gate.is_running:
        gate.kill()
    gate.remove()


def pytest_sessionfinish() -> None:
    if Gate.host_keys is not None:
        shutil.rmtree(Gate.host_keys.parent, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows the end of each gate's log beside a failure."""
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    for name, value in getattr(item, "funcargs", {}).items():
        if isinstance(value, Gate):
            report.sections.append((f"log of {name}", value.log()[-6000:]))

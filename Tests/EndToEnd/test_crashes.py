"""What survives when a process dies at the worst moment."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Place
from clients import Sftp
from content import MEBIBYTE, digest, random_file
from gate import Gate
from waiting import eventually

SLOW = 8000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return random_file(tmp_path / "source", 16 * MEBIBYTE)


def has_begun(path: Path) -> Callable[[], bool]:
    return lambda: path.exists() and path.stat().st_size > 0


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGILL])
def test_a_session_that_crashes_ends_for_its_own_client_only(
    number: signal.Signals, make_gate: Callable[..., Gate], source: Path, tmp_path: Path
) -> None:
    gate = make_gate().start()
    gate.expects_crash = True
    place = Place(gate)
    neighbour = place.subuser(FILE_PERMISSIONS)
    struck = Sftp(place.endpoint(), tmp_path / "struck").start_put(source, "/struck", SLOW)
    spared = Sftp(place.endpoint(neighbour), tmp_path / "spared").start_put(
        source, "/spared", 5 * SLOW
    )
    eventually(has_begun(place.files / "struck"), "the first upload has begun")
    eventually(has_begun(place.files / "spared"), "the second upload has begun")
    session = gate.session_of(place.owner.name)
    process = gate.process_of(place.owner.name)
    assert gate.crashes() == []

    os.kill(process.id, number)
    assert struck.wait() != 0
    assert process.is_gone
    assert spared.wait() == 0, spared.output()
    assert digest(place.files / "spared") == digest(source)
    assert gate.is_running
    found = eventually(gate.crashes, "the crash is in the log")
    assert len(found) == 1
    assert session["id"] in found[0] and place.owner.name in found[0], found
    assert session["id"] not in [one["id"] for one in gate.sessions()]
    # The one who was struck comes back and goes on where they were.
    Sftp(place.endpoint(), tmp_path / "again").resume_put(source, "/struck")
    assert digest(place.files / "struck") == digest(source)


def test_a_gate_that_is_killed_takes_its_sessions_along_and_comes_back_with_everything(
    make_gate: Callable[..., Gate], ring: KeyRing, source: Path, tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    subuser = place.subuser(["file.sftp", "file.read"])
    key = place.add_key(ring, "ed25519")
    trust = gate.trust
    transfer = Sftp(place.endpoint(), tmp_path / "transfer").start_put(source, "/up", SLOW)
    eventually(has_begun(place.files / "up"), "the upload has begun")
    process = gate.process_of(place.owner.name)
    # The last change is acknowledged a moment before the end: acknowledged means kept.
    place.permit(subuser, ["file.sftp", "file.read", "file.create"])
    before = [gate.control.get(what) for what in ("users", "servers")]

    gate.kill()
    eventually(lambda: process.is_gone, "the session ends without a gate", timeout=2)
    eventually(lambda: not gate.session_processes(), "the warm ones too", timeout=2)
    assert transfer.wait() != 0

    gate.start()
    Sftp(place.endpoint(key=key), tmp_path / "again").batch("pwd")
    assert [gate.control.get(what) for what in ("users", "servers")] == before
    assert place.permissions(subuser) == {"file.create", "file.read", "file.sftp"}
    assert gate.sessions() == []
    gate._trust = None
    assert gate.trust.fingerprints == trust.fingerprints
    with closing(sqlite3.connect(f"file:{gate.store}?mode=ro", uri=True)) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_warm_processes_that_die_are_replaced(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(sessions={"warm": 3}).start()
    gate.expects_crash = True
    place = Place(gate)
    warm = eventually(
        lambda: found if len(found := gate.session_processes()) == 3 else None, "three are warm"
    )
    for process in warm:
        os.kill(process.id, signal.SIGKILL)
    eventually(
        lambda: len(gate.session_processes()) == 3
        and not set(gate.session_processes()) & set(warm),
        "three new ones are warm",
    )
    Sftp(place.endpoint(), tmp_path).batch("pwd")


def test_clients_beyond_the_warm_ones_are_served_too(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(sessions={"warm": 1}).start()
    place = Place(gate)
    runs = [
        Sftp(place.endpoint(), tmp_path / f"client{number}").start_batch("pwd")
        for number in range(12)
    ]
    assert [run.wait() for run in runs] == [0] * 12

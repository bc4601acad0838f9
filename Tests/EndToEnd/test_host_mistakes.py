"""Mistakes on the host: each gets a clear error, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import Sftp
from gate import Gate
from waiting import eventually


def test_a_port_in_use_is_an_error_that_names_it(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()
    with socket.socket() as occupier:
        occupier.bind((gate.host, gate.port))
        occupier.listen()
        failure = gate.failed_start()
    assert failure.status != 0
    assert f"{gate.host}:{gate.port}" in failure.log and "in use" in failure.log
    # The same gate starts once the port is free.
    gate.start()


@pytest.mark.parametrize("damage", ["garbage", "empty", "directory", "public"])
def test_a_host_key_that_cannot_be_read_is_named_and_kept(
    damage: str, make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    fingerprints = gate.trust.fingerprints
    gate.stop()
    path = next(path for path in sorted(gate.keys.iterdir()) if "ed25519" in path.name)
    good = path.read_bytes()
    if damage == "directory":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(
            {"garbage": b"not a key\n", "empty": b"", "public": b"ssh-ed25519 AAAA x\n"}[damage]
        )
    before = None if damage == "directory" else path.read_bytes()
    failure = gate.failed_start()
    assert failure.status != 0 and str(path) in failure.log, failure.log[-2000:]
    if damage == "directory":
        path.rmdir()
    else:
        assert path.read_bytes() == before, "the gate wrote over a host key"
    path.write_bytes(good)
    path.chmod(0o600)
    gate.start()
    gate._trust = None
    assert gate.trust.fingerprints == fingerprints


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_host_key_without_read_permission_is_named(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    gate.stop()
    path = next(path for path in sorted(gate.keys.iterdir()) if "ed25519" in path.name)
    path.chmod(0)
    failure = gate.failed_start()
    assert failure.status != 0 and str(path) in failure.log


def test_host_keys_are_for_the_owner_alone(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()
    gate.keys.mkdir(mode=0o700)
    gate.start()
    keys = [path for path in gate.keys.iterdir() if path.suffix != ".pub"]
    assert len(keys) == 2
    assert [oct(path.stat().st_mode & 0o777) for path in keys] == ["0o600"] * 2


def test_a_damaged_store_is_named_and_left_as_it_is(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    Place(gate)
    gate.stop()
    for side in gate.store.parent.glob("*-wal"):
        side.unlink()
    damaged = bytearray(gate.store.read_bytes())
    damaged[0:100] = os.urandom(100)
    gate.store.write_bytes(damaged)
    failure = gate.failed_start()
    assert failure.status != 0 and str(gate.store) in failure.log, failure.log[-2000:]
    assert gate.store.read_bytes() == damaged


def test_a_store_that_is_damaged_further_in_is_noticed_at_the_start(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate().start()
    for _ in range(3):
        Place(gate)
    gate.stop()
    store = sqlite3.connect(gate.store)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    damaged = bytearray(gate.store.read_bytes())
    assert len(damaged) > 3 * 4096
    for page in range(2, len(damaged) // 4096):
        damaged[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    gate.store.write_bytes(damaged)
    failure = gate.failed_start()
    assert failure.status != 0 and str(gate.store) in failure.log, failure.log[-2000:]
    assert gate.store.read_bytes() == damaged


def test_a_store_that_another_program_holds_is_an_error_with_a_reason(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(store={"busy_timeout": "300ms"}).start()
    Place(gate)
    gate.stop()
    holder = sqlite3.connect(gate.store, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    failure = gate.failed_start()
    assert failure.status != 0
    assert str(gate.store) in failure.log and "lock" in failure.log.lower(), failure.log[-2000:]
    holder.execute("ROLLBACK")
    holder.close()
    gate.start()
    assert len(gate.control.get("servers")["servers"]) == 1


def test_while_the_store_is_locked_people_sign_in_and_changes_are_refused(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(store={"busy_timeout": "300ms"}).start()
    place = Place(gate)
    subuser = place.subuser(FILE_PERMISSIONS)
    holder = sqlite3.connect(gate.store, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refusal = gate.control.refusal(
        "PATCH", "servers", place.uuid, "subusers", subuser.name,
        body={"permissions": ["file.sftp"]},
    )
    assert refusal.status in (409, 503) and refusal.message.endswith(".")
    Sftp(place.endpoint(), tmp_path).batch("pwd")
    holder.execute("ROLLBACK")
    holder.close()
    assert place.permissions(subuser) == set(FILE_PERMISSIONS)
    place.permit(subuser, ["file.sftp"])


def test_a_missing_volumes_directory_is_an_error_that_names_it(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate()
    gate.volumes.rmdir()
    failure = gate.failed_start()
    assert failure.status != 0 and str(gate.volumes) in failure.log
    gate.volumes.mkdir()
    gate.start()


def test_a_missing_session_program_is_an_error_that_names_it(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(sessions={"program": "/nonexistent/portcullis-session"})
    failure = gate.failed_start()
    assert failure.status != 0 and "/nonexistent/portcullis-session" in failure.log


def test_a_second_gate_on_the_same_socket_does_not_disturb_the_first(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    first = make_gate().start()
    place = Place(first)
    second = make_gate(control={"socket": str(first.socket)})
    failure = second.failed_start()
    assert failure.status != 0 and str(first.socket) in failure.log
    assert first.control.call("GET", "/healthz")["status"] == "ok"
    Sftp(place.endpoint(), tmp_path).batch("pwd")


def test_a_store_restored_from_a_copy_serves_as_before(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    gate.stop()
    copy = tmp_path / "copy"
    shutil.copytree(gate.store.parent, copy)
    shutil.rmtree(gate.store.parent)
    gate.start()
    assert gate.control.get("users")["users"] == []
    gate.stop()
    shutil.rmtree(gate.store.parent)
    shutil.copytree(copy, gate.store.parent)
    gate.start()
    Sftp(place.endpoint(), tmp_path / "client").batch("pwd")
    eventually(lambda: not gate.sessions(), "the session has ended")

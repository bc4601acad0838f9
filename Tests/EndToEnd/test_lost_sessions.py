"""Sessions of a gate that was killed: the record learns of their end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import Sftp
from clients.base import Running
from content import MEBIBYTE, random_file
from gate import Gate
from waiting import eventually

SLOW = 4000


def ends(gate: Gate) -> list[dict[str, Any]]:
    """The recorded ends of sessions, the oldest first."""
    return gate.control.get("activity", event="server:sftp.logout")["activity"][::-1]


@pytest.fixture
def uploading(tmp_path: Path) -> Callable[..., Running]:
    source = random_file(tmp_path / "source", 16 * MEBIBYTE)

    def begin(place: Place, *person: Any) -> Running:
        running = Sftp(place.endpoint(*person), tmp_path / f"at-{place.directory}").start_put(
            source, "/up", SLOW
        )
        up = place.files / "up"
        eventually(lambda: up.exists() and up.stat().st_size > 0, "the upload has begun")
        return running

    return begin


def recorded(gate: Gate, place: Place, event: str) -> dict[str, Any]:
    found = eventually(
        lambda: gate.control.get("activity", server=place.uuid, event=event)["activity"],
        f"{event} is recorded",
    )
    return found[0]


def test_the_next_gate_records_the_end_of_sessions_that_a_killed_one_had(
    make_gate: Callable[..., Gate], uploading: Callable[..., Running], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    guest = place.subuser(FILE_PERMISSIONS)
    # One that ends in order, and for which nothing may be added.
    Sftp(place.endpoint(), tmp_path / "before").batch("mkdir /folder")
    before = eventually(lambda: ends(gate), "the end of a session is recorded")
    transfer = uploading(place, guest)
    created = recorded(gate, place, "server:sftp.create")
    login = recorded(gate, place, "server:sftp.login")
    assert (login["username"], created["session"]) == (guest.name, login["session"])
    assert ends(gate) == before

    gate.kill()
    assert transfer.wait() != 0
    gate.start()
    found = eventually(lambda: ends(gate)[1:], "the end is recorded")
    assert len(found) == 1 and ends(gate)[:1] == before
    for member in ("user", "username", "server", "session", "ip"):
        assert found[0][member] == login[member] is not None, member
    assert found[0]["properties"] == {"reason": "gateLost", "lastSeen": created["at"]}
    assert found[0]["at"] > created["at"]
    log = [line for line in gate.log().splitlines() if "ended without being told to" in line]
    assert len(log) == 1 and "sessions=1" in log[0], log

    # The gate after it has nothing to add, whether it comes in order or not.
    known = before + found
    for end in (gate.kill, gate.stop):
        end()
        gate.start()
        Sftp(place.endpoint(), tmp_path / "again").batch("pwd")
        eventually(lambda: len(ends(gate)) > len(known), "a later end is recorded")
        assert ends(gate)[:-1] == known
        assert ends(gate)[-1]["properties"]["reason"] == "clientLeft"
        known = ends(gate)


def test_a_gate_leaves_the_sessions_of_another_that_runs_alone(
    make_gate: Callable[..., Gate], uploading: Callable[..., Running], tmp_path: Path
) -> None:
    first = make_gate().start()
    theirs = Place(first)
    transfer = uploading(theirs)
    login = recorded(first, theirs, "server:sftp.login")

    second = make_gate(store={"path": str(first.store)}).start()
    own = Place(second)
    other = uploading(own)
    mine = recorded(second, own, "server:sftp.login")
    second.kill()
    assert other.wait() != 0
    second.start()
    found = eventually(lambda: ends(second), "the end is recorded")
    assert [one["session"] for one in found] == [mine["session"]]
    assert transfer.is_running, transfer.output()

    first.kill()
    assert transfer.wait() != 0
    # It is noticed with the next start, whichever gate that is.
    second.stop()
    second.start()
    found = eventually(lambda: ends(second)[1:], "the other end is recorded")
    assert [one["session"] for one in found] == [login["session"]]


def test_a_store_that_is_locked_at_the_start_gets_the_ends_later(
    make_gate: Callable[..., Gate], uploading: Callable[..., Running]
) -> None:
    gate = make_gate(store={"busy_timeout": "100ms"}).start()
    place = Place(gate)
    transfer = uploading(place)
    recorded(gate, place, "server:sftp.login")
    gate.kill()
    assert transfer.wait() != 0
    with closing(sqlite3.connect(gate.store, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        gate.start()
        eventually(lambda: "cannot be recorded yet" in gate.log(), "the gate has tried")
        assert ends(gate) == []
        holder.execute("COMMIT")
    assert len(eventually(lambda: ends(gate), "the end is recorded")) == 1

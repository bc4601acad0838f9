"""GET /v1/events: what happens, as it happens, so that a panel's backend can rely on it."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import ClientFailure, Paramiko, Sftp
from events import Event, Stream
from gate import Gate
from waiting import eventually

#: Streams that may be open at a time.
STREAMS = 64
#: What anything may take, in seconds, on a busy machine; the flush interval is 0.2 s.
QUICKLY = 5


def names(events: list[Event]) -> list[str]:
    return [event.name.removeprefix("server:sftp.") for event in events]


def record(gate: Gate, **query: str) -> list[dict[str, Any]]:
    """Everything that is recorded, in the order of being read on."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = gate.control.get("activity", after=str(after), limit="1000", **query)
        found += page["activity"]
        after = page["next"]
    return found


def revoke(gate: Gate, **fields: Any) -> dict[str, Any]:
    return gate.control.post("revocations", body=fields)


def fill(gate: Gate, jobs: int) -> None:
    """Records so many revocations, each of which is an event."""
    for start in range(0, jobs, 1000):
        body = [{"all": True, "reason": "x" * 150}] * min(1000, jobs - start)
        revoke(gate, jobs=body)


def test_sign_ins_denials_ends_and_revocations_arrive_in_order_and_quickly(
    place: Place, tmp_path: Path
) -> None:
    gate = place.gate
    person = place.subuser(FILE_PERMISSIONS)
    with Stream(gate, f"user={person.name}") as stream:
        client = Paramiko(place.endpoint(person), tmp_path / "allowed")
        client.mkdir("/allowed")
        login = stream.next()
        client.close()
        logout = stream.next()
        assert names([login, logout]) == ["login", "logout"]
        assert login.entry["username"] == person.name
        assert login.entry["session"] == logout.entry["session"]

        # Nobody is connected, so nobody is cut off, and nothing is told of this.
        place.permit(person, ["file.sftp", "file.read"])
        client = Paramiko(place.endpoint(person), tmp_path / "denied")
        began = time.monotonic()
        with pytest.raises(ClientFailure):
            client.mkdir("/denied")
        login, denied = stream.take(2)
        assert time.monotonic() - began < QUICKLY
        assert names([login, denied]) == ["login", "denied"]
        assert denied.properties["missing"] == "file.create"
        assert denied.properties["files"] == ["/denied"]
        with pytest.raises(ClientFailure):
            Sftp(replace(place.endpoint(person), password="wrong"), tmp_path / "wrong").batch("ls")
        failed = stream.next()
        assert failed.name == "auth:sftp.fail" and failed.entry["username"] == person.name

        # A change that ends a session is told, with the end.
        changed = place.permit(person, ["file.sftp"])
        assert changed["revocation"]["found"] == 1
        told = {event.name: event for event in stream.take(2)}
        assert set(told) == {"server:sftp.logout", "server:subuser.update"}
        assert told["server:subuser.update"].properties["revoked"]["found"] == 1
        client.close()

        client = Paramiko(place.endpoint(person), tmp_path / "revoked")
        with pytest.raises(ClientFailure):
            client.list("/")
        began = time.monotonic()
        revoke(gate, user=person.name, server=place.uuid, reason="Enough")
        events = stream.take(4)
        assert time.monotonic() - began < QUICKLY
        assert names(events) == ["login", "denied", "logout", "revocation"]
        assert events[2].properties["told"] == "Enough"
        client.close()
        ids = [event.id for event in [login, denied, failed, *told.values(), *events]]
        assert ids == sorted(set(ids))


def test_an_event_is_there_as_soon_as_it_is_in_the_record(place: Place) -> None:
    """The answer to a revocation comes when it is recorded, and is what wakes the stream."""
    with Stream(place.gate, "event=revocation") as stream:
        for number in range(20):
            job = f"{place.short_id} {number}"
            revoke(place.gate, user=place.owner.name, job=job)
            began = time.monotonic()
            # Other tests may have streams of this gate as well, but nobody else revokes here.
            assert stream.next().properties["job"] == job
            # Half of what looking once a second would take.
            assert time.monotonic() - began < 0.5


def test_each_event_carries_what_the_record_has_and_a_client_can_read_it_with_curl(
    place: Place,
) -> None:
    gate = place.gate
    revoke(gate, user=place.owner.name, reason="\u00e9, \"quotes\" and data: x")
    kept = record(gate, user=place.owner.name)
    assert [one["event"] for one in kept] == ["user:create", "revocation"]
    read = subprocess.Popen(
        [
            "curl", "--silent", "--show-error", "--fail-with-body", "--no-buffer", "--include",
            "--unix-socket", gate.socket,
            f"http://localhost/v1/events?after=0&event=*&user={place.owner.name}",
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert read.stdout is not None
        lines: list[str] = []
        while sum(line.startswith("data: ") for line in lines) < len(kept):
            line = read.stdout.readline().decode()
            assert line, lines
            lines.append(line.rstrip("\r\n"))
    finally:
        read.terminate()
        read.wait()
    assert lines[0] == "HTTP/1.1 200 OK"
    head = [line.lower() for line in lines[:lines.index("")]]
    assert "content-type: text/event-stream" in head and "cache-control: no-store" in head
    assert lines[lines.index("") + 1] == "retry: 1000"
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert [json.loads(line) for line in data] == kept
    assert [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] == [
        one["event"] for one in kept
    ]
    # Once more the same text that the record has, byte by byte.
    answer = gate.control.exchange("GET", f"/v1/activity?after=0&user={place.owner.name}")[1]
    assert all(line.encode() in answer for line in data)


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_who_connects_again_misses_nothing_and_hears_nothing_twice(
    make_gate: Callable[..., Gate], tmp_path: Path, how: str
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    heard: list[Event] = []
    last: int | None = None
    for number in range(3):
        with Stream(gate, "event=*", last=0 if last is None else last) as stream:
            Sftp(place.endpoint(), tmp_path / f"{number}").batch("mkdir /made", "rmdir /made")
            eventually(lambda: len(record(gate)) >= 2 + 8 * number + 4, "they are recorded")
            # It goes away in the middle of what there is.
            heard += stream.take(3)
            assert stream.position == heard[-1].id
        last = heard[-1].id
        Sftp(place.endpoint(), tmp_path / f"more{number}").batch("mkdir /made", "rmdir /made")
        eventually(lambda: len(record(gate)) >= 2 + 8 * (number + 1), "they are recorded")
        getattr(gate, how)()
        gate.start()
    with Stream(gate, "event=*", last=last) as stream:
        while stream.position != gate.control.get("activity", limit="1")["latest"]:
            heard.append(stream.next())
    assert [event.entry for event in heard] == record(gate)
    ids = [event.id for event in heard]
    assert ids == sorted(set(ids))


def test_who_heard_nothing_before_the_gate_was_gone_misses_nothing_either(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate().start()
    revoke(gate, all=True, job="before")
    with Stream(gate) as stream:
        begin = stream.position
    gate.kill()
    gate.start()
    revoke(gate, all=True, job="meanwhile")
    # The header counts, though the address still says where the client wanted to begin.
    with Stream(gate, "after=0", last=begin) as stream:
        assert stream.next().properties["job"] == "meanwhile"


def test_an_entry_that_grows_comes_again(place: Place, tmp_path: Path) -> None:
    person = place.subuser(["file.sftp", "file.read"])
    with Stream(place.gate, f"server={place.uuid}&event=server:sftp.denied") as stream:
        client = Paramiko(place.endpoint(person), tmp_path)
        told: list[Event] = []
        for name in ["/a", "/b"]:
            with pytest.raises(ClientFailure):
                client.mkdir(name)
            told.append(stream.next())
        client.close()
    assert [event.properties["files"] for event in told] == [["/a"], ["/a", "/b"]]
    assert told[0].entry["id"] == told[1].entry["id"] == told[0].id < told[1].id
    # Whoever has the first goes on with the second, and whoever has that with nothing.
    with Stream(place.gate, f"server={place.uuid}&event=*", last=told[0].id) as stream:
        again = {event.id: event for event in stream.take(2)}
        assert again[told[1].id] == told[1]


def test_only_what_is_asked_for_comes(gate: Gate, tmp_path: Path) -> None:
    place, other = Place(gate), Place(gate)
    person = place.subuser(FILE_PERMISSIONS)
    begin = gate.control.get("activity", limit="1")["latest"]
    for number, endpoint in enumerate([
        place.endpoint(), place.endpoint(person), other.endpoint(),
    ]):
        Sftp(endpoint, tmp_path / f"{number}").batch("mkdir /made", "rmdir /made")
    visit = ["login", "create-directory", "delete", "logout"]
    for query, expected in {
        f"server={place.short_id}": ["login", "logout"] * 2,
        f"server={place.uuid}&event=server:sftp.*": visit * 2,
        f"user={person.name}&event=*": visit,
        f"user={person.uuid}&server={other.uuid}": [],
        f"server={other.uuid}&event=server:sftp.delete": ["delete"],
        f"user={other.owner.name}": ["login", "logout"],
    }.items():
        with Stream(gate, f"after={begin}&{query}") as stream:
            events = stream.take(len(expected))
            assert sorted(names(events)) == sorted(expected), query
            # The next that comes is not one of before.
            revoke(gate, user=place.owner.name, server=place.uuid, job=f"{query} {begin}")
            revoke(gate, user=person.name, server=other.uuid, job=f"{query} {begin} other")
    for query, last, status, code in [
        ("server=nowhere1", None, 404, "server_not_found"),
        ("user=nobody", None, 404, "user_not_found"),
        ("event=a*b", None, 422, "invalid_event"),
        ("after=soon", None, 422, "invalid_after"),
        ("limit=5", None, 422, "unknown_parameter"),
        ("", "soon", 422, "invalid_last_event_id"),
        ("", "-3", 422, "invalid_last_event_id"),
        ("", 10**15, 409, "unknown_position"),
    ]:
        refused = Stream(gate, query, last=last)
        assert (refused.status, refused.code) == (status, code), query


def test_there_are_only_so_many_streams_and_one_that_ends_makes_room(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate().start()
    # Twice: whoever hangs up is noticed, though nothing happens that could be sent.
    for _ in range(2):
        with ExitStack() as stack:
            streams: list[Stream] = []

            def opened() -> bool:
                one = Stream(gate)
                if one.status == 200:
                    streams.append(stack.enter_context(one))
                return len(streams) == STREAMS

            eventually(opened, "all streams are open", timeout=QUICKLY)
            refused = Stream(gate)
            assert (refused.status, refused.code) == (503, "too_many_streams")
            # Everything else goes on, and everybody hears of it.
            job = revoke(gate, all=True)["job"]
            assert [stream.next().properties["job"] for stream in streams] == [job] * STREAMS


def test_who_does_not_read_costs_little_and_keeps_nobody(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    with Stream(gate) as warm:
        fill(gate, 1000)
        warm.take(1000)
    before = resident(gate)
    with ExitStack() as stack:
        for _ in range(20):
            deaf = stack.enter_context(socket.socket(socket.AF_UNIX))
            deaf.connect(str(gate.socket))
            deaf.sendall(b"GET /v1/events?after=0 HTTP/1.1\r\nHost: gate\r\n\r\n")
            assert deaf.recv(9) == b"HTTP/1.1 "
        with Stream(gate) as stream:
            began = time.monotonic()
            fill(gate, 6000)
            whole = sum(len(json.dumps(one.entry)) for one in stream.take(6000))
            assert time.monotonic() - began < 60
            began = time.monotonic()
            revoke(gate, all=True, job="after all")
            assert stream.next().properties["job"] == "after all"
            assert time.monotonic() - began < QUICKLY
        # Each of twenty is owed more than their sockets hold, and it is not kept for them.
        assert whole > 3_000_000
        assert resident(gate) - before < 20 * whole / 3
        began = time.monotonic()
        assert gate.stop() == 0
        assert time.monotonic() - began < 2


def resident(gate: Gate) -> int:
    """The memory of the gate's process, in bytes."""
    assert gate.child is not None
    status = Path(f"/proc/{gate.child.pid}/status").read_text()
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


def test_a_gate_that_stops_ends_every_stream_at_once_and_in_order(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    with ExitStack() as stack:
        streams = [stack.enter_context(Stream(gate)) for _ in range(20)]
        client = Paramiko(place.endpoint(), tmp_path)
        client.list("/")
        assert [stream.next().name for stream in streams] == ["server:sftp.login"] * 20
        began = time.monotonic()
        assert gate.stop() == 0
        assert time.monotonic() - began < 2
        assert all(stream.is_over() for stream in streams)
        last = streams[0].position
        client.close()
    # The end of the session was recorded after the streams were gone.
    gate.start()
    with Stream(gate, last=last) as stream:
        assert names([stream.next()]) == ["logout"]


def test_what_another_program_records_is_told_too(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    with Stream(gate) as stream, sqlite3.connect(gate.store) as other:
        # What it sees first is the change that it compares the next with.
        revoke(gate, all=True)
        assert stream.next().name == "revocation"
        other.execute(
            "INSERT INTO activity (time, event, properties) VALUES (1, 'host:lockdown.off', '{}')"
        )
        other.commit()
        began = time.monotonic()
        assert stream.next().name == "host:lockdown.off"
        assert time.monotonic() - began < QUICKLY

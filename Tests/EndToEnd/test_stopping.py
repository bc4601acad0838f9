"""Stopping the gate while callers of the control API are in the middle of something."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from accounts import Place
from clients.paramiko_library import sign_in
from gate import Gate
from test_snapshot import crowd, export, lines, put, text
from waiting import eventually

#: What a caller may cost, in seconds, on a busy machine.
BOUND = 8

#: What a caller has sent when it falls silent.
UNFINISHED = {
    "nothing": b"",
    "half a line": b"POST /v1/us",
    "half a header": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Le",
    "a head": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n\r\n",
    "half a body": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n\r\n{",
    "half a chunk": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n10\r\n{",
    "a question first": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n"
    b"Expect: 100-continue\r\n\r\n",
    "half a request of a panel": b"POST /api/client/servers/x/users HTTP/1.1\r\nHost: gate\r\n"
    b"Content-Length: 10\r\n\r\n{",
    "all but the end": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n3a\r\n"
    b'{"username":"unfinished","email":"unfinished@example.org"}\r\n',
    "a repeatable request": b"POST /v1/users HTTP/1.1\r\nHost: gate\r\nIdempotency-Key: k\r\n"
    b"Content-Length: 10\r\n\r\n{",
}

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: gate\r\n"


@pytest.fixture
def gate(make_gate: Callable[..., Gate]) -> Gate:
    return make_gate().start()


@contextmanager
def caller(gate: Gate) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(BOUND)
        connection.connect(str(gate.socket))
        yield connection


def seconds_to_stop(gate: Gate) -> float:
    began = time.monotonic()
    assert gate.stop(timeout=4 * BOUND) == 0
    return time.monotonic() - began


def is_closed(connection: socket.socket) -> bool:
    """Whether the other end is gone, without an answer."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def answer(connection: socket.socket) -> tuple[int, bytes]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_a_caller_that_does_not_finish_its_request_does_not_keep_the_gate(
    gate: Gate, sent: bytes
) -> None:
    with caller(gate) as connection:
        connection.sendall(sent)
        # Whatever came earlier has been read once this is answered.
        gate.control.call("GET", "/healthz")
        assert seconds_to_stop(gate) < BOUND
        assert is_closed(connection)
    assert not gate.socket.exists()
    assert " error " not in gate.log()
    gate.start()
    assert gate.control.get("users")["users"] == []


@pytest.mark.parametrize("field", [b"", b"Connection: close\r\n"], ids=["kept", "to be closed"])
def test_a_caller_that_stays_after_its_answer_does_not_keep_the_gate(
    gate: Gate, field: bytes
) -> None:
    with caller(gate) as connection:
        connection.sendall(HEALTH + field + b"\r\n")
        assert answer(connection)[0] == 200
        assert seconds_to_stop(gate) < BOUND
        assert is_closed(connection)


def test_many_callers_at_once_do_not_keep_the_gate_longer(gate: Gate) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            for sent in UNFINISHED.values():
                stack.enter_context(caller(gate)).sendall(sent)
        gate.control.call("GET", "/healthz")
        assert seconds_to_stop(gate) < BOUND


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_document_that_is_cut_off_by_the_stop_changes_nothing(gate: Gate, framing: str) -> None:
    Place(gate)
    before = export(gate)
    # As far as it comes it is a good document, in which everybody else is missing.
    part = text(lines(before) + crowd(2000))
    framings = {
        "length": b"Content-Length: %d\r\n\r\n" % (len(part) + 1),
        "chunks": b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(part),
    }
    end = {"length": b"", "chunks": b"\r\n"}[framing]
    with caller(gate) as connection:
        connection.sendall(b"PUT /v1/snapshot HTTP/1.1\r\nHost: gate\r\n" + framings[framing])
        connection.sendall(part + end)
        assert seconds_to_stop(gate) < BOUND
    gate.start()
    assert export(gate) == before
    assert put(gate, lines(part))["changes"]["users"]["added"] == 2000


def test_a_document_that_keeps_coming_does_not_keep_the_gate(gate: Gate) -> None:
    Place(gate)
    before = export(gate)
    line = text(lines(before))[:-1].splitlines()[0]
    with caller(gate) as connection:
        connection.sendall(
            b"PUT /v1/snapshot HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000000000\r\n\r\n" + line
        )
        gate.signal(signal.SIGTERM)
        began = time.monotonic()
        # Blanks belong to no line, so there is nothing wrong with them yet.
        with pytest.raises(OSError):
            while time.monotonic() - began < 4 * BOUND:
                connection.sendall(b" ")
                time.sleep(0.05)
        assert gate.stop() == 0
        assert time.monotonic() - began < BOUND
    gate.start()
    assert export(gate) == before


def test_a_request_that_is_being_answered_is_answered(make_gate: Callable[..., Gate]) -> None:
    # A session that does not react is killed only after this, and then the answer comes.
    gate = make_gate(sessions={"goodbye_grace": "2s"}).start()
    place = Place(gate)
    transport = sign_in(place.endpoint())
    session = gate.process_of(place.owner.name)
    os.kill(session.id, signal.SIGSTOP)
    with caller(gate) as connection:
        body = json.dumps({"user": place.owner.name}).encode()
        connection.sendall(
            b"POST /v1/revocations HTTP/1.1\r\nHost: gate\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        eventually(
            lambda: any(one["phase"] == "ending" for one in gate.sessions()), "it has begun"
        )
        gate.signal(signal.SIGTERM)
        status, content = answer(connection)
        assert status == 200, content
        assert json.loads(content)["revocation"]["endedByKill"] == 1
        assert gate.stop() == 0
    transport.close()


@pytest.fixture
def crowded(gate: Gate) -> Gate:
    """A gate whose document is larger than what fits into sockets and buffers."""
    objects = crowd(10_000)
    put(gate, objects)
    assert len(export(gate)) > 2_000_000
    return gate


@pytest.mark.parametrize("target", ["/v1/snapshot", "/v1/users"])
def test_an_answer_that_is_on_its_way_arrives_whole(crowded: Gate, target: str) -> None:
    whole = crowded.control.exchange("GET", target)[1]
    with caller(crowded) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: gate\r\n\r\n" % target.encode())
        response = http.client.HTTPResponse(connection)
        response.begin()
        crowded.signal(signal.SIGTERM)
        eventually(lambda: not crowded.socket.exists() or stopped(crowded), "the stop has begun")
        assert response.read() == whole
        assert crowded.stop() == 0


def stopped(gate: Gate) -> bool:
    """Whether nobody can connect any more."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(gate.socket))
        except OSError:
            return True
        return False


@pytest.mark.parametrize("target", ["/v1/snapshot", "/v1/users"])
def test_a_caller_that_does_not_take_its_answer_does_not_keep_the_gate(
    crowded: Gate, target: str
) -> None:
    with caller(crowded) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: gate\r\n\r\n" % target.encode())
        assert connection.recv(9) == b"HTTP/1.1 "
        assert seconds_to_stop(crowded) < BOUND


def test_what_was_answered_before_the_stop_is_in_the_record(gate: Gate) -> None:
    with ExitStack() as stack:
        for sent in UNFINISHED.values():
            stack.enter_context(caller(gate)).sendall(sent)
        Place(gate)
        assert gate.stop(timeout=4 * BOUND) == 0
    # Closed in order, everything lies in the store and nothing in its journal.
    assert gate.store.with_name(gate.store.name + "-wal").stat().st_size == 0
    gate.start()
    events: list[Any] = [one["event"] for one in gate.control.get("activity")["activity"]]
    assert events == ["server:create", "user:create"]

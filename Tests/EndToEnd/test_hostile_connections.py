"""Clients that have not signed in and never will."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from paramiko.common import MSG_IGNORE

from accounts import Place
from clients import Paramiko, Sftp
from clients.paramiko_library import connect
from gate import Gate
from processes import resident_mebibytes
from waiting import eventually

#: More than a session process holds on to for anybody.
MEMORY_LIMIT = 32


#: Where nobody has signed in from.
STRANGER = "127.0.0.2"


def dial(gate: Gate, source: str = "") -> socket.socket:
    connection = socket.create_connection((gate.host, gate.port), 10, (source, 0))
    connection.settimeout(10)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    """Everything until the gate closes; a reset is an end as well."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionError:
        pass
    return received


@pytest.fixture
def patrol(make_gate: Callable[..., Gate]) -> Gate:
    """A gate with little patience."""
    return make_gate(
        limits={"sign_in_grace": "1s", "unauthenticated_connections": 5}
    ).start()


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        b"SSH-1.5-old\r\n",
        b"SSH-2.0-" + b"x" * 300 + b"\r\n",
        b"\r\n" * 5000,
        bytes(100_000),
    ],
    ids=["http", "tls", "ssh 1.5", "long version", "empty lines", "zeros"],
)
def test_a_client_that_speaks_no_ssh_is_shown_out(
    words: bytes, patrol: Gate, tmp_path: Path
) -> None:
    with dial(patrol) as connection:
        try:
            connection.sendall(words)
        except ConnectionError:
            pass
        received = read_to_end(connection)
    assert received == b"" or received.startswith(b"SSH-2.0-"), received
    Sftp(Place(patrol).endpoint(), tmp_path).batch("pwd")


def test_a_first_packet_of_4_gibibytes_ends_the_connection_and_costs_no_memory(
    gate: Gate, place: Place, tmp_path: Path
) -> None:
    with dial(gate) as connection:
        connection.sendall(b"SSH-2.0-Hostile\r\n")
        banner = connection.recv(1024)
        assert banner.startswith(b"SSH-2.0-")
        session = eventually(gate.sessions, "the connection is listed")[0]
        try:
            connection.sendall(struct.pack(">IB", 0xFFFF_FFFF, 4))
            for _ in range(16):
                connection.sendall(bytes(65536))
                assert resident_mebibytes(session["pid"]) < MEMORY_LIMIT
        except ConnectionError:
            pass
        read_to_end(connection)
    Sftp(place.endpoint(), tmp_path).batch("pwd")


def test_a_silent_connection_ends_when_the_grace_is_over(patrol: Gate) -> None:
    with dial(patrol) as connection:
        began = time.monotonic()
        received = read_to_end(connection)
        lasted = time.monotonic() - began
    assert received.startswith(b"SSH-2.0-")
    assert 0.5 < lasted < 5
    eventually(lambda: not patrol.sessions(), "its session is gone")


def test_a_key_exchange_without_a_sign_in_ends_when_the_grace_is_over(patrol: Gate) -> None:
    place = Place(patrol)
    transport = connect(place.endpoint())
    assert transport.is_active()
    eventually(lambda: not transport.is_active(), "the gate ends it", timeout=5)
    transport.close()


def test_many_connections_without_a_sign_in_do_not_keep_others_out(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(limits={"unauthenticated_connections": 5}).start()
    place = Place(gate)
    signed_in = Paramiko(place.endpoint(), tmp_path / "signed-in")
    signed_in.list("/")
    silent = [dial(gate, STRANGER) for _ in range(5)]
    for connection in silent:
        assert connection.recv(4) == b"SSH-"
    with dial(gate, STRANGER) as surplus:
        # Closed at once, without a process and without a word.
        assert read_to_end(surplus) == b""
    assert len(gate.sessions()) == 6
    # Those who are in notice nothing.
    assert signed_in.list("/") == []
    for connection in silent:
        connection.close()
    eventually(lambda: len(gate.sessions()) == 1, "the silent ones are gone")
    with dial(gate, STRANGER) as another:
        assert another.recv(4) == b"SSH-"
    signed_in.close()


def test_connections_beyond_the_limit_are_refused(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(limits={"connections": 2}).start()
    place = Place(gate)
    clients = [Paramiko(place.endpoint(), tmp_path / f"client{n}") for n in range(2)]
    for client in clients:
        client.list("/")
    with dial(gate) as surplus:
        assert read_to_end(surplus) == b""
    clients[0].close()
    eventually(lambda: len(gate.sessions()) == 1, "one has left")
    Sftp(place.endpoint(), tmp_path / "new").batch("pwd")
    clients[1].close()


def test_a_flood_before_the_sign_in_is_cut_off(gate: Gate, place: Place) -> None:
    transport = connect(place.endpoint())
    session = eventually(gate.sessions, "the connection is listed")[0]
    message = paramiko.Message()
    message.add_byte(bytes([MSG_IGNORE]))
    message.add_string(os.urandom(16_000))
    sent = 0
    try:
        # Four times the default budget.
        while sent < 2 << 20 and transport.is_active():
            transport._send_message(message)
            sent += 16_000
            assert resident_mebibytes(session["pid"]) < MEMORY_LIMIT
    except (OSError, EOFError):
        pass
    eventually(lambda: not transport.is_active(), "the connection is cut")
    transport.close()
    eventually(lambda: session["id"] not in str(gate.sessions()), "its session is gone")

"""Sessions that use the processor: those that get nowhere are ended, the others are not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import paramiko
import pytest

from access import SignIn
from accounts import Place
from gate import Gate
from log_lines import Line, parse
from processes import peak_mebibytes, process, processor_seconds
from raw_sftp import EXTENDED, EXTENDED_REPLY, INIT, Long, RawSFTP, pack, packet
from waiting import eventually

#: Mebibytes that a session may hold while it spins: libssh gives up at 256.
MEMORY_LIMIT = 320


def spin(transport: paramiko.Transport) -> paramiko.Channel:
    """Makes libssh 0.10 send nothing for ever: ten bytes a packet leave no room for content.

    The channel is to be kept: it is closed when nobody holds it, and then there is nothing to send.
    """
    transport._sanitize_packet_size = lambda size: size  # type: ignore[method-assign]
    channel = transport.open_session(max_packet_size=10)
    channel.settimeout(20)
    channel.invoke_subsystem("sftp")
    channel.sendall(packet(INIT, pack(3)))
    return channel


def endings(gate: Gate, session: str) -> list[Line]:
    lines = [line for line in gate.log().splitlines() if session in line and "reason=" in line]
    return [line for line in map(parse, lines) if line.event.startswith("session")]


def test_a_session_that_spins_is_ended_and_nobody_else_notices(
    make_gate: Callable[..., Gate], transports: SignIn
) -> None:
    gate = make_gate(limits={"spin": "2s"}).start()
    if not has_flaw(gate):
        pytest.skip("libssh before 0.11 spins with packets this small, and this one is newer")
    place = Place(gate)
    neighbour = RawSFTP(transports(place, place.subuser(["file.sftp", "file.read"])))
    transport = transports(place, place.owner)
    assert RawSFTP(transport).is_alive()
    session = gate.session_of(place.owner.name)
    channel = spin(transport)
    peak = 0.0

    def is_gone() -> bool:
        nonlocal peak
        peak = max(peak, peak_mebibytes(session["pid"]))
        found = process(session["pid"])
        return found is None or found.is_gone

    eventually(is_gone, "the session that spins is ended", timeout=30)
    assert 0 < peak < MEMORY_LIMIT
    (ending,) = eventually(lambda: endings(gate, session["id"]), "the log says why")
    assert ending.level == "warning" and ending.fields["reason"] == "spinning"
    assert "processor time" in ending.fields["detail"]
    eventually(lambda: not transport.is_active(), "the client is told that it is over")
    assert channel.closed

    def recorded() -> list[str]:
        entries = gate.control.get("activity", event="server:sftp.logout")["activity"]
        ours = [entry["properties"] for entry in entries if entry["session"] == session["id"]]
        return [properties["reason"] for properties in ours]

    assert eventually(recorded, "the end is recorded") == ["spinning"]
    assert neighbour.is_alive()
    assert RawSFTP(transports(place, place.owner)).is_alive()


def has_flaw(gate: Gate) -> bool:
    """Whether the library that sessions are linked with never comes back from such a channel."""
    told = subprocess.run(
        [gate.programs.session, "list-algorithms"], capture_output=True, text=True, check=True
    ).stdout
    return told.startswith("libssh=0.10.")


def test_work_that_takes_long_is_not_mistaken_for_spinning(
    make_gate: Callable[..., Gate], transports: SignIn
) -> None:
    gate = make_gate(limits={"spin": "1s"}).start()
    place = Place(gate)
    with (place.files / "large").open("wb") as file:
        os.truncate(file.fileno(), 2 << 30)
    raw = RawSFTP(transports(place, place.owner))
    raw.channel.settimeout(120)
    number = gate.session_of(place.owner.name)["pid"]
    begun = processor_seconds(number)
    asked = (EXTENDED, pack(b"check-file-name", b"/large", b"sha512", Long(0), Long(0), 0))
    (reply,) = raw.pipeline(asked)
    assert reply.kind == EXTENDED_REPLY, reply
    # One request, and more processor time than a session may use up without getting anywhere.
    assert processor_seconds(number) - begun > 1.5
    assert raw.is_alive()

"""Corners of SSH: new keys in mid-transfer, odd packet sizes, windows that are ignored."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from paramiko.common import cMSG_CHANNEL_DATA

from accounts import Place
from clients import Sftp
from clients.openssh import quoted
from clients.paramiko_library import sign_in
from content import MEBIBYTE, digest, random_file
from gate import Gate
from processes import resident_mebibytes
from raw_sftp import RawSFTP, text
from waiting import eventually

#: Mebibytes that a session process may hold, whatever its client does.
MEMORY_LIMIT = 32


@pytest.mark.parametrize("cipher", ["aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"])
def test_new_keys_in_the_middle_of_a_transfer_change_nothing(
    cipher: str, place: Place, tmp_path: Path
) -> None:
    whole = random_file(tmp_path / "whole", 24 * MEBIBYTE)
    client = Sftp(place.endpoint(), tmp_path / "client")
    client.settings = (f"Ciphers={cipher}", "RekeyLimit=1M")
    said = client.batch(
        f"put {quoted(whole)} /up", f"get /up {quoted(tmp_path / 'back')}", extra=("-v",)
    )
    assert said.count("SSH2_MSG_NEWKEYS sent") > 20
    assert digest(place.files / "up") == digest(whole)
    assert digest(tmp_path / "back") == digest(whole)


@pytest.mark.parametrize("length", [10, 127])
def test_a_version_line_of_any_permitted_kind_is_understood(length: int, place: Place) -> None:
    with socket.create_connection((place.gate.host, place.gate.port), timeout=10) as connection:
        connection.settimeout(10)
        line = b"SSH-2.0-" + b"v" * (length - 8)
        connection.sendall(line + b"\r\n")
        received = b""
        while len(received) < 300:
            chunk = connection.recv(4096)
            assert chunk, f"the gate closed after {received!r}"
            received += chunk
    # After the version line comes the key exchange: message 20 in the first packet.
    packet = received.split(b"\r\n", 1)[1]
    assert packet[5] == 20


def send_data(transport: paramiko.Transport, channel: paramiko.Channel, data: bytes) -> None:
    """Sends channel data past paramiko's own bookkeeping of windows and sizes."""
    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_DATA)
    message.add_int(channel.remote_chanid)
    message.add_string(data)
    transport._send_message(message)


class NarrowTransport(paramiko.Transport):
    """Opens channels whose packets may have this many bytes."""

    packet_size = 0

    def _sanitize_packet_size(self, _: int | None) -> int:
        return self.packet_size


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11])
def test_a_channel_for_absurdly_small_packets_hurts_nobody_else(
    size: int, make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(limits={"stall": "1s"}).start()
    place = Place(gate)
    endpoint = place.endpoint()
    transport = NarrowTransport(socket.create_connection((gate.host, gate.port), timeout=10))
    transport.packet_size = size
    transport.start_client(timeout=10)
    transport.auth_password(endpoint.user, endpoint.password or "", fallback=False)
    process = gate.process_of(place.owner.name)
    try:
        channel = transport.open_session(timeout=5)
        channel.settimeout(5)
        channel.invoke_subsystem("sftp")
        send_data(transport, channel, struct.pack(">IBI", 5, 1, 3))
    except (paramiko.SSHException, OSError, EOFError):
        pass
    assert resident_mebibytes(process.id) < MEMORY_LIMIT
    Sftp(place.endpoint(place.subuser(["file.sftp"])), tmp_path).batch("pwd")
    answer = gate.control.post("revocations", body={"user": place.owner.name})
    assert process.is_gone
    assert answer["revocation"]["pending"] == []
    transport.close()


def test_data_beyond_the_window_costs_little_memory(place: Place) -> None:
    random_file(place.files / "large", 8 * MEBIBYTE)
    transport = sign_in(place.endpoint())
    raw = RawSFTP(transport)
    handle = raw.open_for_reading(b"/large")
    session = place.gate.session_of(place.owner.name)
    request = struct.pack(">I", 7) + text(handle) + struct.pack(">QI", 0, 261_120)
    packet = struct.pack(">IB", len(request) + 1, 5) + request
    flood = packet * (30_000 // len(packet))
    peak = 0.0
    try:
        # No reply is ever taken.
        for _ in range(64 * MEBIBYTE // len(flood)):
            if not transport.is_active():
                break
            send_data(transport, raw.channel, flood)
            peak = max(peak, resident_mebibytes(session["pid"]))
    except (OSError, EOFError):
        pass
    eventually(lambda: not transport.is_active(), "the session is ended")
    assert 0 < peak < MEMORY_LIMIT
    transport.close()

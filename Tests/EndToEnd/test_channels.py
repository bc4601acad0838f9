"""Many channels on one connection, one after the other, as multiplexing clients open them."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import paramiko

from accounts import Place
from clients.paramiko_library import sign_in
from waiting import eventually


def descriptors(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


def test_a_closed_channel_leaves_nothing_behind(place: Place) -> None:
    transport = sign_in(place.endpoint())
    try:
        paramiko.SFTPClient.from_transport(transport).close()
        [session] = place.gate.sessions()
        before = descriptors(session["pid"])
        for _ in range(50):
            client = paramiko.SFTPClient.from_transport(transport)
            assert client.listdir("/") == []
            client.close()
        eventually(
            lambda: descriptors(session["pid"]) <= before + 1, "the channels' roots are closed"
        )
    finally:
        transport.close()


def test_what_was_sent_before_a_client_left_is_done(place: Place) -> None:
    transport = sign_in(place.endpoint())
    try:
        client = paramiko.SFTPClient.from_transport(transport)
        file = client.open("/last", "wb")
        channel = client.get_channel()
        requests = b""
        for number in range(64):
            data = bytes([number]) * 1024
            body = struct.pack(">BI", 6, 1000 + number)
            body += struct.pack(">I", len(file.handle)) + file.handle
            body += struct.pack(">QI", number * 1024, len(data)) + data
            requests += struct.pack(">I", len(body)) + body
        channel.sendall(requests)
        # No reply is waited for: the end of the channel follows at once.
        channel.close()
        last: Path = place.files / "last"
        expected = b"".join(bytes([number]) * 1024 for number in range(64))
        eventually(lambda: last.read_bytes() == expected, "everything sent was written")
    finally:
        transport.close()

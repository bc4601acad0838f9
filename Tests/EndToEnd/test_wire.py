"""What happens on the wire: clients that do not read, bits that change, ciphers nobody wants."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest

from accounts import Place
from clients import ClientFailure, Sftp
from clients.openssh import quoted
from clients.paramiko_library import sign_in
from content import MEBIBYTE, digest, random_file
from gate import Gate
from processes import resident_mebibytes
from raw_sftp import RawSFTP
from relay import Relay
from waiting import eventually

#: Mebibytes that a session process may hold, whatever its client does.
MEMORY_LIMIT = 32


def test_a_client_whose_window_stays_shut_costs_little_memory(place: Place) -> None:
    random_file(place.files / "large", 64 * MEBIBYTE)
    transport = sign_in(place.endpoint())
    raw = RawSFTP(transport)
    handle = raw.open_for_reading(b"/large")
    session = place.gate.session_of(place.owner.name)
    before = resident_mebibytes(session["pid"])
    assert before > 0
    # A gigabyte asked for and not one reply taken.
    for number in range(4000):
        raw.ask_to_read(handle, (number % 200) * 261_120, 261_120)
    eventually(
        lambda: place.gate.session_of(place.owner.name)["contentRead"] > 0, "reading has begun"
    )
    assert resident_mebibytes(session["pid"]) < MEMORY_LIMIT
    # It was waiting, not stuck: now that replies are taken, they come.
    kind, body = raw.receive()
    assert kind == 103 and len(body) > 200_000
    assert resident_mebibytes(session["pid"]) < MEMORY_LIMIT
    transport.close()


def test_a_client_that_stops_reading_costs_little_memory_and_is_ended(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(limits={"stall": "2s"}).start()
    place = Place(gate)
    random_file(place.files / "large", 64 * MEBIBYTE)
    endpoint = place.endpoint()
    with Relay(endpoint.host, endpoint.port) as relay:
        transport = sign_in(endpoint.to_port(relay.port))
        # A window that never fills, so that only TCP holds the gate back.
        transport.default_window_size = 2**31 - 1
        raw = RawSFTP(transport)
        handle = raw.open_for_reading(b"/large")
        session = gate.session_of(place.owner.name)
        process = gate.process_of(place.owner.name)
        relay.down.paused.set()
        peak = 0.0
        try:
            for number in range(2000):
                raw.ask_to_read(handle, (number % 200) * 261_120, 261_120)
                if number % 50 == 0:
                    peak = max(peak, resident_mebibytes(session["pid"]))
        except (OSError, EOFError):
            pass

        def gone() -> bool:
            nonlocal peak
            peak = max(peak, resident_mebibytes(session["pid"]))
            return process.is_gone

        eventually(gone, "the session is ended as stalled", timeout=15)
        assert 0 < peak < MEMORY_LIMIT
        transport.close()
    eventually(
        lambda: [one for one in gate.log().splitlines() if session["id"] in one and "stall" in one],
        "the log says why",
    )


def test_compression_is_never_agreed(place: Place, tmp_path: Path) -> None:
    client = Sftp(place.endpoint(), tmp_path)
    agreed = [
        line
        for line in client.batch("pwd", extra=("-C", "-v")).splitlines()
        if "compression:" in line and "kex:" in line
    ]
    assert len(agreed) == 2 and all("compression: none" in line for line in agreed), agreed


@pytest.mark.parametrize("compression", ["zlib@openssh.com", "zlib"])
def test_a_client_that_insists_on_compression_gets_no_connection(
    compression: str, place: Place
) -> None:
    transport = paramiko.Transport(
        socket.create_connection((place.gate.host, place.gate.port), timeout=10)
    )
    transport.use_compression(True)
    transport._preferred_compression = (compression,)
    with pytest.raises((paramiko.SSHException, EOFError)):
        transport.start_client(timeout=10)
    transport.close()


CIPHERS = [
    "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com",
    "aes256-ctr", "aes128-ctr",
]


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_bit_that_changes_on_the_way_is_noticed(
    cipher: str, place: Place, tmp_path: Path
) -> None:
    whole = random_file(tmp_path / "whole", 4 * MEBIBYTE)

    def upload(name: str, flip_up: int | None = None, flip_down: int | None = None) -> str:
        endpoint = place.endpoint()
        with Relay(endpoint.host, endpoint.port) as relay:
            relay.up.flip_after = flip_up
            relay.down.flip_after = flip_down
            client = Sftp(endpoint.to_port(relay.port), tmp_path / name)
            client.settings = (f"Ciphers={cipher}",)
            try:
                client.batch(
                    f"put {quoted(whole)} /{name}",
                    f"get /{name} {quoted(tmp_path / 'back')}",
                )
            finally:
                flipped = relay.up.flipped, relay.down.flipped
                assert flipped == (flip_up is not None, flip_down is not None)
        return name

    upload("intact")
    assert digest(place.files / "intact") == digest(whole)
    assert digest(tmp_path / "back") == digest(whole)

    with pytest.raises(ClientFailure):
        upload("changed-up", flip_up=2 * MEBIBYTE)
    kept = (place.files / "changed-up").read_bytes()
    assert len(kept) < whole.stat().st_size
    assert whole.read_bytes().startswith(kept), "damaged content reached the disk"
    with pytest.raises(ClientFailure):
        upload("changed-down", flip_down=2 * MEBIBYTE)


def test_an_old_cipher_is_not_spoken(place: Place, tmp_path: Path) -> None:
    client = Sftp(place.endpoint(), tmp_path / "new")
    client.settings = ("Ciphers=aes128-ctr",)
    client.batch("pwd")
    old = Sftp(place.endpoint(), tmp_path / "old")
    old.settings = ("Ciphers=aes128-cbc,3des-cbc",)
    with pytest.raises(ClientFailure, match="no matching cipher"):
        old.batch("pwd")

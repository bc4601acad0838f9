"""The gate as a service: stopping, reloading, telling systemd, listening."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from accounts import Place
from clients import Paramiko, Sftp
from clients.paramiko_library import connect
from content import MEBIBYTE, random_file
from gate import Gate
from waiting import eventually

SLOW = 4000


# Stopping


def test_sigterm_says_goodbye_to_sessions_and_ends_with_zero(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(sessions={"shutdown_grace": "3s"}).start()
    place = Place(gate)
    source = random_file(tmp_path / "source", 16 * MEBIBYTE)
    transfer = Sftp(place.endpoint(), tmp_path / "client").start_put(source, "/up", SLOW)
    up = place.files / "up"
    eventually(lambda: up.exists() and up.stat().st_size > 0, "the upload has begun")
    began = time.monotonic()
    assert gate.stop() == 0
    assert time.monotonic() - began < 6
    assert transfer.wait() != 0
    assert "Received disconnect" in transfer.output(), transfer.output()
    assert gate.session_processes() == []
    assert not gate.socket.exists()


def test_sigterm_is_not_held_up_by_a_client_that_ignores_it(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(sessions={"shutdown_grace": "1s"}).start()
    place = Place(gate)
    with socket.create_connection((gate.host, gate.port)) as silent:
        assert silent.recv(4) == b"SSH-"
        transport = connect(place.endpoint())
        began = time.monotonic()
        assert gate.stop() == 0
        assert time.monotonic() - began < 6
        transport.close()


def test_a_stopped_gate_starts_again_at_once_on_the_same_port(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    client = Paramiko(place.endpoint(), tmp_path / "client")
    client.list("/")
    gate.stop()
    gate.start()
    Sftp(place.endpoint(), tmp_path / "again").batch("pwd")
    client.close()


# Reloading


def test_sighup_takes_over_what_can_be_changed_and_disturbs_nobody(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(log={"level": "info"}).start()
    place = Place(gate)
    client = Paramiko(place.endpoint(), tmp_path / "client")
    client.list("/")
    assert " debug " not in gate.log()
    gate.settings["log"]["level"] = "debug"
    gate.write_configuration()
    gate.signal(signal.SIGHUP)

    def is_chatty() -> bool:
        Sftp(place.endpoint(), tmp_path / "other").batch("pwd")
        return " debug " in gate.log()

    eventually(is_chatty, "the log level has changed")
    assert client.list("/") == []
    client.close()


def test_sighup_with_a_broken_configuration_keeps_the_gate_as_it_is(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    gate.settings["limits"] = {"nonsense": 1}
    gate.write_configuration()
    gate.signal(signal.SIGHUP)
    eventually(lambda: "limits.nonsense" in gate.log(), "the log names the problem")
    assert gate.is_running
    Sftp(place.endpoint(), tmp_path).batch("pwd")


# systemd's protocol


@contextmanager
def notifications(gate: Gate) -> Iterator[Callable[[str], bool]]:
    """Plays systemd; answers whether a line has been received."""
    path = gate.directory / "notify"
    received: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.setblocking(False)

        def has(line: str) -> bool:
            try:
                while True:
                    received.extend(listener.recv(4096).decode().splitlines())
            except BlockingIOError:
                pass
            return line in received

        gate.environment["NOTIFY_SOCKET"] = str(path)
        yield has


def test_systemd_hears_when_the_gate_is_ready_alive_and_stopping(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate()
    with notifications(gate) as has:
        gate.environment["WATCHDOG_USEC"] = "400000"
        assert not has("READY=1")
        gate.start()
        eventually(lambda: has("READY=1"), "READY=1")
        eventually(lambda: has("WATCHDOG=1"), "WATCHDOG=1")
        assert not has("STOPPING=1")
        assert gate.stop() == 0
        assert has("STOPPING=1")


def test_systemd_does_not_hear_of_a_gate_that_cannot_open(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()
    gate.volumes.rmdir()
    with notifications(gate) as has:
        gate.failed_start()
        assert not has("READY=1")
        gate.volumes.mkdir()
        gate.start()
        eventually(lambda: has("READY=1"), "READY=1")


# Addresses


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this host has no IPv6 loopback")
def test_the_gate_listens_on_ipv6(make_gate: Callable[..., Gate], tmp_path: Path) -> None:
    gate = make_gate(host="::1").start()
    place = Place(gate)
    client = Paramiko(place.endpoint(), tmp_path)
    client.list("/")
    assert gate.session_of(place.owner.name)["peer"].startswith("[::1]:")
    client.close()


@pytest.mark.skipif(not has_ipv6(), reason="this host has no IPv6 loopback")
def test_the_gate_listens_on_several_addresses(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate()
    gate.settings["ssh"]["listen"] = [f"127.0.0.1:{gate.port}", f"[::1]:{gate.port}"]
    gate.start()
    place = Place(gate)
    Sftp(place.endpoint(), tmp_path / "four").batch("pwd")
    six = replace(place.endpoint(), host="::1")
    Paramiko(six, tmp_path / "six").list("/")


def test_the_control_socket_is_for_its_owner_and_group(gate: Gate) -> None:
    assert oct(gate.socket.stat().st_mode & 0o777) == "0o660"

"""Clients that have signed in and then do what no client should."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import Paramiko
from clients.paramiko_library import sign_in
from gate import Gate
from processes import resident_mebibytes
from raw_sftp import RawSFTP
from waiting import eventually

#: Mebibytes that a session process may hold, whatever its client does.
MEMORY_LIMIT = 32


@pytest.fixture
def transport(place: Place) -> Iterator[paramiko.Transport]:
    signed_in = sign_in(place.endpoint())
    yield signed_in
    signed_in.close()


REQUESTS: dict[str, Callable[[paramiko.Channel], object]] = {
    "exec": lambda channel: channel.exec_command("id"),
    "shell": lambda channel: channel.invoke_shell(),
    "pty": lambda channel: channel.get_pty(),
    "another subsystem": lambda channel: channel.invoke_subsystem("netconf"),
    "X11": lambda channel: channel.request_x11(),
    "agent": lambda channel: channel.request_forward_agent(lambda _: None),
}


@pytest.mark.parametrize("request_name", REQUESTS)
def test_what_is_not_sftp_is_refused_and_sftp_goes_on(
    request_name: str, transport: paramiko.Transport
) -> None:
    channel = transport.open_session()
    channel.settimeout(10)
    try:
        REQUESTS[request_name](channel)
        # paramiko does not wait for the answer to an agent request.
        assert request_name == "agent"
    except paramiko.SSHException:
        pass
    channel.close()
    assert RawSFTP(transport).is_alive()


def test_forwarding_is_refused_and_sftp_goes_on(transport: paramiko.Transport) -> None:
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 5000))
    with pytest.raises(paramiko.SSHException):
        transport.request_port_forward("127.0.0.1", 0)
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("x11", src_addr=("127.0.0.1", 6000))
    assert RawSFTP(transport).is_alive()


def test_environment_variables_are_refused_or_ignored(transport: paramiko.Transport) -> None:
    channel = transport.open_session()
    channel.settimeout(10)
    channel.set_environment_variable("LD_PRELOAD", "/tmp/x.so")
    channel.invoke_subsystem("sftp")
    channel.close()
    assert RawSFTP(transport).is_alive()


@pytest.mark.parametrize("length", [0xFFFF_FFFF, 0x8000_0000, 262_145, 0])
def test_a_packet_of_impossible_length_closes_the_channel(
    length: int, place: Place, transport: paramiko.Transport
) -> None:
    raw = RawSFTP(transport)
    assert raw.is_alive()
    session = place.gate.session_of(place.owner.name)
    raw.channel.sendall(struct.pack(">IB", length, 3) + bytes(100))
    with pytest.raises(EOFError):
        while True:
            raw.receive()
    assert resident_mebibytes(session["pid"]) < MEMORY_LIMIT
    # The channel is closed; the connection and its next channel are not.
    assert RawSFTP(transport).is_alive()

    def reason() -> list[str]:
        lines = place.gate.log().splitlines()
        return [line for line in lines if session["id"] in line and "channel closed" in line]

    eventually(reason, "the log says why")


def test_a_request_before_init_closes_the_channel(transport: paramiko.Transport) -> None:
    raw = RawSFTP(transport, greet=False)
    raw.send(17, struct.pack(">I", 1) + struct.pack(">I", 1) + b"/")
    with pytest.raises(EOFError):
        raw.receive()
    assert RawSFTP(transport).is_alive()


def test_an_unknown_request_is_answered_and_the_session_goes_on(
    transport: paramiko.Transport,
) -> None:
    raw = RawSFTP(transport)
    raw.send(77, struct.pack(">I", 9) + b"whatever")
    kind, body = raw.receive()
    assert kind == 101 and struct.unpack(">II", body[:8]) == (9, 8), (kind, body)
    assert raw.is_alive()


def test_several_channels_work_and_too_many_are_refused(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(limits={"channels": 3}).start()
    transport = sign_in(Place(gate).endpoint())
    channels = [RawSFTP(transport) for _ in range(3)]
    assert all(channel.is_alive() for channel in channels)
    with pytest.raises(paramiko.ChannelException):
        transport.open_session()
    assert all(channel.is_alive() for channel in channels)
    channels[0].channel.close()

    def another() -> RawSFTP | None:
        try:
            return RawSFTP(transport)
        except paramiko.ChannelException:
            return None

    assert eventually(another, "a closed channel makes room").is_alive()
    transport.close()


def test_handles_beyond_the_limit_are_refused_with_a_reason(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(limits={"handles": 8}).start()
    place = Place(gate)
    (place.files / "file").touch()
    client = Paramiko(place.endpoint(), tmp_path)
    handles = [client.sftp.open("/file") for _ in range(8)]
    with pytest.raises(OSError, match="(?i)handles"):
        client.sftp.open("/file")
    handles[0].close()
    client.sftp.open("/file").close()
    client.close()


def test_nothing_outside_the_server_can_be_reached(place: Place, tmp_path: Path) -> None:
    (place.files / "inside").write_text("inside")
    secret = place.gate.volumes / "secret"
    secret.write_text("secret")
    (place.files / "way-out").symlink_to(secret)
    (place.files / "way-up").symlink_to("..")
    client = Paramiko(place.endpoint(place.subuser(FILE_PERMISSIONS)), tmp_path)
    assert client.sftp.open("/inside").read() == b"inside"
    ours = ["/way-out", "/way-up/secret", "/../secret", "/way-up/../secret", str(secret)]
    hosts = ["/../../../../etc/passwd", "/etc/passwd", "/proc/self/root/etc/passwd"]
    for path in ours + hosts:
        with pytest.raises(OSError) as caught:
            client.sftp.open(path).read()
        assert str(place.gate.directory) not in str(caught.value)
    # Only at what this test made: were there a way out, the host would suffer for it.
    for path in ours:
        try:
            # `..` above the root stays at the root, so some of these make a file inside.
            client.sftp.open(path, "w").close()
        except OSError:
            pass
    assert secret.read_text() == "secret"
    assert client.sftp.listdir("/..") == client.sftp.listdir("/")
    client.close()

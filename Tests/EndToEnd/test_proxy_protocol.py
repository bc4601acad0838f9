"""The PROXY protocol: where clients behind a load balancer really come from."""

from __future__ import annotations

import ipaddress
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from accounts import Place
from clients import Endpoint, Sftp
from gate import Gate, free_port, scan
from waiting import eventually

PROXY, STRANGER = "127.0.0.5", "127.0.0.6"
CLIENT, CLIENT_V6 = "192.0.2.55", "2001:db8::55"
UNPACKED = Path(__file__).resolve().parents[2] / ".build" / "unpacked"
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def line(client: str) -> bytes:
    """A header of version 1."""
    family = "TCP6" if ":" in client else "TCP4"
    gate = "2001:db8::1" if ":" in client else "192.0.2.1"
    return f"PROXY {family} {client} {gate} 4000 22\r\n".encode()


def block(client: str, command: int = 1, extra: bytes = b"") -> bytes:
    """A header of version 2; `extra` are fields behind the addresses."""
    address = ipaddress.ip_address(client)
    family = 0x11 if address.version == 4 else 0x21
    body = address.packed * 2 + struct.pack(">HH", 4000, 22) + extra
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack(">H", len(body)) + body


@pytest.fixture
def make_proxied(make_gate: Callable[..., Gate]) -> Callable[..., Gate]:
    def make(mode: str, **more: object) -> Gate:
        return make_gate(
            admission={"proxy_protocol": mode, "trusted_proxies": [PROXY], **more}
        ).start()

    return make


def dial(gate: Gate, source: str) -> socket.socket:
    return socket.create_connection((gate.host, gate.port), 10, (source, 0))


def sign_in_through(gate: Gate, place: Place, source: str, *parts: bytes) -> str:
    """Signs in behind a header that comes in parts; answers who the gate takes the client for."""
    connection = dial(gate, source)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for part in parts:
        connection.sendall(part)
        if len(parts) > 1:
            time.sleep(0.002)
    with closing(paramiko.Transport(connection)) as transport:
        transport.start_client(timeout=10)
        user = f"{place.owner.name}.{place.short_id}"
        transport.auth_password(user, place.owner.password, fallback=False)
        [session] = [one for one in gate.sessions() if one["username"] == place.owner.name]
        peer: str = session["peer"]
    eventually(lambda: not gate.sessions(), "the session has ended")
    return peer


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionError:
        return False
    return True


def is_closed(connection: socket.socket) -> bool:
    """Whether the gate ends a connection without a word."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("mode", ["optional", "required"])
@pytest.mark.parametrize("make", [line, block], ids=["version 1", "version 2"])
@pytest.mark.parametrize("client", [CLIENT, CLIENT_V6])
def test_the_client_is_where_a_trusted_proxy_says(
    make_proxied: Callable[..., Gate], mode: str, make: Callable[[str], bytes], client: str
) -> None:
    gate = make_proxied(mode)
    place = Place(gate)
    header = make(client)
    shown = f"[{client}]:4000" if ":" in client else f"{client}:4000"
    assert sign_in_through(gate, place, PROXY, header) == shown
    # Byte by byte, too.
    parts = [header[index : index + 1] for index in range(len(header))]
    assert sign_in_through(gate, place, PROXY, *parts) == shown
    found = gate.control.get("activity", event="server:sftp.login")["activity"]
    assert {entry["ip"] for entry in found} == {client}


def test_lists_and_penalties_go_by_the_true_address(make_proxied: Callable[..., Gate]) -> None:
    gate = make_proxied("required", deny=["192.0.2.0/24"])
    with dial(gate, PROXY) as connection:
        connection.sendall(line("198.51.100.7"))
        assert connection.recv(4) == b"SSH-"
    with dial(gate, PROXY) as connection:
        connection.sendall(line(CLIENT))
        assert is_closed(connection)
    assert f"peer={CLIENT}:4000" in gate.log() and "reason=denied_address" in gate.log()


def test_nobody_else_is_believed(make_proxied: Callable[..., Gate]) -> None:
    gate = make_proxied("optional")
    place = Place(gate)
    assert sign_in_through(gate, place, STRANGER).startswith(f"{STRANGER}:")
    with dial(gate, STRANGER) as connection:
        connection.sendall(line(CLIENT))
        eventually(lambda: not gate.sessions(), "it is no SSH, and ends")
    assert f"peer={CLIENT}" not in gate.log()


def test_with_required_nobody_comes_but_through_a_proxy_that_says_for_whom(
    make_proxied: Callable[..., Gate],
) -> None:
    gate = make_proxied("required", proxy_timeout="500ms")
    with dial(gate, STRANGER) as connection:
        assert is_closed(connection)
    assert "reason=not_through_proxy" in gate.log()
    for words in b"SSH-2.0-x\r\n", b"", line(CLIENT)[:-3], block(CLIENT)[:20]:
        before = gate.log().count("reason=proxy_header")
        with dial(gate, PROXY) as connection:
            connection.sendall(words)
            assert is_closed(connection), words
        eventually(
            lambda before=before: gate.log().count("reason=proxy_header") > before,
            "it is in the log",
        )
    assert gate.sessions() == []


def test_with_optional_a_client_at_the_proxys_own_address_comes_in(
    make_proxied: Callable[..., Gate],
) -> None:
    gate = make_proxied("optional", proxy_timeout="500ms")
    place = Place(gate)
    # One that speaks first, and one that waits for the gate's first line.
    assert sign_in_through(gate, place, PROXY).startswith(f"{PROXY}:")
    with dial(gate, PROXY) as connection:
        assert connection.recv(4) == b"SSH-"


def test_a_proxy_that_looks_whether_the_host_is_up_is_itself(
    make_proxied: Callable[..., Gate],
) -> None:
    gate = make_proxied("required")
    place = Place(gate)
    for header in b"PROXY UNKNOWN\r\n", block(CLIENT, command=0):
        assert sign_in_through(gate, place, PROXY, header).startswith(f"{PROXY}:")


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 192.0.2.55 192.0.2.1 4000\r\n",
        b"PROXY " + bytes(120),
        block(CLIENT)[:12] + b"\x31\x11" + block(CLIENT)[14:],
        block(CLIENT, extra=b"\x03\x00\x04\x00\x00\x00\x00"),
    ],
    ids=["no port", "too long", "version 3", "wrong checksum"],
)
def test_a_header_that_is_wrong_ends_the_connection_and_nothing_else(
    header: bytes, make_proxied: Callable[..., Gate]
) -> None:
    gate = make_proxied("optional")
    with dial(gate, PROXY) as connection:
        connection.sendall(header)
        assert is_closed(connection)
    assert "reason=proxy_header" in gate.log()
    assert sign_in_through(gate, Place(gate), PROXY, line(CLIENT)) == f"{CLIENT}:4000"


def test_a_proxy_that_hangs_up_halfway_costs_nothing(make_proxied: Callable[..., Gate]) -> None:
    gate = make_proxied("required", proxy_timeout="60s")
    for words in b"", line(CLIENT)[:10], block(CLIENT)[:5]:
        with dial(gate, PROXY) as connection:
            connection.sendall(words)
            eventually(lambda: gate.clients_held() == 1, "it waits for the rest")
        eventually(lambda: gate.clients_held() == 0, "nothing is kept for it")


@pytest.mark.parametrize("option", ["send-proxy", "send-proxy-v2", "send-proxy-v2 crc32c"])
def test_haproxy_passes_clients_on(
    option: str, make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(
        admission={"proxy_protocol": "required", "trusted_proxies": ["127.0.0.1"]}
    ).start()
    place = Place(gate)
    port = free_port()
    option = option.replace("crc32c", "proxy-v2-options crc32c")
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(
        f"""
        defaults
            mode tcp
            timeout connect 5s
            timeout client 60s
            timeout server 60s
        listen sftp
            bind 127.0.0.1:{port}
            server gate 127.0.0.1:{gate.port} {option} check inter 200ms
        \n"""
    )
    [libraries] = (UNPACKED / "usr/lib").glob("*-linux-gnu")
    with subprocess.Popen(
        [UNPACKED / "usr/sbin/haproxy", "-db", "-f", configuration],
        env={"LD_LIBRARY_PATH": str(libraries)},
    ) as haproxy:
        try:
            eventually(lambda: is_listening(port), "haproxy listens")
            endpoint = Endpoint(
                host="127.0.0.1",
                port=port,
                user=f"{place.owner.name}.{place.short_id}",
                trust=scan("127.0.0.1", port, tmp_path),
                password=place.owner.password,
            )
            Sftp(endpoint, tmp_path / "home").batch("mkdir /made")
            assert (place.files / "made").is_dir()
            with socket.create_connection((gate.host, port), 10, ("127.0.0.77", 0)) as one:
                assert one.recv(4) == b"SSH-"
                eventually(
                    lambda: any(
                        session["peer"].startswith("127.0.0.77:") for session in gate.sessions()
                    ),
                    "the client is where it is",
                )
        finally:
            haproxy.terminate()

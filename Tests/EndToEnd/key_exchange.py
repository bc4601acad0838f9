"""What a server offers before anybody signs in: its version line and its first packet."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass
from typing import Self

KEXINIT = 20

#: The name-lists of a KEXINIT in their order (RFC 4253 section 7.1).
LISTS = (
    "key-exchange", "host-keys", "ciphers", "ciphers back", "macs", "macs back",
    "compression", "compression back", "languages", "languages back",
)


@dataclass(frozen=True)
class Offer:
    """A version line without its end, and the lists of a KEXINIT."""

    version: bytes
    lists: dict[str, list[str]]

    @property
    def key_exchange(self) -> list[str]:
        """The methods, without the names that only announce an extension."""
        markers = ("kex-strict-", "ext-info-")
        return [name for name in self.lists["key-exchange"] if not name.startswith(markers)]

    @property
    def is_strict(self) -> bool:
        """Whether the countermeasure to Terrapin is announced (OpenSSH's PROTOCOL, 1.9)."""
        return "kex-strict-s-v00@openssh.com" in self.lists["key-exchange"]

    def packet(self) -> bytes:
        """The KEXINIT as it goes over the wire before there are keys."""
        payload = bytes([KEXINIT]) + bytes(16)
        for name in LISTS:
            text = ",".join(self.lists[name]).encode()
            payload += struct.pack(">I", len(text)) + text
        payload += bytes(5)
        padding = 8 - (5 + len(payload)) % 8 + 8
        return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def offer(host: str, port: int) -> Offer:
    """Connects, and reads what the server says first."""
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(b"SSH-2.0-asks\r\n")
        stream = connection.makefile("rb")
        version = stream.readline()
        assert version.endswith(b"\r\n"), version
        length, padding = struct.unpack(">IB", stream.read(5))
        payload = stream.read(length - 1)[: length - 1 - padding]
    assert payload[0] == KEXINIT
    lists: dict[str, list[str]] = {}
    rest = payload[17:]
    for name in LISTS:
        (size,) = struct.unpack(">I", rest[:4])
        text, rest = rest[4 : 4 + size].decode("ascii"), rest[4 + size :]
        lists[name] = text.split(",") if text else []
    return Offer(version[:-2], lists)


class Pretender:
    """A server on 127.0.0.1 that makes an offer to everybody and never goes on."""

    def __init__(self, made: Offer):
        self._greeting = made.version + b"\r\n" + made.packet()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.settimeout(5)
                    connection.sendall(self._greeting)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass
                except OSError:
                    pass

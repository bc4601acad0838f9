"""SFTP packets by hand, for requests that no decent client sends."""

from __future__ import annotations

import struct

import paramiko

INIT, VERSION = 1, 2
OPEN, READ, WRITE, STAT = 3, 5, 6, 17
STATUS, HANDLE, DATA = 101, 102, 103


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class RawSFTP:
    """The `sftp` subsystem on a channel, without a client library in between."""

    def __init__(self, transport: paramiko.Transport, greet: bool = True):
        self.channel = transport.open_session()
        self.channel.settimeout(20)
        self.channel.invoke_subsystem("sftp")
        if greet:
            self.send(INIT, struct.pack(">I", 3))
            kind, body = self.receive()
            assert kind == VERSION and body[:4] == struct.pack(">I", 3), (kind, body)

    def send(self, kind: int, body: bytes) -> None:
        self.channel.sendall(struct.pack(">IB", len(body) + 1, kind) + body)

    def receive(self) -> tuple[int, bytes]:
        (length,) = struct.unpack(">I", self._exactly(4))
        packet = self._exactly(length)
        return packet[0], packet[1:]

    def _exactly(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            chunk = self.channel.recv(count - len(received))
            if not chunk:
                raise EOFError("the channel is closed")
            received += chunk
        return received

    def open_for_reading(self, path: bytes) -> bytes:
        self.send(OPEN, struct.pack(">I", 1) + text(path) + struct.pack(">II", 1, 0))
        kind, body = self.receive()
        assert kind == HANDLE, (kind, body)
        return body[8:]

    def ask_to_read(self, handle: bytes, offset: int, length: int) -> None:
        self.send(
            READ, struct.pack(">I", 2) + text(handle) + struct.pack(">QI", offset, length)
        )

    def is_alive(self) -> bool:
        """Whether requests are still answered."""
        self.send(STAT, struct.pack(">I", 3) + text(b"/"))
        return self.receive()[0] == 105

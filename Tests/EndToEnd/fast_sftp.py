"""SFTP requests by the hundred on a channel of `fast_ssh`, without waiting for their replies."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from raw_sftp import INIT, VERSION, packet

if TYPE_CHECKING:
    from fast_wire import Wire

CHANNEL_DATA = 94

#: What is called with the kind and the whole body of a reply.
Receiver = Callable[[int, bytes], None]


class Channel:
    """The sftp subsystem: whole packets in, whole packets out, as much as the window lets pass."""

    def __init__(self, connection: Wire):
        self.connection = connection
        self.remote = self.window = self.largest = 0
        self.is_closed = False
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._last_id = 0
        #: What waits for a reply, by the request's id.
        self._waiting: dict[int, Receiver] = {}

    @property
    def unanswered(self) -> int:
        return len(self._waiting)

    def greet(self) -> None:
        """Sends INIT; its answer is taken whenever it comes."""
        self._outgoing += packet(INIT, struct.pack(">I", 3))

    def ask(self, kind: int, body: bytes, receiver: Receiver) -> None:
        """Has a request sent with the next `settle`."""
        self._last_id += 1
        self._waiting[self._last_id] = receiver
        self._outgoing += packet(kind, struct.pack(">I", self._last_id) + body)

    def feed(self, data: bytes) -> None:
        incoming = self._incoming
        incoming += data
        while len(incoming) >= 4:
            end = 4 + int.from_bytes(incoming[:4])
            if len(incoming) < end:
                return
            kind, body = incoming[4], bytes(incoming[5:end])
            del incoming[:end]
            if kind != VERSION:
                self._waiting.pop(int.from_bytes(body[:4]))(kind, body)

    def settle(self) -> None:
        """Sends what has gathered, as far as the other side takes it."""
        while self._outgoing and self.window > 0 and not self.is_closed:
            part = bytes(self._outgoing[: min(self.window, self.largest)])
            del self._outgoing[: len(part)]
            self.window -= len(part)
            head = struct.pack(">BII", CHANNEL_DATA, self.remote, len(part))
            self.connection.send(head + part)

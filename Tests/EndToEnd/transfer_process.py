"""A download that goes on and on, in a process of its own; `transfer.Transfer` starts it.

One file is read from its start to its end again and again on one connection, and hashed. Each line
of input is answered with how far it has come.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import struct
import sys
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fast_sftp import Channel
from fast_ssh import Connection
from fast_wire import CHANNEL_WINDOW, Gone
from raw_sftp import DATA, FOR_READING, HANDLE, OPEN, READ, Attributes, Fields, Long, pack

#: What a request reads, and requests under way at a time.
BLOCK, DEPTH = 32 * 1024, 64


class Download:
    """One file, over and over."""

    def __init__(self, channel: Channel, plan: dict[str, Any]):
        self._channel = channel
        self._path, self._size = plan["path"].encode(), plan["size"]
        self._expected = plan["sha256"]
        self._handle = b""
        self._asked = self._hashed = 0
        self._early: dict[int, bytes] = {}
        self._hash = hashlib.sha256()
        self.received = self.whole = self.wrong = 0

    def begin(self) -> None:
        def opened(kind: int, body: bytes) -> None:
            assert kind == HANDLE, body
            self._handle = Fields(body[4:]).string()
            for _ in range(DEPTH):
                self._ask()

        self._channel.ask(OPEN, pack(self._path, FOR_READING, Attributes()), opened)
        self._channel.settle()

    def _ask(self) -> None:
        position = self._asked
        self._asked += BLOCK

        def replied(kind: int, body: bytes) -> None:
            assert kind == DATA, body
            self._early[position] = body[8:]
            self._take()
            self._ask()

        offset = Long(position % self._size)
        self._channel.ask(READ, pack(self._handle, offset, BLOCK), replied)

    def _widen(self, count: int) -> None:
        """Lets the server send so many bytes more (RFC 4254 section 5.2), with room for heads."""
        body = struct.pack(">BII", CHANNEL_WINDOW, self._channel.remote, count + count // 64)
        self._channel.connection.send(body)

    def _take(self) -> None:
        while (data := self._early.pop(self._hashed, None)) is not None:
            self._hash.update(data)
            self._hashed += len(data)
            self.received += len(data)
            if self._hashed % self._size == 0:
                self.whole += 1
                # The window is larger than the file, so once for each is often enough.
                self._widen(self._size)
                self.wrong += self._hash.hexdigest() != self._expected
                self._hash = hashlib.sha256()


async def main() -> None:
    plan = json.loads(sys.argv[1])
    connection = await Connection.connect(
        plan["host"], plan["port"], tuple(plan["fingerprints"]), source=plan["source"]
    )
    await connection.begin()
    await connection.exchange()
    connection.prove(plan["user"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(plan["key"])))
    assert await connection.is_signed_in()
    channel = await connection.channel()
    channel.greet()
    download = Download(channel, plan)
    download.begin()
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while await lines.readline():
        told = {
            "at": time.monotonic(), "received": download.received, "whole": download.whole,
            "wrong": download.wrong, "ending": connection.ending,
        }
        os.write(1, json.dumps(told).encode() + b"\n")
    connection.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Gone as gone:
        sys.exit(f"the transfer was cut: {gone}")

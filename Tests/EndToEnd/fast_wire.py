"""The packets of SSH (RFC 4253 section 6), without threads, for `fast_ssh`."""

from __future__ import annotations

import asyncio
import struct
from collections import deque

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fast_sftp import Channel
from raw_sftp import Fields

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG = 1, 2, 3, 4
SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = 5, 6, 7
KEXINIT, NEWKEYS, ECDH_INIT, ECDH_REPLY = 20, 21, 30, 31
AUTH_REQUEST, AUTH_FAILURE, AUTH_SUCCESS, AUTH_BANNER = 50, 51, 52, 53
GLOBAL_REQUEST, REQUEST_FAILURE = 80, 82
CHANNEL_OPEN, CHANNEL_CONFIRMATION, CHANNEL_FAILURE = 90, 91, 92
CHANNEL_WINDOW, CHANNEL_DATA, CHANNEL_EOF, CHANNEL_CLOSE = 93, 94, 96, 97
CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_REFUSAL = 98, 99, 100



class Gone(Exception):
    """The connection is over; the text is what the server said, if it said anything."""


class Cipher:
    """One direction of aes128-gcm@openssh.com."""

    def __init__(self, key: bytes, iv: bytes):
        self._aead = AESGCM(key[:16])
        self._fixed = iv[:4]
        self._count = int.from_bytes(iv[4:12])

    def _nonce(self) -> bytes:
        nonce = self._fixed + (self._count & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8)
        self._count += 1
        return nonce

    def seal(self, payload: bytes) -> bytes:
        padding = 16 - (1 + len(payload)) % 16
        padding += 16 if padding < 4 else 0
        length = struct.pack(">I", 1 + len(payload) + padding)
        plain = bytes([padding]) + payload + bytes(padding)
        return length + self._aead.encrypt(self._nonce(), plain, length)

    def open(self, length: bytes, sealed: bytes) -> bytes:
        plain = self._aead.decrypt(self._nonce(), sealed, length)
        return plain[1 : len(plain) - plain[0]]


class Wire(asyncio.Protocol):
    """One connection's packets: what belongs to a channel goes there, the rest is waited for."""

    def __init__(self):
        self._inbox: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._buffer = bytearray()
        self._is_held = False
        self.server_version: bytes | None = None
        self.sealing: Cipher | None = None
        self.opening: Cipher | None = None
        self.channels: list[Channel] = []
        self.transport: asyncio.Transport | None = None
        #: Why it is over; None while it is not.
        self.ending: str | None = None
        #: The reason that the server gave.
        self.farewell = ""
        self.ended = asyncio.Event()
        #: Bytes that came off the wire.
        self.received = 0

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._buffer += data
        self._take_all()

    def _take_all(self) -> None:
        while not self._is_held and self.ending is None and (payload := self._next()) is not None:
            self._take(payload)
        for channel in self.channels:
            channel.settle()

    def connection_lost(self, error: Exception | None) -> None:
        self._end("" if error is None else str(error))

    def release(self, sealing: Cipher, opening: Cipher) -> None:
        """Goes on behind NEWKEYS, in both directions."""
        self.sealing, self.opening = sealing, opening
        self._is_held = False
        self._take_all()

    # Packets.

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if self.server_version is None:
            end = buffer.find(b"\n")
            if end < 0:
                return None
            self.server_version = bytes(buffer[:end]).rstrip(b"\r")
            del buffer[: end + 1]
            self._wake()
        if len(buffer) < 4:
            return None
        length = int.from_bytes(buffer[:4])
        whole = 4 + length + (16 if self.opening else 0)
        if len(buffer) < whole:
            return None
        packet = bytes(buffer[:whole])
        del buffer[:whole]
        if self.opening:
            return self.opening.open(packet[:4], packet[4:])
        return packet[5 : whole - packet[4]]

    def _take(self, payload: bytes) -> None:
        kind = payload[0]
        if kind in (CHANNEL_DATA, CHANNEL_WINDOW, CHANNEL_CLOSE, CHANNEL_EOF):
            fields = Fields(payload[1:])
            channel = self.channels[fields.number()]
            if kind == CHANNEL_DATA:
                channel.feed(fields.string())
            elif kind == CHANNEL_WINDOW:
                channel.window += fields.number()
            else:
                channel.is_closed = True
        elif kind == DISCONNECT:
            fields = Fields(payload[1:])
            fields.number()
            self.farewell = fields.string().decode()
            self._end(self.farewell)
        elif kind == GLOBAL_REQUEST:
            fields = Fields(payload[1:])
            fields.string()
            if fields.take(1) != b"\0":
                self.send(bytes([REQUEST_FAILURE]))
        elif kind not in (IGNORE, UNIMPLEMENTED, DEBUG, EXT_INFO, AUTH_BANNER):
            # Whatever follows NEWKEYS is sealed, and the key may not be known yet.
            self._is_held = kind == NEWKEYS
            self._inbox.append(payload)
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, reason: str) -> None:
        if self.ending is None:
            self.ending = reason
        for channel in self.channels:
            channel.is_closed = True
        self.close()
        self.ended.set()
        self._wake()

    async def _something(self) -> None:
        if self.ending is not None:
            raise Gone(self.ending)
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def packet(self, kind: int, *others: int) -> bytes:
        """The next packet, which must be one of these."""
        while not self._inbox:
            await self._something()
        payload = self._inbox.popleft()
        assert payload[0] in (kind, *others), f"{payload!r} instead of {kind}"
        return payload

    def send(self, payload: bytes) -> None:
        if self.ending is not None:
            raise Gone(self.ending)
        if self.sealing:
            self.transport.write(self.sealing.seal(payload))
            return
        padding = 8 - (5 + len(payload)) % 8
        padding += 8 if padding < 4 else 0
        head = struct.pack(">IB", 1 + len(payload) + padding, padding)
        self.transport.write(head + payload + bytes(padding))

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

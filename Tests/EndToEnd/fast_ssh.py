"""A small SSH client without threads, each step by itself, so that one process carries hundreds.

Only what the gate always offers: curve25519-sha256, ssh-ed25519, aes128-gcm@openssh.com (RFC 4253,
8731 and 5647), passwords and Ed25519 keys (RFC 4252), channels with the sftp subsystem (RFC 4254).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import socket
import struct
from collections import deque

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fast_sftp import Channel
from raw_sftp import Fields, text

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG = 1, 2, 3, 4
SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = 5, 6, 7
KEXINIT, NEWKEYS, ECDH_INIT, ECDH_REPLY = 20, 21, 30, 31
AUTH_REQUEST, AUTH_FAILURE, AUTH_SUCCESS, AUTH_BANNER = 50, 51, 52, 53
GLOBAL_REQUEST, REQUEST_FAILURE = 80, 82
CHANNEL_OPEN, CHANNEL_CONFIRMATION, CHANNEL_FAILURE = 90, 91, 92
CHANNEL_WINDOW, CHANNEL_DATA, CHANNEL_EOF, CHANNEL_CLOSE = 93, 94, 96, 97
CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_REFUSAL = 98, 99, 100

VERSION = b"SSH-2.0-rounds"
#: More than any round moves, so that no window has to be opened again.
WINDOW = 0x7FFF_FFFF
LARGEST = 262_144


class Gone(Exception):
    """The connection is over; the text is what the server said, if it said anything."""


def names(*values: str) -> bytes:
    return text(",".join(values).encode())


def mpint(value: bytes) -> bytes:
    stripped = value.lstrip(b"\0")
    return text(b"\0" + stripped if stripped and stripped[0] & 0x80 else stripped)


def public_blob(key: Ed25519PrivateKey) -> bytes:
    return text(b"ssh-ed25519") + text(key.public_key().public_bytes_raw())


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


class Connection(asyncio.Protocol):
    """One connection; its steps are `connect`, `begin`, `exchange`, `sign_in`, `channel`."""

    def __init__(self, fingerprints: tuple[str, ...]):
        self._fingerprints = fingerprints
        self._inbox: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._buffer = bytearray()
        self._is_held = False
        self._server_version: bytes | None = None
        self._sealing: Cipher | None = None
        self._opening: Cipher | None = None
        self._session_id = b""
        self._channels: list[Channel] = []
        self.transport: asyncio.Transport | None = None
        #: Why it is over; None while it is not.
        self.ending: str | None = None
        #: The reason that the server gave.
        self.farewell = ""
        self.ended = asyncio.Event()
        #: Bytes that came off the wire.
        self.received = 0

    @classmethod
    async def connect(
        cls, host: str, port: int, fingerprints: tuple[str, ...], receive_buffer: int = 0
    ) -> Connection:
        """Is accepted and sends nothing; without a size the kernel sizes the buffer."""
        loop = asyncio.get_running_loop()
        wire = socket.socket()
        wire.setblocking(False)
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await loop.sock_connect(wire, (host, port))
            _, made = await loop.create_connection(lambda: cls(fingerprints), sock=wire)
        except OSError as error:
            wire.close()
            raise Gone(str(error)) from error
        return made

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
        for channel in self._channels:
            channel.settle()

    def connection_lost(self, error: Exception | None) -> None:
        self._end("" if error is None else str(error))

    # Packets.

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if self._server_version is None:
            end = buffer.find(b"\n")
            if end < 0:
                return None
            self._server_version = bytes(buffer[:end]).rstrip(b"\r")
            del buffer[: end + 1]
            self._wake()
        if len(buffer) < 4:
            return None
        length = int.from_bytes(buffer[:4])
        whole = 4 + length + (16 if self._opening else 0)
        if len(buffer) < whole:
            return None
        packet = bytes(buffer[:whole])
        del buffer[:whole]
        if self._opening:
            return self._opening.open(packet[:4], packet[4:])
        return packet[5 : whole - packet[4]]

    def _take(self, payload: bytes) -> None:
        kind = payload[0]
        if kind in (CHANNEL_DATA, CHANNEL_WINDOW, CHANNEL_CLOSE, CHANNEL_EOF):
            fields = Fields(payload[1:])
            channel = self._channels[fields.number()]
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
        for channel in self._channels:
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
        if self._sealing:
            self.transport.write(self._sealing.seal(payload))
            return
        padding = 8 - (5 + len(payload)) % 8
        padding += 8 if padding < 4 else 0
        head = struct.pack(">IB", 1 + len(payload) + padding, padding)
        self.transport.write(head + payload + bytes(padding))

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    # Steps.

    async def begin(self) -> None:
        """Gets into the key exchange and leaves it there: everything but the last word is said."""
        self.transport.write(VERSION + b"\r\n")
        self._offer = bytes([KEXINIT]) + os.urandom(16)
        self._offer += names("curve25519-sha256") + names("ssh-ed25519")
        self._offer += names("aes128-gcm@openssh.com") * 2 + names("hmac-sha2-256") * 2
        self._offer += names("none") * 2 + names() * 2 + bytes(5)
        self.send(self._offer)
        self._secret = X25519PrivateKey.generate()
        self._point = self._secret.public_key().public_bytes_raw()
        self.send(bytes([ECDH_INIT]) + text(self._point))
        theirs = await self.packet(KEXINIT)
        reply = Fields((await self.packet(ECDH_REPLY))[1:])
        host_key, point, signature = reply.string(), reply.string(), reply.string()
        secret = self._secret.exchange(X25519PublicKey.from_public_bytes(point))
        hashed = hashlib.sha256(
            b"".join(map(text, (VERSION, self._server_version, self._offer, theirs, host_key)))
            + text(self._point) + text(point) + mpint(secret)
        ).digest()
        self._check(host_key, signature, hashed)
        self._session_id = hashed

        def derived(letter: bytes) -> bytes:
            return hashlib.sha256(mpint(secret) + hashed + letter + hashed).digest()

        self._keys = (
            Cipher(derived(b"C"), derived(b"A")),
            Cipher(derived(b"D"), derived(b"B")),
        )

    def _check(self, host_key: bytes, signature: bytes, hashed: bytes) -> None:
        shown = base64.b64encode(hashlib.sha256(host_key).digest()).decode().rstrip("=")
        assert f"SHA256:{shown}" in self._fingerprints, "another host's key"
        key, signed = Fields(host_key), Fields(signature)
        assert key.string() == signed.string() == b"ssh-ed25519"
        Ed25519PublicKey.from_public_bytes(key.string()).verify(signed.string(), hashed)

    async def exchange(self) -> None:
        """Ends the key exchange."""
        self.send(bytes([NEWKEYS]))
        await self.packet(NEWKEYS)
        self._sealing, self._opening = self._keys
        self._is_held = False
        self._take_all()
        self.send(bytes([SERVICE_REQUEST]) + text(b"ssh-userauth"))
        await self.packet(SERVICE_ACCEPT)

    def prove(self, user: str, proof: str | Ed25519PrivateKey) -> None:
        """Asks to be signed in, with a password or a key, and does not wait for the answer."""
        request = bytes([AUTH_REQUEST]) + text(user.encode()) + text(b"ssh-connection")
        if isinstance(proof, str):
            self.send(request + text(b"password") + b"\0" + text(proof.encode()))
            return
        request += text(b"publickey") + b"\1" + text(b"ssh-ed25519") + text(public_blob(proof))
        signature = proof.sign(text(self._session_id) + request)
        self.send(request + text(text(b"ssh-ed25519") + text(signature)))

    async def is_signed_in(self) -> bool:
        """How the request was answered."""
        return (await self.packet(AUTH_SUCCESS, AUTH_FAILURE))[0] == AUTH_SUCCESS

    async def channel(self) -> Channel:
        """Opens a channel with the sftp subsystem on it; its INIT is not sent yet."""
        number = len(self._channels)
        made = Channel(self)
        self._channels.append(made)
        body = struct.pack(">III", number, WINDOW, LARGEST)
        self.send(bytes([CHANNEL_OPEN]) + text(b"session") + body)
        answer = await self.packet(CHANNEL_CONFIRMATION, CHANNEL_FAILURE)
        if answer[0] == CHANNEL_FAILURE:
            raise Gone("the channel is refused")
        _, made.remote, made.window, made.largest = struct.unpack(">IIII", answer[1:17])
        request = struct.pack(">I", made.remote) + text(b"subsystem") + b"\1" + text(b"sftp")
        self.send(bytes([CHANNEL_REQUEST]) + request)
        if (await self.packet(CHANNEL_SUCCESS, CHANNEL_REFUSAL))[0] == CHANNEL_REFUSAL:
            raise Gone("the subsystem is refused")
        return made

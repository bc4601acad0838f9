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
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from fast_sftp import Channel
from fast_wire import (
    AUTH_FAILURE, AUTH_REQUEST, AUTH_SUCCESS, CHANNEL_CONFIRMATION, CHANNEL_FAILURE, CHANNEL_OPEN,
    CHANNEL_REFUSAL, CHANNEL_REQUEST, CHANNEL_SUCCESS, ECDH_INIT, ECDH_REPLY, KEXINIT, NEWKEYS,
    SERVICE_ACCEPT, SERVICE_REQUEST, Cipher, Gone, Wire,
)
from raw_sftp import Fields, text

VERSION = b"SSH-2.0-rounds"
#: More than any round moves, so that no window has to be opened again.
WINDOW = 0x7FFF_FFFF
LARGEST = 262_144


def names(*values: str) -> bytes:
    return text(",".join(values).encode())


def mpint(value: bytes) -> bytes:
    stripped = value.lstrip(b"\0")
    return text(b"\0" + stripped if stripped and stripped[0] & 0x80 else stripped)


def public_blob(key: Ed25519PrivateKey) -> bytes:
    return text(b"ssh-ed25519") + text(key.public_key().public_bytes_raw())


class Connection(Wire):
    """One connection; `connect`, `begin`, `exchange`, `prove` and `channel` are its steps."""

    def __init__(self, fingerprints: tuple[str, ...]):
        super().__init__()
        self._fingerprints = fingerprints
        self._session_id = b""

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        fingerprints: tuple[str, ...],
        receive_buffer: int = 0,
        source: str = "",
    ) -> Self:
        """Is accepted and sends nothing.

        Without a size the kernel sizes the buffer; `source` is the address to come from.
        """
        loop = asyncio.get_running_loop()
        wire = socket.socket()
        wire.setblocking(False)
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            wire.bind((source, 0))
        try:
            await loop.sock_connect(wire, (host, port))
            _, made = await loop.create_connection(lambda: cls(fingerprints), sock=wire)
        except OSError as error:
            wire.close()
            raise Gone(str(error)) from error
        return made

    async def greeted(self) -> None:
        """Returns once the server's version line is there."""
        while self.server_version is None:
            await self._something()

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
            b"".join(map(text, (VERSION, self.server_version, self._offer, theirs, host_key)))
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
        self.release(*self._keys)
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
        number = len(self.channels)
        made = Channel(self)
        self.channels.append(made)
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

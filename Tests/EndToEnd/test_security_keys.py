"""Keys that live in FIDO authenticators, here in one made of software (OpenSSH PROTOCOL.u2f)."""

from __future__ import annotations

import base64
import hashlib

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256
from paramiko.message import Message

from accounts import Place
from clients.paramiko_library import connect

APPLICATION = b"ssh:"
USER_PRESENT = 0x01


class SecurityKey(paramiko.PKey):
    """What an authenticator does: it signs hashes, a flag for the touch, and a counter."""

    public_blob = None

    def __init__(self, kind: str):
        self.kind = kind
        self.counter = 0
        self.flags = USER_PRESENT
        self.private = (
            ed25519.Ed25519PrivateKey.generate()
            if kind.startswith("sk-ssh-ed25519")
            else ec.generate_private_key(ec.SECP256R1())
        )

    def get_name(self) -> str:
        return self.kind

    def can_sign(self) -> bool:
        return True

    def asbytes(self) -> bytes:
        blob = Message()
        blob.add_string(self.kind)
        public = self.private.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            blob.add_string(
                public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            )
        else:
            blob.add_string("nistp256")
            blob.add_string(
                public.public_bytes(
                    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
                )
            )
        blob.add_string(APPLICATION)
        return blob.asbytes()

    def public_line(self) -> str:
        return f"{self.kind} {base64.b64encode(self.asbytes()).decode()} touch"

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Message:
        self.counter += 1
        signed = (
            hashlib.sha256(APPLICATION).digest()
            + bytes([self.flags])
            + self.counter.to_bytes(4, "big")
            + hashlib.sha256(data).digest()
        )
        answer = Message()
        answer.add_string(self.kind)
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            answer.add_string(self.private.sign(signed))
        else:
            first, second = utils.decode_dss_signature(
                self.private.sign(signed, ec.ECDSA(SHA256()))
            )
            pair = Message()
            pair.add_mpint(first)
            pair.add_mpint(second)
            answer.add_string(pair.asbytes())
        answer.add_byte(bytes([self.flags]))
        answer.add_int(self.counter)
        return answer


KINDS = ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_an_authenticator_signs_in(place: Place, kind: str) -> None:
    key = SecurityKey(kind)
    place.gate.control.post(
        "users", place.owner.name, "keys", body={"publicKey": key.public_line()}
    )
    transport = connect(place.endpoint())
    try:
        transport.auth_publickey(place.endpoint().user, key)
        assert transport.is_authenticated()
        assert paramiko.SFTPClient.from_transport(transport).listdir("/") == []
    finally:
        transport.close()


@pytest.mark.parametrize("kind", KINDS)
def test_another_authenticator_with_the_registered_public_key_does_not(
    place: Place, kind: str
) -> None:
    registered, forger = SecurityKey(kind), SecurityKey(kind)
    place.gate.control.post(
        "users", place.owner.name, "keys", body={"publicKey": registered.public_line()}
    )
    forger.asbytes = registered.asbytes  # type: ignore[method-assign]
    transport = connect(place.endpoint())
    transport.auth_timeout = 8
    try:
        with pytest.raises((paramiko.SSHException, EOFError)):
            transport.auth_publickey(place.endpoint().user, forger)
        assert not transport.is_authenticated()
    finally:
        transport.close()

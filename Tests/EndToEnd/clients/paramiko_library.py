"""paramiko, a library that many panels and scripts use; here also the way to odd requests."""

from __future__ import annotations

import socket
from pathlib import Path

import paramiko

from .base import Client, ClientFailure, Endpoint


def connect(
    endpoint: Endpoint,
    timeout: float = 20,
    version: str | None = None,
    source: str = "",
) -> paramiko.Transport:
    """A key exchange with the right host, and nobody signed in.

    `version` is a software name, `source` the address to come from.
    """
    transport = paramiko.Transport(
        socket.create_connection(
            (endpoint.host, endpoint.port), timeout=timeout, source_address=(source, 0)
        )
    )
    if version is not None:
        transport.local_version = f"SSH-2.0-{version}"
    transport.banner_timeout = timeout
    transport.auth_timeout = timeout
    try:
        transport.start_client(timeout=timeout)
    except Exception:
        transport.close()
        raise
    shown = f"SHA256:{fingerprint(transport.get_remote_server_key())}"
    assert shown in endpoint.trust.fingerprints, f"host key {shown} is not one of the gate's"
    return transport


def fingerprint(key: paramiko.PKey) -> str:
    """The SHA-256 of a key as OpenSSH prints it, without the prefix."""
    text = key.fingerprint
    return text.removeprefix("SHA256:")


def sign_in(
    endpoint: Endpoint,
    timeout: float = 20,
    version: str | None = None,
    source: str = "",
) -> paramiko.Transport:
    """A connection on which the account has signed in."""
    transport = connect(endpoint, timeout, version, source)
    try:
        if endpoint.key is not None:
            key = paramiko.PKey.from_path(endpoint.key)
            transport.auth_publickey(endpoint.user, key)
        else:
            transport.auth_password(endpoint.user, endpoint.password or "", fallback=False)
    except Exception:
        transport.close()
        raise
    return transport


class Paramiko(Client):
    name = "paramiko"
    _transport: paramiko.Transport | None = None
    _sftp: paramiko.SFTPClient | None = None

    @property
    def transport(self) -> paramiko.Transport:
        if self._transport is None:
            self._transport = sign_in(self.endpoint)
        return self._transport

    @property
    def sftp(self) -> paramiko.SFTPClient:
        if self._sftp is None:
            opened = paramiko.SFTPClient.from_transport(self.transport)
            assert opened is not None
            opened.get_channel().settimeout(60)
            self._sftp = opened
        return self._sftp

    def attempt(self, operation, *arguments):
        try:
            return operation(*arguments)
        except (OSError, paramiko.SSHException) as error:
            raise ClientFailure(f"{type(error).__name__}: {error}") from error

    def list(self, path: str) -> list[str]:
        return self.attempt(lambda: self.sftp.listdir(path))

    def get(self, remote: str, local: Path) -> None:
        self.attempt(lambda: self.sftp.get(remote, str(local)))

    def put(self, local: Path, remote: str) -> None:
        self.attempt(lambda: self.sftp.put(str(local), remote))

    def resume_put(self, local: Path, remote: str) -> None:
        def resume() -> None:
            done = self.sftp.stat(remote).st_size or 0
            with local.open("rb") as source, self.sftp.open(remote, "r+b") as target:
                source.seek(done)
                target.seek(done)
                target.set_pipelined(True)
                while chunk := source.read(32768):
                    target.write(chunk)

        self.attempt(resume)

    def mkdir(self, path: str) -> None:
        self.attempt(lambda: self.sftp.mkdir(path))

    def rename(self, source: str, target: str) -> None:
        self.attempt(lambda: self.sftp.rename(source, target))

    def remove(self, path: str) -> None:
        self.attempt(lambda: self.sftp.remove(path))

    def rmdir(self, path: str) -> None:
        self.attempt(lambda: self.sftp.rmdir(path))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = None
        self._sftp = None

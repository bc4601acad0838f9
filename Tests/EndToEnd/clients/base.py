"""What every client driver offers, and how a client program is run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


class ClientFailure(Exception):
    """A client could not do what it was asked; its text is what a person would have seen."""


@dataclass(frozen=True)
class Trust:
    """The host keys that clients accept: a known_hosts file, and the same as fingerprints."""

    known_hosts: Path
    fingerprints: tuple[str, ...]


@dataclass(frozen=True)
class Endpoint:
    """Where to sign in, as whom and with what: a password or a private key."""

    host: str
    port: int
    user: str
    trust: Trust
    password: str | None = None
    key: Path | None = None

    def to_port(self, port: int) -> Endpoint:
        """The same account and host keys through a port on 127.0.0.1, for instance a relay's."""
        text = self.trust.known_hosts.read_text()
        known_hosts = self.trust.known_hosts.with_suffix(f".{port}")
        known_hosts.write_text(
            text.replace(f"[{self.host}]:{self.port} ", f"[127.0.0.1]:{port} ")
        )
        trust = Trust(known_hosts, self.trust.fingerprints)
        return replace(self, host="127.0.0.1", port=port, trust=trust)


class Client:
    """One account used through one client program.

    Paths are absolute inside the server. A subclass implements what its program can do and names
    what it cannot in `lacks`.
    """

    name = "client"
    #: Operations that the program does not have.
    lacks: frozenset[str] = frozenset()
    #: Key types that the program cannot sign with in a way that a careful server accepts.
    unusable_keys: frozenset[str] = frozenset()

    def __init__(self, endpoint: Endpoint, home: Path):
        self.endpoint = endpoint
        self.home = home
        home.mkdir(parents=True, exist_ok=True)

    def list(self, path: str) -> list[str]:
        raise NotImplementedError

    def get(self, remote: str, local: Path) -> None:
        raise NotImplementedError

    def put(self, local: Path, remote: str) -> None:
        raise NotImplementedError

    def resume_put(self, local: Path, remote: str) -> None:
        raise NotImplementedError

    def mkdir(self, path: str) -> None:
        raise NotImplementedError

    def rename(self, source: str, target: str) -> None:
        raise NotImplementedError

    def remove(self, path: str) -> None:
        raise NotImplementedError

    def rmdir(self, path: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Ends a connection that is kept open between operations."""

    def can(self, operation: str) -> bool:
        return operation not in self.lacks

    def environment(self) -> dict[str, str]:
        """A clean environment: nothing of the person who runs the tests."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        }

    def run(self, arguments: Sequence[str], text: str | None = None, timeout: float = 120) -> str:
        """Runs the program to its end and answers what it printed; raises `ClientFailure`."""
        try:
            finished = subprocess.run(
                arguments,
                input=text if text is not None else "",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd=self.home,
                timeout=timeout,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as expired:
            output = expired.output or b""
            shown = output.decode(errors="replace") if isinstance(output, bytes) else output
            raise AssertionError(f"{self.name} hung for {timeout:.0f} s: {shown}") from expired
        if finished.returncode != 0:
            raise ClientFailure(f"{self.name} ended with {finished.returncode}: {finished.stdout}")
        return finished.stdout

    def start(self, arguments: Sequence[str], text: str | None = None) -> Running:
        """Starts the program and returns while it runs."""
        return Running(self, arguments, text)


class Running:
    """A client program at work."""

    def __init__(self, client: Client, arguments: Sequence[str], text: str | None):
        self.log = client.home / f"{client.name}-{id(self):x}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=client.environment(),
                cwd=client.home,
                start_new_session=True,
            )
        assert self.process.stdin is not None
        if text is not None:
            self.process.stdin.write(text.encode())
        self.process.stdin.close()

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self, timeout: float = 60) -> int:
        """Waits for the program's own end and answers its exit status."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired as expired:
            self.kill()
            raise AssertionError(f"still running after {timeout} s: {self.output()}") from expired

    def kill(self) -> None:
        if self.is_running:
            self.process.kill()
            self.process.wait()

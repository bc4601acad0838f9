"""OpenSSH's own clients: `sftp` in batch mode and `scp`, which speaks SFTP since 9.0."""

from __future__ import annotations

import shlex
from pathlib import Path

from .base import Client, Running


def quoted(path: object) -> str:
    """A path as one word of an sftp batch."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


class OpenSSH(Client):
    """What `sftp` and `scp` have in common: options, and a password without a terminal."""

    #: Further `-o` settings, for instance a cipher.
    settings: tuple[str, ...] = ()

    def options(self) -> list[str]:
        endpoint = self.endpoint
        settings = [
            *self.settings,
            # Before -b, which would set it to yes and so forbid passwords.
            "BatchMode=no",
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={endpoint.trust.known_hosts}",
            "GlobalKnownHostsFile=/dev/null",
            "NumberOfPasswordPrompts=1",
            "ConnectTimeout=20",
            "IdentitiesOnly=yes",
        ]
        if endpoint.key is not None:
            settings += [f"IdentityFile={endpoint.key}", "PreferredAuthentications=publickey"]
        else:
            settings += ["IdentityFile=none", "PreferredAuthentications=password"]
        arguments = ["-F", "none"]
        for setting in settings:
            arguments += ["-o", setting]
        return arguments

    def environment(self) -> dict[str, str]:
        environment = super().environment()
        if self.endpoint.password is not None:
            helper = self.home / "askpass"
            if not helper.exists():
                helper.write_text('#!/bin/sh\nprintf "%s\\n" "$SIGN_IN_PASSWORD"\n')
                helper.chmod(0o700)
            environment |= {
                "SSH_ASKPASS": str(helper),
                "SSH_ASKPASS_REQUIRE": "force",
                "SIGN_IN_PASSWORD": self.endpoint.password,
            }
        return environment


class Sftp(OpenSSH):
    name = "sftp"

    def command(self, *extra: str) -> list[str]:
        endpoint = self.endpoint
        return [
            "sftp", *self.options(), *extra, "-P", str(endpoint.port), "-b", "-",
            f"{endpoint.user}@{endpoint.host}",
        ]

    def batch(self, *lines: str, extra: tuple[str, ...] = (), timeout: float = 120) -> str:
        """Runs commands until the first that fails."""
        return self.run(self.command(*extra), "".join(f"{line}\n" for line in lines), timeout)

    def start_batch(self, *lines: str, extra: tuple[str, ...] = ()) -> Running:
        return self.start(self.command(*extra), "".join(f"{line}\n" for line in lines))

    def start_put(self, local: Path, remote: str, kbit: int) -> Running:
        """Begins an upload held to `kbit` kilobits a second."""
        return self.start_batch(f"put {quoted(local)} {quoted(remote)}", extra=("-l", str(kbit)))

    def start_get(self, remote: str, local: Path, kbit: int) -> Running:
        return self.start_batch(f"get {quoted(remote)} {quoted(local)}", extra=("-l", str(kbit)))

    def list(self, path: str) -> list[str]:
        output = self.batch(f"ls -1a {quoted(path)}")
        lines = [line for line in output.splitlines() if not line.startswith("sftp> ")]
        names = [line.strip().rsplit("/", 1)[-1] for line in lines if line.strip()]
        return [name for name in names if name not in (".", "..")]

    def get(self, remote: str, local: Path) -> None:
        self.batch(f"get {quoted(remote)} {quoted(local)}")

    def put(self, local: Path, remote: str) -> None:
        self.batch(f"put {quoted(local)} {quoted(remote)}")

    def resume_put(self, local: Path, remote: str) -> None:
        self.batch(f"reput {quoted(local)} {quoted(remote)}")

    def mkdir(self, path: str) -> None:
        self.batch(f"mkdir {quoted(path)}")

    def rename(self, source: str, target: str) -> None:
        self.batch(f"rename {quoted(source)} {quoted(target)}")

    def remove(self, path: str) -> None:
        self.batch(f"rm {quoted(path)}")

    def rmdir(self, path: str) -> None:
        self.batch(f"rmdir {quoted(path)}")

    def list_many(self, path: str) -> list[str]:
        """What `list` answers, for directories whose listing fills a pipe.

        `ssh` makes the errors' pipe non-blocking. Where it is the listing's too, `sftp` loses what
        it prints while the pipe is full; a file is never full.
        """
        running = self.start_batch(f"ls -1a {quoted(path)}")
        assert running.wait(120) == 0, running.output()[-3000:]
        lines = [line for line in running.output().splitlines() if not line.startswith("sftp> ")]
        names = [line.rsplit("/", 1)[-1] for line in lines]
        return [name for name in names if name not in (".", "..")]

    def put_tree(self, local: Path, remote: str) -> None:
        """Makes a directory like the local one, times and modes too."""
        self.batch(f"put -r -p {quoted(local)} {quoted(remote)}")

    def get_tree(self, remote: str, local: Path) -> None:
        self.batch(f"get -r -p {quoted(remote)} {quoted(local)}")


class Scp(OpenSSH):
    name = "scp"
    lacks = frozenset({"list", "mkdir", "rename", "remove", "rmdir", "resume_put"})

    def copy(self, source: str, target: str) -> None:
        self.run(["scp", "-s", *self.options(), "-P", str(self.endpoint.port), source, target])

    def remote(self, path: str) -> str:
        endpoint = self.endpoint
        return f"{endpoint.user}@{endpoint.host}:{path}"

    def get(self, remote: str, local: Path) -> None:
        self.copy(self.remote(remote), str(local))

    def put(self, local: Path, remote: str) -> None:
        self.copy(str(local), self.remote(remote))

    def copy_tree(self, source: str, target: str) -> None:
        """Copies a directory with all that is in it, times and modes too."""
        port = str(self.endpoint.port)
        self.run(["scp", "-s", "-r", "-p", *self.options(), "-P", port, source, target])

    def start_old(self, source: str, target: str) -> Running:
        """Begins a copy by the protocol before SFTP, which runs a program on the server."""
        port = str(self.endpoint.port)
        return self.start(["scp", "-O", *self.options(), "-P", port, source, target])


def connect_program(client: Client) -> str:
    """The `ssh` command line that lftp starts, as one shell-quoted text."""
    endpoint = client.endpoint
    arguments = [
        "ssh", "-F", "none", "-a", "-x", "-o", "StrictHostKeyChecking=yes",
        "-o", f"UserKnownHostsFile={endpoint.trust.known_hosts}",
        "-o", "GlobalKnownHostsFile=/dev/null", "-o", "NumberOfPasswordPrompts=1",
        "-o", "IdentitiesOnly=yes",
    ]
    if endpoint.key is not None:
        arguments += ["-o", f"IdentityFile={endpoint.key}"]
        arguments += ["-o", "PreferredAuthentications=publickey"]
    else:
        arguments += ["-o", "IdentityFile=none", "-o", "PreferredAuthentications=password"]
    return shlex.join(arguments)

"""curl, whose SFTP comes from libssh2."""

from __future__ import annotations

from pathlib import Path

from .base import Client


class Curl(Client):
    name = "curl"
    # libssh2 before 1.11 signs RSA keys with SHA-1 only, which no careful server accepts.
    unusable_keys = frozenset({"rsa"})

    def command(self, path: str, *arguments: str) -> str:
        endpoint = self.endpoint
        trust = self.home / ".ssh"
        if not trust.exists():
            trust.mkdir()
            # curl asks for the key type of the first line that fits, and for RSA that would be
            # the type whose signatures are SHA-1.
            lines = endpoint.trust.known_hosts.read_text().splitlines(keepends=True)
            kept = [line for line in lines if " ssh-rsa " not in line]
            (trust / "known_hosts").write_text("".join(kept))
        options = ["curl", "--silent", "--show-error", "--connect-timeout", "20"]
        if endpoint.key is not None:
            options += ["--key", str(endpoint.key), "--pubkey", f"{endpoint.key}.pub"]
            options += ["--user", f"{endpoint.user}:"]
        else:
            options += ["--user", f"{endpoint.user}:{endpoint.password}"]
        url = f"sftp://{endpoint.host}:{endpoint.port}{path}"
        return self.run([*options, *arguments, url])

    def quote(self, command: str) -> None:
        """Runs a command on the server; curl wants a transfer with it and gets a listing."""
        self.command("/", "--quote", command, "--output", "/dev/null")

    def list(self, path: str) -> list[str]:
        output = self.command(f"{path.rstrip('/')}/", "--list-only")
        return [line for line in output.splitlines() if line not in (".", "..")]

    def get(self, remote: str, local: Path) -> None:
        self.command(remote, "--output", str(local))

    def put(self, local: Path, remote: str) -> None:
        self.command(remote, "--upload-file", str(local))

    def resume_put(self, local: Path, remote: str) -> None:
        self.command(remote, "--upload-file", str(local), "--continue-at", "-")

    def mkdir(self, path: str) -> None:
        self.quote(f'mkdir "{path}"')

    def rename(self, source: str, target: str) -> None:
        self.quote(f'rename "{source}" "{target}"')

    def remove(self, path: str) -> None:
        self.quote(f'rm "{path}"')

    def rmdir(self, path: str) -> None:
        self.quote(f'rmdir "{path}"')

"""psftp of the PuTTY suite, the ancestor of FileZilla's engine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from relay import Relay

from .base import Client
from .openssh import quoted


class Psftp(Client):
    name = "psftp"

    def batch(self, *lines: str) -> str:
        endpoint = self.endpoint
        # Straight over loopback, large uploads of psftp 0.78 stall for seconds at a time with any
        # server (seen with OpenSSH's too): see the segment size in the relay.
        with Relay(endpoint.host, endpoint.port) as relay:
            return self.batch_through(relay.port, *lines)

    def batch_through(self, port: int, *lines: str) -> str:
        endpoint = self.endpoint
        options = ["psftp", "-batch", "-P", str(port), "-l", endpoint.user]
        for fingerprint in endpoint.trust.fingerprints:
            options += ["-hostkey", fingerprint]
        if endpoint.key is not None:
            options += ["-i", str(self.own_form(endpoint.key))]
        else:
            options += ["-pw", endpoint.password or ""]
        script = self.home / "psftp.batch"
        script.write_text("".join(f"{line}\n" for line in lines))
        return self.run([*options, "-b", str(script), "127.0.0.1"])

    def own_form(self, key: Path) -> Path:
        """The private key in PuTTY's own format."""
        converted = self.home / f"{key.name}.ppk"
        if not converted.exists():
            subprocess.run(
                ["puttygen", str(key), "-o", str(converted)],
                check=True,
                capture_output=True,
                env=self.environment(),
            )
        return converted

    def list(self, path: str) -> list[str]:
        output = self.batch(f"ls {quoted(path)}")
        rows = [line for line in output.splitlines() if line[:1] in ("-", "d", "l")]
        names = [row.split(maxsplit=8)[-1] for row in rows]
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
        self.batch(f"mv {quoted(source)} {quoted(target)}")

    def remove(self, path: str) -> None:
        self.batch(f"rm {quoted(path)}")

    def rmdir(self, path: str) -> None:
        self.batch(f"rmdir {quoted(path)}")

    def put_tree(self, local: Path, remote: str) -> None:
        self.batch(f"put -r {quoted(local)} {quoted(remote)}")

    def get_tree(self, remote: str, local: Path) -> None:
        self.batch(f"get -r {quoted(remote)} {quoted(local)}")

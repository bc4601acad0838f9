"""rclone with its sftp backend, configured by environment alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .base import Client, ClientFailure


class Rclone(Client):
    name = "rclone"
    # It starts an interrupted upload again instead of resuming it.
    lacks = frozenset({"resume_put"})

    def environment(self) -> dict[str, str]:
        endpoint = self.endpoint
        remote = {
            "TYPE": "sftp",
            "HOST": endpoint.host,
            "PORT": str(endpoint.port),
            "USER": endpoint.user,
            "KNOWN_HOSTS_FILE": str(endpoint.trust.known_hosts),
        }
        if endpoint.key is not None:
            remote["KEY_FILE"] = str(endpoint.key)
        else:
            remote["PASS"] = obscured(endpoint.password or "")
        settings = {f"RCLONE_CONFIG_GATE_{name}": value for name, value in remote.items()}
        return super().environment() | settings | {
            "RCLONE_CONFIG": str(self.home / "rclone.conf"),
            "RCLONE_RETRIES": "1",
            "RCLONE_LOW_LEVEL_RETRIES": "1",
            "RCLONE_CONTIMEOUT": "20s",
        }

    def command(self, *arguments: str) -> str:
        return self.run(["rclone", *arguments])

    def list(self, path: str) -> list[str]:
        output = self.command("lsf", f"gate:{path}")
        lines = [line for line in output.splitlines() if " NOTICE: " not in line]
        return [line.rstrip("/") for line in lines]

    def get(self, remote: str, local: Path) -> None:
        self.command("copyto", f"gate:{remote}", str(local))

    def put(self, local: Path, remote: str) -> None:
        self.command("copyto", str(local), f"gate:{remote}")

    def mkdir(self, path: str) -> None:
        self.command("mkdir", f"gate:{path}")

    def rename(self, source: str, target: str) -> None:
        self.command("moveto", f"gate:{source}", f"gate:{target}")

    def remove(self, path: str) -> None:
        self.command("deletefile", f"gate:{path}")

    def rmdir(self, path: str) -> None:
        self.command("rmdir", f"gate:{path}")

    def sync(self, source: object, target: object, *options: str) -> str:
        """Makes `target` like `source`; answers what was done, a line each."""
        words = ["rclone", "sync", "-v", *options, str(source), str(target)]
        # A tree of many files takes its time on a slow disk.
        return self.run(words, timeout=300)

    def check(self, source: object, target: object, *options: str) -> set[str]:
        """What differs: a sign and a path each, where - is only in `target`, * is not equal."""
        report = self.home / "differences"
        try:
            self.command("check", "--combined", str(report), *options, str(source), str(target))
        except ClientFailure as failure:
            if "differences found" not in str(failure):
                raise
        return {line for line in report.read_text().splitlines() if not line.startswith("= ")}


def obscured(password: str) -> str:
    """The form in which rclone wants a password in its configuration."""
    result = subprocess.run(
        ["rclone", "obscure", "-"], input=password, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()

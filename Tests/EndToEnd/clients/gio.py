"""GNOME's files over SFTP: gvfs behind `gio`, as gedit, Nautilus and others use it."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

from .base import Client, Endpoint


class Gio(Client):
    """Each command runs on a bus of its own, whose daemons end with it."""

    name = "gio"

    def __init__(self, endpoint: Endpoint, home: Path):
        super().__init__(endpoint, home)
        # Short: gvfs keeps a Unix socket there, whose path has at most 107 bytes.
        self._runtime = tempfile.TemporaryDirectory(prefix="gio-", dir="/tmp")

    def close(self) -> None:
        self._runtime.cleanup()

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "PATH": f"{self._programs()}:{super().environment()['PATH']}",
            "XDG_RUNTIME_DIR": self._runtime.name,
        }

    def _programs(self) -> Path:
        """A folder with an `ssh` that knows key and host; gvfs has no option for either."""
        folder = self.home / "programs"
        program = folder / "ssh"
        if not program.exists():
            folder.mkdir()
            options = [
                "-F", "none",
                "-o", f"IdentityFile={self.endpoint.key}",
                "-o", "IdentitiesOnly=yes",
                "-o", f"UserKnownHostsFile={self.endpoint.trust.known_hosts}",
                "-o", "StrictHostKeyChecking=yes",
            ]
            program.write_text(f'#!/bin/sh\nexec /usr/bin/ssh {shlex.join(options)} "$@"\n')
            program.chmod(0o700)
        return folder

    def commands(self, *lines: str) -> str:
        """Runs shell lines in which `$site` is the server; ends at the first that fails."""
        endpoint = self.endpoint
        site = f"sftp://{endpoint.user}@{endpoint.host}:{endpoint.port}"
        script = "\n".join(["set -e", f"site={site}", "gio mount $site/", *lines])
        return self.run(["dbus-run-session", "--", "sh", "-c", script])

    def save(self, local: Path, remote: str, *options: str) -> None:
        """Saves as an editor does: by g_file_replace of GLib."""
        words = shlex.join(["gio", "save", *options])
        self.commands(f"{words} $site{remote} < {shlex.quote(str(local))}")

"""The client tests' other target: any SFTP server that is known to be good.

A driver that has never worked against a server written by somebody else proves nothing about the
gate. `pytest test_clients.py --reference sftp://USER:PASSWORD@HOST:PORT/ --reference-files DIR
--reference-keys DIR` runs the same tests against one, for instance OpenSSH's `sshd` with
`ForceCommand internal-sftp` and a `ChrootDirectory` whose `desk` directory the user may write to.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clients import Endpoint
from gate import scan


class Reference:
    """A server with one account, where the gate has a place with its owner."""

    def __init__(self, url: str, files: Path, keys: Path, scratch: Path):
        parts = urlsplit(url)
        assert parts.hostname and parts.port and parts.username and parts.password, url
        trust = scan(parts.hostname, parts.port, scratch)
        self.files = files
        self._keys = keys
        self._account = (parts.hostname, parts.port, parts.username, trust, parts.password)

    def by_password(self) -> Endpoint:
        host, port, user, trust, password = self._account
        return Endpoint(host, port, user, trust, password=password)

    def by_key(self, kind: str) -> Endpoint:
        host, port, user, trust, _ = self._account
        return Endpoint(host, port, user, trust, key=self._keys / f"id_{kind}")


def reference(config: pytest.Config, scratch: Path) -> Reference | None:
    """The reference server if the command line names one."""
    url = config.getoption("--reference")
    if url is None:
        return None
    files = Path(config.getoption("--reference-files"))
    keys = Path(config.getoption("--reference-keys"))
    return Reference(url, files, keys, scratch)

"""SFTP servers that are compared, each on loopback with one account and a directory of its own.

The others are Debian's packages. Each gets what its documentation recommends for speed where that
costs no safety, and nothing is left out that the gate does for each request.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from accounts import KeyRing, Place  # noqa: E402
from clients import Endpoint  # noqa: E402
from gate import Gate, Programs, free_port, scan  # noqa: E402
from waiting import eventually  # noqa: E402

UNPACKED = REPOSITORY / ".build" / "unpacked"
PASSWORD = "benchmark-password"


class Peer(ABC):
    """One server."""

    #: How tables name it.
    name: str

    #: Where a client signs in with the key.
    endpoint: Endpoint
    #: What clients see as `/` or as their home.
    files: Path
    #: The process of which all others are children.
    process: int

    @abstractmethod
    def stop(self) -> None: ...

    def remote(self, name: str) -> str:
        """The path by which clients name a file of the directory."""
        return f"/{name}"


class Portcullis(Peer):
    """The gate, with its defaults but for the limits on connections of one machine."""

    name = "Portcullis"

    def __init__(self, folder: Path, keys: KeyRing, programs: Programs):
        self.gate = Gate(programs, log={"level": "warning"}, passwords={"cost": 1})
        # Where the others' files are.
        self.gate.volumes = folder / type(self).__name__
        self.gate.volumes.mkdir()
        self.gate.settings["files"]["volumes"] = str(self.gate.volumes)
        self.gate.start()
        self.place = Place(self.gate)
        self.place.add_key(keys, "ed25519")
        self.endpoint = self.place.endpoint(key=keys.key("ed25519"))
        self.files = self.place.files
        assert self.gate.child is not None
        self.process = self.gate.child.pid

    def stop(self) -> None:
        self.gate.stop()
        self.gate.remove()


class Foreign(Peer):
    """A server that is one command."""

    def __init__(self, folder: Path, keys: KeyRing):
        self.folder = folder / type(self).__name__
        self.folder.mkdir()
        self.files = self.folder / "files"
        self.files.mkdir()
        self.port = free_port("127.0.0.1")
        self.keys = keys
        host_key = self.folder / "host_key"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host_key], check=True
        )
        authorized = self.folder / "authorized_keys"
        authorized.write_text(keys.public("ed25519") + "\n")
        authorized.chmod(0o600)
        self.log = (self.folder / "log").open("wb")
        self.child = subprocess.Popen(
            self.command(host_key, authorized),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)} | self.environment(),
            start_new_session=True,
        )
        self.process = self.child.pid
        eventually(self._listens, f"{self.name} listens", 20)
        self.endpoint = Endpoint(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            trust=scan("127.0.0.1", self.port, self.folder),
            key=keys.key("ed25519"),
        )

    user = "root"

    @abstractmethod
    def command(self, host_key: Path, authorized: Path) -> list[str | Path]: ...

    def environment(self) -> dict[str, str]:
        return {}

    def _listens(self) -> bool:
        assert self.child.poll() is None, (self.folder / "log").read_text(errors="replace")
        found = subprocess.run(
            ["ssh-keyscan", "-T", "2", "-p", str(self.port), "127.0.0.1"], capture_output=True
        )
        return bool(found.stdout)

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(20)
        self.log.close()


class OpenSSH(Foreign):
    """sshd with internal-sftp, as one that serves files alone is set up."""

    name = "OpenSSH"

    def command(self, host_key: Path, authorized: Path) -> list[str | Path]:
        # sshd wants this directory to be there and nobody else's.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        configuration = self.folder / "sshd_config"
        configuration.write_text(
            f"""
            ListenAddress 127.0.0.1
            Port {self.port}
            HostKey {host_key}
            AuthorizedKeysFile {authorized}
            PidFile none
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PermitRootLogin yes
            StrictModes no
            MaxStartups 1000
            MaxSessions 100
            PerSourceMaxStartups none
            LogLevel ERROR
            Subsystem sftp internal-sftp
            ForceCommand internal-sftp -d {self.files}
            """
        )
        return [shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e", "-f", configuration]

    def remote(self, name: str) -> str:
        return str(self.files / name)


class ProFTPD(Foreign):
    """ProFTPD with mod_sftp, unpacked and not installed."""

    name = "ProFTPD"
    user = "benchmark"

    def command(self, host_key: Path, authorized: Path) -> list[str | Path]:
        # It takes keys in the form of RFC 4716, and accounts from a file of its own.
        exported = subprocess.run(
            ["ssh-keygen", "-e", "-f", f"{self.keys.key('ed25519')}.pub"],
            capture_output=True,
            text=True,
            check=True,
        )
        keys = self.folder / "keys"
        keys.write_text(exported.stdout)
        accounts = self.folder / "accounts"
        accounts.write_text(
            f"{self.user}:*:{os.getuid()}:{os.getgid()}::{self.files}:/bin/false\n"
        )
        accounts.chmod(0o600)
        configuration = self.folder / "proftpd.conf"
        configuration.write_text(
            f"""
            ModulePath {UNPACKED}/usr/lib/proftpd
            LoadModule mod_sftp.c
            ServerType standalone
            DefaultAddress 127.0.0.1
            Port {self.port}
            User root
            Group root
            RootLogin on
            RequireValidShell off
            UseReverseDNS off
            UseIPv6 off
            WtmpLog off
            TransferLog none
            SystemLog {self.folder}/system.log
            PidFile {self.folder}/pid
            ScoreboardFile {self.folder}/scoreboard
            MaxInstances 2000
            AuthUserFile {accounts}
            AuthOrder mod_auth_file.c
            DefaultRoot {self.files}
            AllowOverwrite on
            AllowStoreRestart on
            SFTPEngine on
            SFTPLog none
            SFTPHostKey {host_key}
            SFTPAuthMethods publickey
            SFTPAuthorizedUserKeys file:{keys}
            SFTPCompression off
            """
        )
        return [UNPACKED / "usr/sbin/proftpd", "-n", "-q", "-c", configuration]

    def environment(self) -> dict[str, str]:
        libraries = [str(path) for path in (UNPACKED / "usr/lib").glob("*-linux-gnu")]
        return {"LD_LIBRARY_PATH": ":".join(libraries)}


class Rclone(Foreign):
    """`rclone serve sftp`: the SSH and SFTP libraries that node daemons written in Go use."""

    name = "rclone"
    user = "benchmark"

    def command(self, host_key: Path, authorized: Path) -> list[str | Path]:
        return [
            "rclone", "serve", "sftp", self.files, "--addr", f"127.0.0.1:{self.port}",
            "--key", host_key, "--authorized-keys", authorized, "--user", self.user,
            "--vfs-cache-mode", "off", "--dir-cache-time", "0s", "--config", os.devnull,
        ]


@contextmanager
def started(
    folder: Path, programs: Programs, names: list[str] | None = None
) -> Iterator[dict[str, Peer]]:
    """The servers, ready to be used."""
    keys = KeyRing(folder)
    makers = {
        "Portcullis": lambda: Portcullis(folder, keys, programs),
        "OpenSSH": lambda: OpenSSH(folder, keys),
        "ProFTPD": lambda: ProFTPD(folder, keys),
        "rclone": lambda: Rclone(folder, keys),
    }
    peers: dict[str, Peer] = {}
    try:
        for name, make in makers.items():
            if names is None or name in names:
                peers[name] = make()
        yield peers
    finally:
        for peer in peers.values():
            peer.stop()

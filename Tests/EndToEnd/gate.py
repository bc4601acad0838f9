"""A real gate on loopback, with everything it keeps in a directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients import Trust
from control import Control
from processes import Process, process, processes
from waiting import eventually

SESSION_PROGRAM = "portcullis-session"
#: More than any test has of anything.
MANY = 3000


@dataclass(frozen=True)
class Programs:
    """The two executables under test."""

    folder: Path

    @property
    def gate(self) -> Path:
        return self.folder / "portcullis"

    @property
    def session(self) -> Path:
        return self.folder / SESSION_PROGRAM


class StartFailure(Exception):
    """The gate ended instead of becoming ready."""

    def __init__(self, status: int, log: str):
        super().__init__(f"the gate ended with {status}: {log}")
        self.status = status
        self.log = log


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def yaml(settings: dict[str, Any]) -> str:
    """Two levels of settings as YAML, whose scalars and lists may be written as JSON."""
    lines: list[str] = []
    for section, keys in settings.items():
        lines.append(f"{section}:")
        lines += [f"  {key}: {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


class Gate:
    """One gate: its files, its process, its log."""

    #: Host keys of an earlier gate; making an RSA key takes longer than most tests.
    host_keys: Path | None = None

    def __init__(self, programs: Programs, host: str = "127.0.0.1", **sections: dict[str, Any]):
        self.programs = programs
        self.host = host
        self.port = free_port(host)
        # Below /tmp and short: the path of a Unix socket has at most 107 bytes.
        self.directory = Path(tempfile.mkdtemp(prefix="gate-", dir="/tmp"))
        self.volumes = self.directory / "volumes"
        self.volumes.mkdir()
        self.store = self.directory / "store" / "portcullis.sqlite"
        self.store.parent.mkdir(mode=0o700)
        self.keys = self.directory / "host-keys"
        self.socket = self.directory / "control.sock"
        self.configuration = self.directory / "config.yml"
        self.log_file = self.directory / "gate.log"
        self.settings = self._settings(sections)
        self.control = Control(self.socket)
        self.child: subprocess.Popen[bytes] | None = None
        self.leaders: list[int] = []
        self.environment: dict[str, str] = {}
        self.expects_crash = False
        #: As systemd's `Nice=`; below zero it takes root. None is that of the tests.
        self.niceness: int | None = None
        self._trust: Trust | None = None

    def _settings(self, changes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        address = f"[{self.host}]" if ":" in self.host else self.host
        settings: dict[str, dict[str, Any]] = {
            "ssh": {
                "listen": [f"{address}:{self.port}"],
                "host_keys_directory": str(self.keys),
            },
            "sessions": {"program": str(self.programs.session)},
            "files": {"volumes": str(self.volumes)},
            "store": {"path": str(self.store)},
            "control": {"socket": str(self.socket)},
            "passwords": {"cost": 1},
            # All clients of the tests are one source: this very machine.
            "limits": {
                "early_drop_start": MANY,
                "connections_per_source": MANY,
                "unauthenticated_connections_per_source": MANY,
                "connections_per_user": MANY,
                "connections_per_server": MANY,
            },
            "penalties": {"exempt": ["127.0.0.0/8", "::1"]},
            "log": {"level": "debug"},
        }
        for section, keys in changes.items():
            settings.setdefault(section, {}).update(keys)
        return settings

    def write_configuration(self) -> None:
        self.configuration.write_text(yaml(self.settings))

    def launch(self) -> None:
        """Starts the program and does not wait for it."""
        if not self.configuration.exists():
            self.write_configuration()
        if Gate.host_keys is not None and not self.keys.exists():
            shutil.copytree(Gate.host_keys, self.keys)
        prefix: list[str] = []
        if self.niceness is not None:
            # nice(1) adds to what the tests themselves have.
            prefix = ["nice", "-n", str(self.niceness - os.getpriority(os.PRIO_PROCESS, 0))]
        with self.log_file.open("ab") as log:
            self.child = subprocess.Popen(
                [*prefix, self.programs.gate, "serve", "--config", self.configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | self.environment,
                # Its own kernel session tells its processes from everybody else's.
                start_new_session=True,
            )
        self.leaders.append(self.child.pid)

    def start(self) -> Gate:
        """Starts the gate and returns once it serves."""
        self.launch()
        eventually(self._is_ready, "the gate becomes ready", timeout=30)
        if Gate.host_keys is None:
            Gate.host_keys = Path(tempfile.mkdtemp(prefix="gate-keys-", dir="/tmp")) / "keys"
            shutil.copytree(self.keys, Gate.host_keys)
        return self

    def _is_ready(self) -> bool:
        assert self.child is not None
        status = self.child.poll()
        if status is not None:
            raise StartFailure(status, self.log())
        try:
            return self.control.call("GET", "/healthz")["status"] == "ok"
        except OSError:
            return False

    def failed_start(self, timeout: float = 20) -> StartFailure:
        """Starts the gate where it must end by itself, and answers how it ended."""
        self.launch()
        assert self.child is not None
        try:
            return StartFailure(self.child.wait(timeout), self.log())
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the gate went on: {self.log()}") from None

    @property
    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def reload(self) -> None:
        """Has the gate read the present settings, and returns once they hold."""
        self.write_configuration()
        before = self.log().count("configuration read again")
        self.signal(signal.SIGHUP)
        eventually(
            lambda: self.log().count("configuration read again") > before, "the new settings hold"
        )

    def signal(self, number: signal.Signals) -> None:
        assert self.child is not None
        self.child.send_signal(number)

    def stop(self, timeout: float = 20) -> int:
        """Asks the gate to end and answers its exit status."""
        assert self.child is not None
        if self.is_running:
            self.signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end the gate: {self.log()[-3000:]}") from None

    def kill(self) -> None:
        """Ends the gate as the kernel would when memory runs out."""
        assert self.child is not None
        self.child.kill()
        self.child.wait()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def crashes(self) -> list[str]:
        words = ("crash", "fatal")
        return [line for line in self.log().splitlines() if any(w in line.lower() for w in words)]

    def session_processes(self) -> list[Process]:
        """The session processes of this gate that are alive, warm ones included."""
        return [
            found
            for found in processes()
            # The kernel keeps fifteen bytes of a program's name.
            if found.leader in self.leaders and found.name == SESSION_PROGRAM[:15]
            and found.state not in ("Z", "X")
        ]

    def clients_held(self) -> int:
        """How many of the gate's own descriptors are connections of clients."""
        assert self.child is not None
        held = []
        for entry in Path(f"/proc/{self.child.pid}/fd").iterdir():
            # The gate may close one while they are read.
            with suppress(FileNotFoundError):
                held.append(os.readlink(entry))
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        port, listening = f":{self.port:04X}", "0A"
        sockets = {
            f"socket:[{row[9]}]" for row in rows if row[1].endswith(port) and row[3] != listening
        }
        return sum(link in sockets for link in held)

    def sessions(self) -> list[dict[str, Any]]:
        return self.control.get("sessions")["sessions"]

    def session_of(self, name: str) -> dict[str, Any]:
        """Waits until the user has exactly one open session and answers it."""

        def open_sessions() -> list[dict[str, Any]]:
            found = [one for one in self.sessions() if one.get("username") == name]
            return [one for one in found if one["phase"] == "open"]

        found = eventually(open_sessions, f"{name} has an open session")
        assert len(found) == 1, found
        return found[0]

    def process_of(self, name: str) -> Process:
        """The process that serves the one session of a user."""
        found = process(self.session_of(name)["pid"])
        assert found is not None and found.name == SESSION_PROGRAM[:15], found
        return found

    @property
    def trust(self) -> Trust:
        """The gate's host keys as clients know them."""
        if self._trust is None:
            self._trust = scan(self.host, self.port, self.directory)
        return self._trust

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


def scan(host: str, port: int, directory: Path) -> Trust:
    """Asks a server for its host keys."""
    found = subprocess.run(
        ["ssh-keyscan", "-T", "10", "-p", str(port), "-t", "ed25519,rsa", host],
        capture_output=True,
        text=True,
        timeout=30,
    )
    known_hosts = directory / "known_hosts"
    known_hosts.write_text(found.stdout)
    assert found.stdout, f"no host key from {host} port {port}: {found.stderr}"
    return Trust(known_hosts, fingerprints(known_hosts))


def fingerprints(known_hosts: Path) -> tuple[str, ...]:
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", known_hosts], capture_output=True, text=True, check=True
    )
    # The scan asks for all keys at once, and they come in any order.
    return tuple(sorted(line.split()[1] for line in listed.stdout.splitlines()))

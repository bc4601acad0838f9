"""sshfs, which makes a server's files part of the local file system."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import eventually

from .base import Client, ClientFailure, Running
from .openssh import OpenSSH

FUSE_DEVICE = Path("/dev/fuse")

#: A mount whose server no longer answers holds whoever looks into it, this test run included.
LONGEST_MOUNT = 150


class Sshfs(OpenSSH):
    name = "sshfs"

    def environment(self) -> dict[str, str]:
        # The password comes by sshfs's own way.
        return Client.environment(self)

    def trust_in_links(self) -> list[str]:
        """Newer versions show no link with a `..` in it unless told that the server is careful."""
        option = "no_contain_symlinks"
        return [option] if option in self.run(["sshfs", "--help"]) else []

    @contextmanager
    def mounted(self, *options: str) -> Iterator[Path]:
        """The server's root as a local directory, for as long as the block runs."""
        point = self.home / "mount"
        point.mkdir()
        endpoint = self.endpoint
        arguments = [
            "timeout", "--signal=KILL", str(LONGEST_MOUNT),
            "sshfs", "-f", f"{endpoint.user}@{endpoint.host}:/", str(point),
            *self.options(), "-p", str(endpoint.port),
        ]
        by_password = endpoint.password is not None
        for option in [
            *(["password_stdin"] if by_password else []), *self.trust_in_links(), *options
        ]:
            arguments += ["-o", option]
        running = self.start(arguments, f"{endpoint.password}\n" if by_password else None)
        try:
            eventually(lambda: is_mounted(point, running), "sshfs has mounted", timeout=30)
            yield point
            self.run(["fusermount3", "-u", str(point)], timeout=20)
            assert running.wait(20) == 0, running.output()
        finally:
            # A mount whose sshfs is gone gives errors instead of waiting, and can be removed.
            if running.is_running:
                os.killpg(running.process.pid, signal.SIGKILL)
                running.process.wait()
            if is_listed(point):
                subprocess.run(["fusermount3", "-u", "-z", point], check=True)


def is_mounted(point: Path, running: Running) -> bool:
    if not running.is_running:
        raise ClientFailure(f"sshfs ended: {running.output()}")
    return is_listed(point)


def is_listed(point: Path) -> bool:
    """Whether the kernel knows the mount; asked without looking into it."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return str(point) in [line.split()[1] for line in lines]


def why_not_here(scratch: Path) -> str | None:
    """Why this host lets nobody mount anything by FUSE, found out without any server."""
    if not FUSE_DEVICE.exists():
        return f"this host has no {FUSE_DEVICE}"
    point = scratch / "probe"
    point.mkdir()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # The program passes the device's descriptor through this socket to whoever will serve.
        helper = subprocess.run(
            ["fusermount3", "-o", "rw", "--", point],
            env={"PATH": os.environ["PATH"], "_FUSE_COMMFD": str(theirs.fileno())},
            pass_fds=[theirs.fileno()],
            capture_output=True,
            text=True,
            timeout=30,
        )
        if helper.returncode != 0:
            return f"this host does not let us mount: {helper.stderr.strip()}"
        _, (device,), _, _ = socket.recv_fds(ours, 1, 1)
        os.close(device)
    subprocess.run(["fusermount3", "-u", "-z", point], check=True)
    return None

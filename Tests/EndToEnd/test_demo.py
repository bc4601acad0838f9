"""`./run`, as somebody who has just cloned the project uses it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients import Sftp
from clients.base import Endpoint
from gate import Programs, free_port, scan
from waiting import eventually


@pytest.fixture
def clone(repository: Path, programs: Programs, tmp_path: Path) -> Path:
    """The project with its programs already built, at a place of its own."""
    project = tmp_path / "clone"
    project.mkdir()
    shutil.copy2(repository / "run", project)
    shutil.copy2(repository / "Package.swift", project)
    shutil.copytree(repository / "Sources", project / "Sources")
    built = project / ".build" / "release"
    built.mkdir(parents=True)
    # Copied after the sources: newer than all of them, so nothing is left to build.
    shutil.copy(programs.gate, built)
    shutil.copy(programs.session, built)
    for program in built.iterdir():
        os.utime(program, (time.time() + 5, time.time() + 5))
    return project


@contextmanager
def running(clone: Path, port: int) -> Iterator[Path]:
    """Runs `./run` until the end of the block, then ends it as Ctrl-C does."""
    log = clone / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["./run"],
            cwd=clone,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": str(clone), "PORT": str(port)},
            start_new_session=True,
        )
    try:

        def is_open() -> bool:
            assert process.poll() is None, log.read_text()
            return "In another terminal" in log.read_text()

        eventually(is_open, "./run explains how to sign in", timeout=60)
        yield log
        # A terminal sends it to everything in the foreground.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 0, log.read_text()
        assert "closed" in log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def accounts(log: Path, name: str) -> tuple[str, str]:
    """The user name for clients and the password that `./run` shows for one of its people."""
    text = log.read_text()
    password = re.search(rf"sftp -F demo/ssh_config {name} +# password (\S+)", text)
    user = re.search(rf"\b({name}\.[a-z0-9]{{8}})\b", text)
    assert password and user, text
    return user.group(1), password.group(1)


def test_run_opens_a_gate_that_one_can_sign_in_to_and_opens_it_again(
    clone: Path, tmp_path: Path
) -> None:
    port = free_port()
    with running(clone, port) as log:
        trust = scan("127.0.0.1", port, tmp_path)
        shown = {name: accounts(log, name) for name in ("owner", "guest")}
        for name, (user, password) in shown.items():
            endpoint = Endpoint("127.0.0.1", port, user, trust, password)
            listed = Sftp(endpoint, tmp_path / name).list("/")
            assert "server.properties" in listed
        sessions = subprocess.run(
            ["demo/portcullis", "sessions"], cwd=clone, capture_output=True, text=True, check=True
        )
        assert sessions.stdout.strip()
    began = time.monotonic()
    with running(clone, port) as log:
        assert time.monotonic() - began < 10
        assert {name: accounts(log, name) for name in ("owner", "guest")} == shown
        assert scan("127.0.0.1", port, tmp_path).fingerprints == trust.fingerprints

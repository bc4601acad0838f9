"""Runs other projects' pytest suites against the gate; also the plugin that such a run loads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from clients import Endpoint, Trust
from clients.paramiko_library import sign_in

#: Where a foreign run finds the server, its account and its files on disk, as JSON.
VARIABLE = "GATE_FOR_FOREIGN_TESTS"

#: A language whose month names are all beyond ASCII; suites switch to one where there is one.
LANGUAGE = "el_GR"


@dataclass(frozen=True)
class Outcome:
    """How one test of a suite ended: `passed`, `failed`, `error` or `skipped`."""

    kind: str
    text: str = ""


def unpacked_source(requirement: str, cache: Path) -> Path:
    """The source distribution of an exact `name==version`, fetched once."""
    folder = cache / requirement.replace("==", "-")
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(
            [
                sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                "--no-deps", "--no-binary", requirement.partition("==")[0],
                "--dest", str(cache), requirement,
            ],
            capture_output=True,
            text=True,
            timeout=80,
        )
        assert fetched.returncode == 0, f"pip cannot fetch {requirement}: {fetched.stderr}"
        # First beside its place, so that what was interrupted is never taken for the whole.
        partial = cache / f"{folder.name}.partial"
        partial.mkdir(exist_ok=True)
        archive = cache / f"{folder.name}.tar.gz"
        subprocess.run(["tar", "-xzf", archive, "--no-same-owner", "-C", partial], check=True)
        (partial / folder.name).rename(folder)
    return folder


def run(files: list[Path], endpoint: Endpoint, served: Path, scratch: Path) -> dict[str, Outcome]:
    """Runs test files whose `sftp` fixture is ours; answers the outcome of every test."""
    report = scratch / "foreign.xml"
    finished = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--noconftest", "-p", "foreign",
            "-p", "no:cacheprovider", "--timeout", "60", "--junit-xml", str(report),
            *map(str, files),
        ],
        env=environment(endpoint, served, scratch),
        # Suites that were written for a server in their own process look at its files directly.
        cwd=served,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
    )
    # 1 says that some tests failed; everything above that they did not run as they should.
    assert finished.returncode in (0, 1) and report.exists(), finished.stdout[-5000:]
    return outcomes(report)


def environment(endpoint: Endpoint, served: Path, scratch: Path) -> dict[str, str]:
    languages = scratch / "languages"
    languages.mkdir()
    subprocess.run(
        [
            "localedef", "--no-archive", "-i", LANGUAGE, "-f", "UTF-8",
            languages / f"{LANGUAGE}.utf8",
        ],
        check=True,
    )
    target = {
        "host": endpoint.host,
        "port": endpoint.port,
        "user": endpoint.user,
        "password": endpoint.password,
        "known_hosts": str(endpoint.trust.known_hosts),
        "fingerprints": endpoint.trust.fingerprints,
        "files": str(served),
    }
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "LC_ALL": "C.UTF-8",
        "LOCPATH": str(languages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parent),
        VARIABLE: json.dumps(target),
    }


def outcomes(report: Path) -> dict[str, Outcome]:
    """What a JUnit file says, by `module::test`."""
    found: dict[str, Outcome] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        module = case.get("classname", "").split(".")[1]
        outcome = Outcome("passed")
        for kind, tag in (("failed", "failure"), ("error", "error"), ("skipped", "skipped")):
            if (trouble := case.find(tag)) is not None:
                outcome = Outcome(kind, f"{trouble.get('message')}\n{trouble.text}")
        found[f"{module}::{case.get('name')}"] = outcome
    return found


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: what paramiko calls all of its SFTP tests")


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[paramiko.SFTPClient]:
    """A client of the running gate, and in `FOLDER` a directory there that nobody else uses."""
    target = json.loads(os.environ[VARIABLE])
    trust = Trust(Path(target["known_hosts"]), tuple(target["fingerprints"]))
    endpoint = Endpoint(
        target["host"], target["port"], target["user"], trust, password=target["password"]
    )
    # pytest gives no two tests of a run the same name here.
    folder = Path(target["files"]) / tmp_path.name
    folder.mkdir()
    transport = sign_in(endpoint)
    try:
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        client.FOLDER = folder.name  # type: ignore[attr-defined]
        yield client
    finally:
        transport.close()
        left = sorted(folder.iterdir())
        shutil.rmtree(folder)
    # The tests tidy up through the server, and swallow it when that fails.
    assert left == []

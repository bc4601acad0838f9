"""paramiko's own SFTP tests against the gate, and what docs/interoperability.md says of that."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from accounts import Place
from clients import ALL, Gio, Paramiko
from clients.paramiko_library import sign_in
from clients.sshfs import Sshfs
from foreign import run, unpacked_source
from raw_sftp import RawSFTP


@dataclass(frozen=True)
class Departure:
    """How a test ends that does not pass, words of its report, and a reason to accept that."""

    ends: str
    says: str
    reason: str


#: All that does not pass; docs/interoperability.md has the same list.
DEPARTURES = {
    "test_sftp::test_symlink": Departure(
        "failed",
        "/original.txt' == 'original.txt'",
        "it makes a link to an absolute path and wants to read the same text back; the gate "
        "keeps such a link as the relative way to the same file",
    ),
    "test_sftp::test_file_with_percent": Departure(
        "skipped",
        "Doesn't prove anything right now",
        "the suite never runs it, because it proves nothing",
    ),
    "test_sftp::test_write_buffer": Departure(
        "skipped",
        "Test requires a builtin 'buffer'",
        "the suite runs it with Python 2 only",
    ),
}

#: How many tests the two files hold at the pinned version; fewer means that some got lost.
AT_LEAST = 49


@pytest.fixture
def source(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of the paramiko that the tests are pinned to."""
    lines = (repository / "Tests/EndToEnd/requirements.txt").read_text().splitlines()
    (requirement,) = [line for line in lines if line.startswith("paramiko==")]
    assert requirement == f"paramiko=={paramiko.__version__}"
    in_environment = sys.prefix != sys.base_prefix
    cache = Path(sys.prefix) if in_environment else tmp_path_factory.mktemp("cache")
    return unpacked_source(requirement, cache / "foreign")


def test_the_sftp_tests_of_paramiko_pass(place: Place, source: Path, tmp_path: Path) -> None:
    files = [source / "tests" / name for name in ("test_sftp.py", "test_sftp_big.py")]
    found = run(files, place.endpoint(), place.files, tmp_path)

    assert len(found) >= AT_LEAST, sorted(found)
    # What passes although it is listed here is as wrong as what fails and is not.
    ended = {name: outcome.kind for name, outcome in found.items() if outcome.kind != "passed"}
    new = [f"{name}: {found[name].text}" for name in ended.keys() - DEPARTURES.keys()]
    assert ended == {name: one.ends for name, one in DEPARTURES.items()}, "\n\n".join(new)
    for name, departure in DEPARTURES.items():
        assert departure.says in found[name].text


def test_a_link_to_an_absolute_path_leads_to_the_same_file(place: Place, tmp_path: Path) -> None:
    (place.files / "folder").mkdir()
    (place.files / "folder" / "original").write_text("original\n")
    client = Paramiko(place.endpoint(), tmp_path)
    try:
        client.sftp.symlink("/folder/original", "/folder/link")
        assert client.sftp.readlink("/folder/link") == "original"
        assert client.sftp.stat("/folder/link").st_size == len("original\n")
        assert client.sftp.lstat("/folder/link").st_size == len("original")
    finally:
        client.close()


@pytest.fixture
def document(repository: Path) -> str:
    return (repository / "docs/interoperability.md").read_text()


def test_the_document_says_what_does_not_pass(document: str) -> None:
    row = re.compile(r"^\| `(test_\w+::test_\w+)` \| (\w+) \| (.+) \|$", re.MULTILINE)
    listed = {name: (ends, reason) for name, ends, reason in row.findall(document)}
    assert listed == {name: (one.ends, one.reason) for name, one in DEPARTURES.items()}


def test_the_document_names_every_client_and_extension(document: str, place: Place) -> None:
    clients, _, rest = document.partition("## Foreign test suites")
    named = re.findall(r"^\| (\w+) \| (?!used for)", clients, re.MULTILINE)
    assert sorted(named) == sorted(client.name for client in [*ALL, Gio, Sshfs])
    spoken = rest.partition("## What is spoken")[2].partition("##")[0]
    transport = sign_in(place.endpoint())
    try:
        assert set(re.findall(r"`([^`]+)`", spoken)) == set(RawSFTP(transport).extensions)
    finally:
        transport.close()

"""The PHP of docs/panel-integration.md, as it stands in the document."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import Person, Place
from clients import ClientFailure, Paramiko
from gate import Gate
from panel import Panel

ADA = "5f4dcc3b-5aa7-45d6-8d83-27deb882cf99"
GRACE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
SERVER = "1a2b3c4d-0000-4000-8000-000000000000"


@pytest.fixture
def document(repository: Path) -> str:
    return (repository / "docs" / "panel-integration.md").read_text()


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def run_php(tmp_path: Path) -> Callable[[Gate, list[str]], subprocess.CompletedProcess[str]]:
    def run(gate: Gate, parts: list[str]) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "example.php"
        script.write_text("\n".join(parts))
        return subprocess.run(
            # Anything that PHP only warns of is a mistake here.
            ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr", script],
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "PORTCULLIS_CONTROL_SOCKET": str(gate.socket),
            },
        )

    return run


@pytest.fixture
def host(make_gate: Callable[..., Gate]) -> Gate:
    gate = make_gate().start()
    (gate.volumes / "survival").mkdir()
    return gate


def test_the_example_runs_as_it_stands(document: str, run_php: Callable, host: Gate) -> None:
    parts = blocks(document, "php")
    assert len(parts) >= 4
    finished = run_php(host, parts)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stderr == ""
    assert [finished.stdout] == blocks(document, "text")
    activity = host.control.get("activity")["activity"]
    events = [one["event"] for one in activity]
    assert events[:4] == [
        "server:subuser.delete", "revocation", "server:subuser.update", "server:subuser.create",
    ]
    # The accounts were there before anybody came from anywhere.
    assert [one["ip"] for one in activity] == ["192.0.2.7"] * 4 + [None] * 3


def test_its_functions_end_the_session_of_a_real_client(
    document: str, run_php: Callable, host: Gate, tmp_path: Path
) -> None:
    *functions, accounts, _ = blocks(document, "php")
    given = "['file.sftp', 'file.read']"

    def run(*lines: str) -> str:
        start = 'new Gate(getenv("PORTCULLIS_CONTROL_SOCKET"))'
        finished = run_php(host, [*functions, f"$gate = {start};", *lines])
        assert finished.returncode == 0 and finished.stderr == "", finished
        return finished.stdout

    assert run_php(host, [*functions, accounts]).returncode == 0
    mirror = f"mirrorSubuser($gate, '{SERVER}', '{GRACE}', 'grace@example.org', %s)"
    assert run(f"echo {mirror % given};") == "0"

    # The panel's own bcrypt hash lets her in.
    place = Place.__new__(Place)
    place.gate, place.server = host, {"uuid": SERVER, "shortId": SERVER[:8]}
    grace = Person("grace", "correct horse battery staple", GRACE)
    more = "['file.sftp', 'file.read', 'file.create']"
    endings = {
        f"echo {mirror % given}, {mirror % more};": "01",
        f"deauthorize($gate, '{GRACE}', ['{SERVER}']);": "",
        f"deauthorize($gate, '{GRACE}');": "",
        f"removeSubuser($gate, '{SERVER}', '{GRACE}');": "",
    }
    for number, (line, printed) in enumerate(endings.items()):
        client = Paramiko(place.endpoint(grace), tmp_path / f"client{number}")
        assert client.list("/") == []
        assert run(f"deauthorize($gate, '{ADA}');") == ""
        assert client.list("/") == []
        assert run(line) == printed
        with pytest.raises((ClientFailure, OSError, EOFError)):
            client.sftp.listdir("/")
        client.close()
    with pytest.raises(ClientFailure):
        Paramiko(place.endpoint(grace), tmp_path / "gone").list("/")


def test_a_name_that_curl_would_leave_out_is_refused_before_it_is_sent(
    document: str, run_php: Callable, host: Gate
) -> None:
    functions = blocks(document, "php")[0]
    call = (
        'echo count((new Gate(getenv("PORTCULLIS_CONTROL_SOCKET")))'
        "->inTheNameOf(%s)->call('GET', '/api/client/permissions'));"
    )
    Place(host)
    uuid = host.control.get("users")["users"][0]["uuid"]
    assert run_php(host, [functions, call % f"'{uuid}'"]).stdout == "2"
    for name in ("''", "' '", f'"{uuid}\\n"', f'"{uuid}\\r\\nX: y"'):
        refused = run_php(host, [functions, call % name])
        assert refused.returncode != 0 and "InvalidArgumentException" in refused.stderr
    # Not that the gate would take an empty name for the panel itself.
    assert Panel(host.control, "").get("client", "permissions").status == 401


def test_an_address_that_is_none_is_refused_before_it_is_sent(
    document: str, run_php: Callable, host: Gate
) -> None:
    functions = blocks(document, "php")[0]
    call = (
        'echo count((new Gate(getenv("PORTCULLIS_CONTROL_SOCKET")))'
        "->from(%s)->call('GET', '/api/client/permissions'));"
    )
    for address in ("192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"):
        assert run_php(host, [functions, call % f"'{address}'"]).stdout == "2"
    for address in ("''", "'here'", "'192.0.2.7:80'", '"192.0.2.7\\r\\nX: y"', "'fe80::1%lo'"):
        refused = run_php(host, [functions, call % address])
        assert refused.returncode != 0 and "InvalidArgumentException" in refused.stderr


def test_the_document_names_every_code_that_there_is(document: str, repository: Path) -> None:
    source = (repository / "Sources/ControlAPI/Client/ClientError.swift").read_text()
    codes = set(re.findall(r'"(\w+Exception)"', source))
    # Faults that are the same everywhere need no row.
    generic = {
        "MethodNotAllowedHttpException", "PostTooLargeException", "HttpException",
        "ServiceUnavailableHttpException",
    }
    assert len(codes) >= 12
    assert {code for code in codes - generic if f"`{code}`" not in document} == set()

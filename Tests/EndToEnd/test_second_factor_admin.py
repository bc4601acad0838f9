"""Second factors, app passwords and policies, as operators and panels manage them."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import Person, Place, make_person
from authenticator import code, read_picture, secret_in
from gate import Gate, Programs
from test_command_line import CONFLICT, NOT_FOUND, CommandLine
from test_panel_integration import blocks

COLORS = re.compile(r"\x1b\[[0-9;]*m")
RECOVERY_CODE = re.compile(r"^[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}$", re.MULTILINE)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def cli(gate: Gate, programs: Programs) -> CommandLine:
    return CommandLine(programs, gate.socket)


@pytest.fixture
def person(gate: Gate) -> Person:
    return make_person(gate)


def factor(gate: Gate, person: Person) -> dict | None:
    return gate.control.get("users", person.name, "second-factor")["secondFactor"]


def test_a_second_factor_is_given_and_confirmed_from_the_command_line(
    gate: Gate, cli: CommandLine, person: Person
) -> None:
    assert "no second factor" in cli.ok("second-factor", "show", person.name)
    shown = cli.ok("second-factor", "enrol", person.name)
    assert read_picture(shown) is None
    picture = cli.ok("second-factor", "enrol", person.name, "--qr")
    uri = read_picture(picture)
    assert uri is not None and uri in picture and uri not in shown
    secret = secret_in(uri)
    assert secret in picture.replace(" ", "")
    assert f"Portcullis:{person.name}?" in uri
    assert not factor(gate, person)["confirmed"]

    cli.fails(1, "second-factor", "confirm", person.name, text="000000x\n")
    assert not factor(gate, person)["confirmed"]
    confirmed = cli.ok("second-factor", "confirm", person.name, text=f"{code(secret)}\n")
    codes = RECOVERY_CODE.findall(confirmed)
    assert len(set(codes)) == 10
    assert factor(gate, person)["confirmed"] and factor(gate, person)["recoveryCodesLeft"] == 10
    renewed = cli.json("second-factor", "recovery-codes", person.name)["recoveryCodes"]
    assert len(renewed) == 10 and not set(renewed) & set(codes)

    cli.fails(CONFLICT, "second-factor", "enrol", person.name)
    cli.ok("second-factor", "enrol", person.name, "--replace")
    assert factor(gate, person)["confirmed"] and factor(gate, person)["pending"]
    cli.ok("second-factor", "remove", person.name)
    assert factor(gate, person) is None
    cli.fails(NOT_FOUND, "second-factor", "remove", person.name)


def test_a_panels_secret_is_piped_in(gate: Gate, cli: CommandLine, person: Person) -> None:
    enrol = "second-factor", "enrol", person.name, "--secret-stdin"
    cli.ok(*enrol, "--confirmed", text=SECRET.lower() + "\n")
    assert factor(gate, person)["confirmed"]
    cli.ok(*enrol, "--confirmed", text=SECRET + "\n")
    cli.fails(1, *enrol, "--replace", text="too short\n")
    cli.fails(64, "second-factor", "enrol", person.name, "--confirmed")


def read_until(terminal: int, wanted: str, timeout: float = 20) -> str:
    """What a program says on a terminal up to some words."""
    said = b""
    end = time.monotonic() + timeout
    while wanted.encode() not in said:
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, f"{wanted!r} did not come: {said.decode(errors='replace')}"
        try:
            part = os.read(terminal, 65536)
        except OSError:
            part = b""
        assert part, said.decode(errors="replace")
        said += part
    return said.decode()


def test_on_a_terminal_the_picture_has_its_own_colours_and_the_code_is_asked_for(
    gate: Gate, programs: Programs, person: Person
) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (60, 132))
    child = subprocess.Popen(
        [programs.gate, "second-factor", "enrol", person.name, "--socket", gate.socket],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        said = read_until(ours, "shows: ").replace("\r\n", "\n")
        assert "\x1b[38;5;231;48;5;16m█" in said
        uri = read_picture(COLORS.sub("", said))
        assert uri is not None and uri in said
        os.write(ours, f"{code(secret_in(uri))}\n".encode())
        rest = read_until(ours, "not shown again")
        while len(RECOVERY_CODE.findall(rest.replace("\r", ""))) < 10:
            rest += read_until(ours, "\n")
        assert child.wait(20) == 0
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        os.close(ours)
    assert factor(gate, person)["confirmed"]


def test_app_passwords_are_made_listed_and_removed(
    gate: Gate, cli: CommandLine, place: Place
) -> None:
    person = place.subuser(["file.sftp"])
    made = cli.ok("app-password", "add", person.name, "nightly backup", "--server", place.short_id)
    assert re.search(r"^sftp-[a-z2-7]{8}(-[a-z2-7]{8}){3}$", made, re.MULTILINE), made
    other = cli.json("app-password", "add", person.name, "editor")
    listed = cli.json("app-password", "list", person.name)["appPasswords"]
    assert [(one["name"], one["server"]) for one in listed] == [
        ("nightly backup", place.uuid), ("editor", None),
    ]
    table = cli.ok("app-password", "list", person.name)
    assert "nightly backup" in table and place.uuid in table
    cli.fails(CONFLICT, "app-password", "add", person.name, "editor")
    cli.fails(NOT_FOUND, "app-password", "add", person.name, "other", "--server", "00000000")
    cli.ok("app-password", "remove", person.name, other["appPassword"]["uuid"])
    cli.fails(NOT_FOUND, "app-password", "remove", person.name, other["appPassword"]["uuid"])
    assert "editor" not in cli.ok("app-password", "list", person.name)


def test_policies_are_set_shown_and_taken_away(cli: CommandLine, place: Place) -> None:
    for what, name in (("user", place.owner.name), ("server", place.short_id)):
        cli.ok(what, "set", name, "--sign-in", "publickey, code+password")
        assert cli.json(what, "show", name)[what]["signIn"] == ["publickey", "password+code"]
        assert "publickey or password+code" in cli.ok(what, "show", name)
        for wrong, hint in (("sms", "password, publickey, code"), ("code", "password+code")):
            assert hint in cli.fails(1, what, "set", name, "--sign-in", wrong)
        cli.fails(64, what, "set", name, "--sign-in", "publickey", "--any-sign-in")
        assert cli.json(what, "show", name)[what]["signIn"] == ["publickey", "password+code"]
        cli.ok(what, "set", name, "--any-sign-in")
        assert cli.json(what, "show", name)[what]["signIn"] is None


def test_secrets_are_answered_once_and_kept_nowhere_in_clear(gate: Gate, person: Person) -> None:
    def post(*segments: str, body: dict | None = None) -> dict:
        target = f"/v1/users/{person.name}/" + "/".join(segments)
        content = None if body is None else json.dumps(body).encode()
        response = gate.control.send("POST", target, content, Idempotency_Key="once")
        assert response.status in (200, 201), response
        return json.loads(response.body)

    begun = post("second-factor", body={})
    shown = code(begun["secret"])
    confirmed = post("second-factor", "confirmation", body={"code": shown})
    renewed = post("recovery-codes")
    password = post("app-passwords", body={"name": "backup"})["password"]
    secrets = [password, *confirmed["recoveryCodes"], *renewed["recoveryCodes"]]
    assert len(set(secrets)) == 21

    with sqlite3.connect(f"file:{gate.store}?mode=ro", uri=True) as store:
        dump = "\n".join(store.iterdump())
        kept = store.execute(
            "SELECT count(*) FROM idempotency WHERE path LIKE ?", (f"%/{person.name}/%",)
        ).fetchone()
    store.close()
    assert person.name in dump and kept == (0,)
    activity = json.dumps(gate.control.get("activity", user=person.uuid))
    assert "user:app-password.create" in activity
    log = gate.log()
    assert "user:second-factor.confirm" in log
    for secret in [*secrets, *(one.replace("-", "") for one in secrets), begun["secret"]]:
        assert secret not in dump and secret not in activity and secret not in log
    assert begun["uri"] not in log


def test_an_import_leaves_them_and_the_policies_that_it_is_silent_about(
    make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    name = place.owner.name
    gate.control.post(
        "users", name, "second-factor", body={"secret": SECRET, "confirmed": True}
    )
    gate.control.post("users", name, "recovery-codes", body=None)
    gate.control.post("users", name, "app-passwords", body={"name": "a", "server": place.uuid})
    gate.control.patch("users", name, body={"signIn": ["publickey"]})
    gate.control.patch("servers", place.uuid, body={"signIn": ["password+code"]})
    before = (
        gate.control.get("users", name, "second-factor"),
        gate.control.get("users", name, "app-passwords"),
    )
    assert before[0]["secondFactor"]["recoveryCodesLeft"] == 10

    document = gate.control.exchange("GET", "/v1/snapshot")[1]
    silent = []
    for line in document.splitlines():
        found = json.loads(line)
        found.pop("signIn", None)
        if found["kind"] == "user":
            found["email"] = "other@example.org"
        silent.append(json.dumps(found).encode())
    status, answer = gate.control.exchange("PUT", "/v1/snapshot", b"\n".join(silent))
    assert status == 200 and json.loads(answer)["changes"]["users"]["changed"] == 1
    assert gate.control.get("users", name)["user"]["signIn"] == ["publickey"]
    assert gate.control.get("servers", place.uuid)["server"]["signIn"] == ["password+code"]
    assert before == (
        gate.control.get("users", name, "second-factor"),
        gate.control.get("users", name, "app-passwords"),
    )
    said = [line.replace(b'"signIn":["publickey"]', b'"signIn":null') for line in document.splitlines()]
    assert gate.control.exchange("PUT", "/v1/snapshot", b"\n".join(said))[0] == 200
    assert gate.control.get("users", name)["user"]["signIn"] is None
    assert gate.control.get("servers", place.uuid)["server"]["signIn"] == ["password+code"]


def test_the_php_of_the_document_passes_a_secret_on_and_enrols(
    gate: Gate, person: Person, repository: Path, tmp_path: Path
) -> None:
    document = (repository / "docs" / "panel-integration.md").read_text()
    functions = blocks(document, "php")[:-2]
    assert any("mirrorSecondFactor" in part for part in functions)

    def php(*lines: str) -> str:
        script = tmp_path / "example.php"
        gate_here = f"$gate = new Gate('{gate.socket}');"
        script.write_text("\n".join([*functions, gate_here, *lines]))
        finished = subprocess.run(
            ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr", script],
            capture_output=True, text=True, timeout=60,
        )
        assert finished.returncode == 0 and not finished.stderr, finished
        return finished.stdout

    mirror = f"mirrorSecondFactor($gate, '{person.uuid}', '{SECRET}');"
    php(mirror, mirror)
    assert factor(gate, person)["confirmed"]
    forget = f"mirrorSecondFactor($gate, '{person.uuid}', null);"
    php(forget, forget)
    assert factor(gate, person) is None
    secret = secret_in(php(f"echo enrol($gate, '{person.uuid}');"))
    assert php(f"var_dump(confirm($gate, '{person.uuid}', 'wrong'));") == "NULL\n"
    confirm = f"echo implode(\"\\n\", confirm($gate, '{person.uuid}', '{code(secret)}'));"
    assert len(RECOVERY_CODE.findall(php(confirm))) == 10
    assert factor(gate, person)["recoveryCodesLeft"] == 10

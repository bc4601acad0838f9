"""A host that is closed: everybody is put out, nobody comes in, and it says why."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, Place, make_person
from clients import ClientFailure, Paramiko, Sftp
from clients.paramiko_library import connect
from gate import Gate, Programs

TEXT = "Moving house until nine"


def sign_in(place: Place, home: Path, password: str | None = None) -> str:
    """Tries to sign in as the owner; answers what the client is told, nothing when it is let in."""
    endpoint = place.endpoint()
    try:
        Sftp(replace(endpoint, password=password or endpoint.password), home).batch("pwd")
        return ""
    except ClientFailure as failure:
        return str(failure)


def test_a_closed_host_puts_everybody_out_and_lets_nobody_in(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate, home = make_gate().start(), tmp_path / "home"
    place = Place(gate)
    people = [
        place.owner, place.subuser(FILE_PERMISSIONS), make_person(gate, administrator=True)
    ]
    clients = [Paramiko(place.endpoint(person), tmp_path / person.name) for person in people]
    for client in clients:
        assert client.list("/") == []
    # Somebody is in the middle of signing in.
    halfway = connect(place.endpoint())

    closed = gate.control.put("lockdown", body={"text": TEXT})
    assert closed["revocation"]["found"] == len(people)
    assert closed["lockdown"]["text"] == TEXT
    for client in clients:
        with pytest.raises(ClientFailure):
            client.list("/")
        client.close()
    with pytest.raises(paramiko.SSHException):
        halfway.auth_password(place.endpoint().user, place.owner.password, fallback=False)
    halfway.close()
    assert TEXT in sign_in(place, home)
    # Whoever proves nothing learns nothing.
    assert TEXT not in sign_in(place, home, "wrong password")

    # It is closed until it is opened, also after a restart.
    gate.kill()
    gate.start()
    assert gate.control.get("lockdown")["lockdown"] == closed["lockdown"]
    assert TEXT in sign_in(place, home)
    opened = gate.control.delete("lockdown")
    assert opened["lockdown"] is None
    assert sign_in(place, home) == ""
    assert gate.control.get("lockdown")["lockdown"] is None


def test_closing_and_opening_again_changes_nothing(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()

    def events() -> list[str]:
        entries = gate.control.get("activity", event="host:*")["activity"]
        return [entry["event"] for entry in entries]

    first = gate.control.put("lockdown", body={})
    assert gate.control.put("lockdown", body={}) == first
    assert events() == ["host:lockdown.on"]
    other = gate.control.put("lockdown", body={"text": TEXT})["lockdown"]
    assert other == {"text": TEXT, "since": first["lockdown"]["since"]}
    for _ in range(2):
        assert gate.control.delete("lockdown")["lockdown"] is None
    assert events() == ["host:lockdown.off", "host:lockdown.on", "host:lockdown.on"]
    refusal = gate.control.refusal("PUT", "lockdown", body={"text": "two\nlines"})
    assert refusal.code == "invalid_name"
    assert gate.control.get("lockdown")["lockdown"] is None


def test_the_command_line_closes_and_opens_a_host(
    make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate().start()

    def run(*arguments: str) -> str:
        command = [programs.gate, "lockdown", *arguments, "--socket", str(gate.socket)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert run() == "This host is open.\n"
    assert run("on", "--text", TEXT) == "This host is closed: nobody can sign in.\n"
    assert run("show").startswith("This host is closed since ") and TEXT in run("show")
    assert run("off") == "This host is open.\n"
    assert run("show") == "This host is open.\n"

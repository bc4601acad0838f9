"""The log: complete, in one line an event, and never written by a client."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Place
from clients import ClientFailure, Paramiko, Sftp
from clients.paramiko_library import connect
from gate import Gate
from log_lines import parse
from waiting import eventually


def test_every_line_of_the_log_has_the_form_that_is_documented(gate: Gate) -> None:
    lines = gate.log().splitlines()
    assert lines
    for line in lines:
        parse(line)


def lines_of(gate: Gate, session: str) -> list[str]:
    return [line for line in gate.log().splitlines() if session in line]


def test_every_line_about_a_connection_says_which_and_from_where(
    gate: Gate, place: Place, tmp_path: Path
) -> None:
    client = Paramiko(place.endpoint(), tmp_path)
    client.list("/")
    session = gate.session_of(place.owner.name)
    client.close()
    eventually(
        lambda: any("session ended" in line for line in lines_of(gate, session["id"])),
        "the end is in the log",
    )
    lines = [parse(line) for line in lines_of(gate, session["id"])]
    assert len(lines) >= 3
    for line in lines:
        assert line.fields["session"] == session["id"], line
        assert line.fields["peer"] == session["peer"], line
    events = [line.event for line in lines]
    for line in lines[events.index("signed in") :]:
        assert line.fields["user"] == place.owner.name, line
        assert line.fields["server"] == place.short_id, line


def test_the_log_is_one_json_object_a_line_where_configured(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(log={"format": "json"}).start()
    place = Place(gate)
    Sftp(place.endpoint(), tmp_path).batch("pwd")
    eventually(lambda: "session ended" in gate.log(), "the end is in the log")

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), f"a name twice: {pairs}"
        return dict(pairs)

    entries = [json.loads(line, object_pairs_hook=members) for line in gate.log().splitlines()]
    signed_in = [entry for entry in entries if entry["event"] == "signed in"]
    assert [(one["user"], one["server"]) for one in signed_in] == [
        (place.owner.name, place.short_id)
    ]
    assert any("control API" in entry["event"] for entry in entries)


def test_no_password_is_ever_in_the_log(
    make_gate: Callable[..., Gate], ring: KeyRing, tmp_path: Path
) -> None:
    gate = make_gate(log={"level": "trace"}).start()
    place = Place(gate)
    subuser = place.subuser(FILE_PERMISSIONS)
    wrong = "wrong-password-4711"
    Sftp(place.endpoint(), tmp_path / "right").batch("pwd")
    Sftp(place.endpoint(key=place.add_key(ring, "ed25519")), tmp_path / "key").batch("pwd")
    with pytest.raises(ClientFailure):
        Sftp(replace(place.endpoint(), password=wrong), tmp_path / "wrong").batch("pwd")
    gate.control.patch("users", subuser.name, body={"password": "new-password-4712"})
    assert gate.stop() == 0
    log = gate.log()
    assert "signed in" in log and "denied" in log
    secrets = [place.owner.password, subuser.password, wrong, "new-password-4712"]
    # Not as they are, not in hexadecimal, and no hash of one either.
    for secret in secrets:
        assert secret not in log
        assert secret.encode().hex() not in log.lower()
    assert not re.search(r"\$(2[aby]|y)\$", log)
    assert "PRIVATE KEY" not in log


HOSTILE_NAMES = [
    "x\nerror forged=1 session=000000000000",
    "x\r\n2026-01-01T00:00:00Z info forged",
    "x\x1b[2J\x1b]0;title\x07",
    'x" user=root admin="1',
    "x\u202eevil\u2028forged",
    "x\x00y",
    "\ud7ff\ue000\x85forged",
]


@pytest.mark.parametrize("hostile", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_name_cannot_forge_a_log_line(hostile: str, gate: Gate, place: Place) -> None:
    before = len(gate.log())
    transport = connect(place.endpoint())
    with pytest.raises((paramiko.SSHException, EOFError)):
        transport.auth_password(f"{hostile}.{place.short_id}", "guess", fallback=False)
    transport.close()
    eventually(lambda: "denied" in gate.log()[before:], "the attempt is in the log")
    eventually(lambda: "session ended" in gate.log()[before:], "and its end")
    written = gate.log()[before:]
    for line in written.removesuffix("\n").split("\n"):
        fields = parse(line).fields
        assert "forged" not in fields and "admin" not in fields and "user" not in fields
    # Nothing that a terminal or a log reader takes for a command or a line end.
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\u202a-\u202e]", written)


def test_a_client_version_cannot_forge_a_log_line(gate: Gate, place: Place) -> None:
    before = len(gate.log())
    transport = paramiko.Transport(socket.create_connection((gate.host, gate.port), timeout=10))
    transport.local_version = "SSH-2.0-evil\x1b[31m\tforged=1"
    try:
        transport.start_client(timeout=10)
        session = eventually(gate.sessions, "the connection is listed")[0]
        assert "\x1b" not in json.dumps(session, ensure_ascii=False)
    except (paramiko.SSHException, EOFError):
        pass
    transport.close()
    eventually(lambda: "session ended" in gate.log()[before:], "the end is in the log")
    assert "\x1b" not in gate.log()[before:]


def test_a_path_cannot_forge_a_log_line_or_an_activity(
    gate: Gate, place: Place, tmp_path: Path
) -> None:
    name = b"bad\nname\x1b[2J\xff"
    client = Paramiko(place.endpoint(place.subuser(["file.sftp", "file.read"])), tmp_path)
    with pytest.raises(OSError):
        client.sftp.mkdir(b"/" + name)
    client.close()

    def recorded() -> list[dict]:
        entries = gate.control.get("activity", server=place.uuid)["activity"]
        return [one for one in entries if "bad" in json.dumps(one["properties"])]

    entry = eventually(recorded, "the denial is recorded")[0]
    assert "\x1b" not in json.dumps(entry["properties"], ensure_ascii=False)
    assert "\x1b" not in gate.log()

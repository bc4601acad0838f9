"""`portcullis` as operators use it: through the control API of a running gate."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts import ALWAYS_GIVEN, KeyRing, Person, Place, make_person
from clients import Paramiko, Sftp
from gate import Gate, Programs
from waiting import eventually

NOT_RUNNING = 69
NOT_FOUND = 3
CONFLICT = 4
USAGE = 64


class CommandLine:
    """Runs the program against one gate."""

    def __init__(self, programs: Programs, socket: Path):
        self.program = programs.gate
        self.socket = socket

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            env={
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "PORTCULLIS_CONTROL_SOCKET": str(self.socket),
            },
        )

    def ok(self, *arguments: str, text: str = "") -> str:
        finished = self.run(*arguments, text=text)
        assert finished.returncode == 0, f"{arguments}: {finished.stdout}{finished.stderr}"
        return finished.stdout

    def json(self, *arguments: str, text: str = "") -> Any:
        return json.loads(self.ok(*arguments, "--json", text=text))

    def fails(self, status: int, *arguments: str, text: str = "") -> str:
        """A call that must end with this status and an `error:` line; answers what it said."""
        finished = self.run(*arguments, text=text)
        assert finished.returncode == status, f"{arguments}: {finished.stdout}{finished.stderr}"
        assert finished.stderr.lower().startswith("error:"), finished.stderr
        return finished.stderr


@pytest.fixture
def cli(gate: Gate, programs: Programs) -> CommandLine:
    return CommandLine(programs, gate.socket)


def test_a_host_is_set_up_and_used_from_the_command_line_alone(
    make_gate: Callable[..., Gate], programs: Programs, ring: KeyRing, tmp_path: Path
) -> None:
    gate = make_gate().start()
    cli = CommandLine(programs, gate.socket)
    (gate.volumes / "survival").mkdir()

    for name in ("olivia", "sam"):
        cli.ok("user", "add", name, "--email", f"{name}@example.org", "--password-stdin",
               text=f"{name}-secret\n")
    assert sorted(one["username"] for one in cli.json("user", "list")["users"]) == ["olivia", "sam"]
    cli.ok("server", "add", "survival", "--owner", "olivia", "--directory", "survival")
    server = cli.json("server", "list")["servers"][0]
    cli.ok("subuser", "add", server["shortId"], "sam", "--permissions", "file.sftp,file.read")
    public = tmp_path / "key.pub"
    public.write_text(ring.public("ed25519") + "\n")
    cli.ok("key", "add", "olivia", str(public))

    place = Place.__new__(Place)
    place.gate, place.server = gate, server
    place.owner = Person("olivia", "olivia-secret", "")
    sam = Person("sam", "sam-secret", "")
    Sftp(place.endpoint(), tmp_path / "password").batch("mkdir /made")
    Sftp(place.endpoint(key=ring.key("ed25519")), tmp_path / "key").batch("ls /")
    client = Paramiko(place.endpoint(sam), tmp_path / "sam")
    assert client.list("/") == ["made"]

    sessions = cli.json("sessions", "list")["sessions"]
    assert [one["username"] for one in sessions] == ["sam"]
    table = cli.ok("sessions", "list")
    assert "sam" in table and server["shortId"] in table
    revoked = cli.json("revoke", "--user", "sam")
    assert revoked["revocation"]["found"] == 1
    client.close()
    assert cli.json("sessions", "list")["sessions"] == []
    events = {one["event"] for one in cli.json("activity")["activity"]}
    assert "server:sftp.create-directory" in events
    assert cli.ok("activity").strip()

    cli.ok("subuser", "set", server["shortId"], "sam", "--permissions", "file.sftp")
    shown = cli.json("subuser", "show", server["shortId"], "sam")
    assert set(shown["subuser"]["permissions"]) - ALWAYS_GIVEN == {"file.sftp"}
    cli.ok("subuser", "remove", server["shortId"], "sam")
    assert cli.json("subuser", "list", server["shortId"])["subusers"] == []
    fingerprint = cli.json("key", "list", "olivia")["keys"][0]["fingerprint"]
    assert fingerprint == ring.fingerprint("ed25519")
    cli.ok("key", "remove", "olivia", fingerprint)
    cli.ok("server", "remove", server["shortId"])
    cli.ok("user", "remove", "olivia")
    assert [one["username"] for one in cli.json("user", "list")["users"]] == ["sam"]


def test_delegations_access_and_second_factors_are_handled_from_the_command_line(
    cli: CommandLine, place: Place
) -> None:
    person = place.subuser(["file.read", "file.sftp"])
    owner = place.owner
    assert cli.json("user", "show", person.name)["user"]["twoFactor"] is False
    cli.ok("user", "set", person.name, "--two-factor")
    row = next(
        line.split() for line in cli.ok("subuser", "list", place.short_id).splitlines()
        if line.startswith(person.name)
    )
    # The second factor, no expiry, and a count without what everybody has.
    assert row[2:5] == ["yes", "-", "2"]
    cli.ok("user", "set", person.name, "--no-two-factor")
    assert cli.json("user", "show", person.name)["user"]["twoFactor"] is False

    cli.ok("delegation", "set", owner.name, person.name, "-p", "console,file.delete")
    listed = cli.json("delegation", "list", owner.name)["delegations"]
    assert [one["username"] for one in listed] == [person.name]
    since = listed[0]["createdAt"]
    cli.ok("user", "set", person.name, "--two-factor")
    row = cli.ok("delegation", "list", owner.name).splitlines()[-1].split()
    assert row[:5] == [person.name, f"{person.name}@example.org", "yes", since, "5"]
    shown = cli.ok("delegation", "show", owner.name, person.name)
    assert "Two factors  yes" in shown and "file.delete" in shown
    cli.fails(NOT_FOUND, "delegation", "show", owner.name, owner.name)
    cli.ok("user", "set", person.name, "--no-two-factor")
    access = cli.json("access", person.name)
    assert set(access["servers"][0]["permissions"]) >= {"control.start", "file.delete", "file.sftp"}
    assert [one["ownerName"] for one in access["accounts"]] == [owner.name]
    assert owner.name in cli.ok("access", person.name)
    cli.ok("delegation", "remove", owner.name, person.name)
    cli.fails(NOT_FOUND, "delegation", "remove", owner.name, person.name)
    cli.ok("subuser", "remove", place.short_id, person.name)
    assert "no server" in cli.ok("access", person.name)
    cli.fails(NOT_FOUND, "access", "nobody")


def test_invitations_are_handled_from_the_command_line(
    make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate(subusers={"unknown_email": "invite"}).start()
    cli = CommandLine(programs, gate.socket)
    place = Place(gate)
    said = cli.ok("subuser", "add", place.short_id, "later@example.org", "-p", "file.read")
    assert "is invited until" in said
    expiry = cli.json("subuser", "list", place.short_id)["invitations"][0]["expiresAt"]
    row = cli.ok("subuser", "list", place.short_id).splitlines()[-1].split()
    assert row[:5] == ["-", "later@example.org", "-", expiry, "1"]
    shown = cli.ok("subuser", "show", place.short_id, "later@example.org")
    assert expiry in shown and "file.read" in shown
    assert "will hold" in cli.ok(
        "subuser", "set", place.short_id, "later@example.org", "-p", "file.update"
    )
    cli.ok("subuser", "remove", place.short_id, "later@example.org")
    assert cli.json("subuser", "list", place.short_id)["invitations"] == []


def test_blanks_around_permissions_mean_nothing_and_an_empty_name_is_wrong_usage(
    cli: CommandLine, place: Place
) -> None:
    person = make_person(place.gate)
    said = cli.ok("subuser", "add", place.short_id, person.name, "-p", "viewer, file.read")
    assert "left out" not in said
    assert place.permissions(person) == {"activity.read", "file.read"}
    assert person.name in cli.ok("subuser", "list", place.short_id)
    assert "A server's name is missing" in cli.fails(USAGE, "subuser", "list", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "list"),
        ("server", "list"),
        ("sessions",),
        ("sessions", "list"),
        ("activity",),
        ("permissions",),
    ],
    ids=" ".join,
)
def test_what_is_a_table_for_people_is_json_on_request(
    arguments: tuple[str, ...], cli: CommandLine, place: Place
) -> None:
    assert isinstance(cli.json(*arguments), dict)
    table = cli.ok(*arguments)
    assert table.strip()
    with pytest.raises(json.JSONDecodeError):
        json.loads(table)


def test_the_permissions_are_listed_with_their_meaning(cli: CommandLine) -> None:
    table = cli.ok("permissions")
    for name in ("file.sftp", "file.read-content", "backup.download"):
        assert name in table


def test_exit_statuses_tell_failures_apart(cli: CommandLine, place: Place) -> None:
    assert "User not found" in cli.fails(NOT_FOUND, "user", "show", "nobody")
    assert cli.fails(
        CONFLICT, "user", "add", place.owner.name, "--email", "new@example.org",
        "--password-stdin", text="secret-secret\n",
    )
    assert cli.run("user", "list", "--json").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("user", "add"), ("user", "list", "--nonsense"), ("revoke",)],
    ids=" ".join,
)
def test_a_wrong_call_shows_how_it_is_done(
    arguments: tuple[str, ...], cli: CommandLine
) -> None:
    finished = cli.run(*arguments)
    assert finished.returncode == USAGE
    assert "usage" in finished.stderr.lower() and "error:" in finished.stderr.lower()


@pytest.mark.parametrize("kind", ["absent", "dead", "file"])
def test_without_a_gate_there_is_a_helpful_sentence(
    kind: str, programs: Programs, tmp_path: Path
) -> None:
    path = tmp_path / "control.sock"
    if kind == "dead":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    if kind == "file":
        path.touch()
    cli = CommandLine(programs, path)
    said = cli.fails(NOT_RUNNING, "sessions", "list")
    assert "hint:" in said and str(path) in said


def test_help_and_version_need_no_gate(programs: Programs, tmp_path: Path) -> None:
    cli = CommandLine(programs, tmp_path / "absent")
    shown = cli.ok("--help")
    for name in (
        "serve", "user", "server", "subuser", "key", "sessions", "revoke", "activity",
        "permissions", "config",
    ):
        assert name in shown
    assert cli.ok("version").strip()


def test_the_sample_configuration_is_complete_and_shows_the_defaults(
    programs: Programs, repository: Path, tmp_path: Path
) -> None:
    cli = CommandLine(programs, tmp_path / "absent")
    sample = repository / "config" / "config.yml"
    assert cli.run("config", "check", "--config", str(sample)).returncode == 0
    assert cli.ok("config", "sample").strip() == sample.read_text().strip()

    def values(file: Path) -> dict[str, str]:
        shown = cli.json("config", "show", "--config", str(file))
        return {key: setting["value"] for key, setting in shown.items()}

    empty = tmp_path / "empty.yml"
    empty.write_text("{}\n")
    assert values(sample) == values(empty)


def test_a_password_is_never_taken_from_the_arguments(cli: CommandLine) -> None:
    finished = cli.run(
        "user", "add", "argument", "--email", "argument@example.org", "--password", "secret"
    )
    assert finished.returncode == USAGE
    assert cli.run("user", "show", "argument").returncode == NOT_FOUND


def test_control_characters_do_not_reach_the_terminal(
    cli: CommandLine, place: Place, tmp_path: Path
) -> None:
    client = Paramiko(place.endpoint(), tmp_path)
    client.sftp.mkdir("/bad\x1b[31mname")
    client.close()
    eventually(lambda: "bad" in cli.ok("activity"), "the directory is in the activity")
    assert "\x1b" not in cli.ok("activity")

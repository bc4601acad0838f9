"""What the gate remembers of who did what."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import ClientFailure, Paramiko, Sftp
from clients.openssh import quoted
from content import random_file
from gate import Gate, Programs
from waiting import eventually


def entries(place: Place, event: str) -> list[dict[str, Any]]:
    """What is recorded under one event about a server, newest first."""
    answer = place.gate.control.get("activity", server=place.uuid, event=event)
    return answer["activity"]


def entry(place: Place, event: str) -> dict[str, Any]:
    found = eventually(lambda: entries(place, event), f"{event} is recorded")
    assert len(found) == 1, found
    return found[0]


def test_everything_done_to_files_is_remembered_with_who_what_and_how_much(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(activity={"log_reads": True}).start()
    place = Place(gate)
    person = place.subuser(FILE_PERMISSIONS)
    (place.files / "there").write_bytes(bytes(1000))
    whole = random_file(tmp_path / "whole", 70_000)
    Sftp(place.endpoint(person), tmp_path / "client").batch(
        f"put {quoted(whole)} /new",
        f"put {quoted(whole)} /there",
        f"get /new {quoted(tmp_path / 'back')}",
        "mkdir /folder",
        "rename /new /folder/moved",
        "chmod 600 /there",
        "rm /there",
        "rm /folder/moved",
        "rmdir /folder",
    )
    login = entry(place, "server:sftp.login")
    assert (login["username"], login["ip"]) == (person.name, "127.0.0.1")
    assert login["properties"]["method"] == "password"
    logout = entry(place, "server:sftp.logout")
    assert logout["session"] == login["session"]
    assert logout["properties"]["bytesWritten"] == 140_000
    assert logout["properties"]["bytesRead"] == 70_000

    created = entry(place, "server:sftp.create")
    assert created["properties"]["files"] == ["/new"]
    assert (logout["properties"]["filesWritten"], logout["properties"]["filesRead"]) == (2, 1)
    assert logout["properties"]["reason"] == "clientLeft"
    assert logout["properties"]["seconds"] < 60
    written = entry(place, "server:sftp.write")
    assert written["properties"] == {"files": ["/new", "/there"], "bytes": 140_000}
    read = entry(place, "server:sftp.read")
    assert read["properties"] == {"files": ["/new"], "bytes": 70_000}
    renamed = entry(place, "server:sftp.rename")
    assert (renamed["properties"]["from"], renamed["properties"]["to"]) == (
        "/new", "/folder/moved",
    )
    made = entry(place, "server:sftp.create-directory")
    assert made["properties"]["files"] == ["/folder"]
    assert entries(place, "server:sftp.chmod")[0]["properties"]["files"] == ["/there"]
    deleted = entry(place, "server:sftp.delete")
    assert deleted["properties"]["files"] == ["/there", "/folder/moved", "/folder"]
    for one in (created, read, renamed, made):
        assert one["username"] == person.name and one["session"] == login["session"]


def test_denials_are_remembered_with_what_was_missing(place: Place, tmp_path: Path) -> None:
    person = place.subuser(["file.sftp", "file.read"])
    client = Paramiko(place.endpoint(person), tmp_path)
    with pytest.raises(ClientFailure):
        client.mkdir("/forbidden")
    client.close()
    denied = entry(place, "server:sftp.denied")
    assert denied["username"] == person.name
    assert denied["properties"]["missing"] == "file.create"
    assert denied["properties"]["files"] == ["/forbidden"]


def test_a_failed_sign_in_of_a_known_person_is_remembered(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ClientFailure):
        Sftp(replace(place.endpoint(), password="wrong"), tmp_path).batch("pwd")

    def failed() -> list[dict[str, Any]]:
        answer = place.gate.control.get("activity", user=place.owner.name)
        return [one for one in answer["activity"] if one["properties"].get("reason")]

    found = eventually(failed, "the failure is recorded")[0]
    assert found["ip"] == "127.0.0.1" and found["properties"]["method"] == "password"


def test_changes_over_the_control_api_are_remembered_with_who_made_them(
    place: Place, gate: Gate
) -> None:
    person = place.subuser(["file.sftp"])
    place.permit(person, ["file.sftp", "file.read"])
    changed = entry(place, "server:subuser.update")
    assert f"{os.geteuid()}" in changed["actor"]
    assert "file.read" in changed["properties"]["new"]
    assert "file.read" not in changed["properties"]["old"]


def test_who_made_a_change_and_from_where_is_remembered_and_found(
    place: Place, programs: Programs
) -> None:
    person = place.subuser(["file.sftp"])
    control = place.gate.control
    target = f"/api/client/servers/{place.uuid}/users/{person.uuid}"
    body = json.dumps({"permissions": ["file.sftp", "file.read"]}).encode()
    sent = {"Portcullis-Acting-User": place.owner.uuid}
    for address in ("", "192.0.2.7:22", "somewhere"):
        status, _, _ = control.converse(
            "PATCH", target, body, sent | {"Portcullis-Client-Address": address}
        )
        assert status == 422
    assert entries(place, "server:subuser.update") == []
    status, _, _ = control.converse(
        "PATCH", target, body, sent | {"Portcullis-Client-Address": "2001:DB8::7"}
    )
    assert status == 200
    changed = entry(place, "server:subuser.update")
    assert (changed["actor"], changed["actorUser"]) == (place.owner.name, place.owner.uuid)
    assert (changed["user"], changed["ip"]) == (person.uuid, "2001:db8::7")

    def found(*options: str) -> list[list[str]]:
        """Event, actor, subject and address of each line."""
        command = [programs.gate, "activity", "--socket", place.gate.socket, *options]
        lines = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        return [[*line.split()[1:4], line.split()[5]] for line in lines[1:]]

    line = ["server:subuser.update", place.owner.name, person.name, "2001:db8::7"]
    only = ("--event", "server:subuser.update")
    assert found("--actor", place.owner.name) == [line]
    assert found("--user", place.owner.name, *only) == found("--user", person.name, *only) == [line]
    process = ("--actor", f"uid {os.geteuid()}", "--server", place.short_id)
    made = subprocess.run(
        [programs.gate, "activity", "--socket", place.gate.socket, "--json", *process],
        capture_output=True, text=True, check=True,
    ).stdout
    assert {one["event"] for one in json.loads(made)["activity"]} == {
        "server:create", "server:subuser.create",
    }


def test_a_time_that_is_none_is_refused_in_words_of_the_command_line(
    place: Place, programs: Programs
) -> None:
    command = [programs.gate, "activity", "--socket", place.gate.socket, "--since"]
    for time_given in ("2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00Z", "0"):
        subprocess.run([*command, time_given], capture_output=True, check=True)
    refused = subprocess.run([*command, "yesterday"], capture_output=True, text=True)
    assert refused.returncode != 0
    assert "since must be a time such as" in refused.stderr and "%2B" not in refused.stderr


def test_what_a_session_does_to_many_files_is_one_entry(place: Place, tmp_path: Path) -> None:
    sources = tmp_path / "many"
    sources.mkdir()
    for number in range(40):
        (sources / f"file{number}").write_bytes(bytes(number))
    for half in ("first", "second"):
        Sftp(place.endpoint(), tmp_path / half).batch(
            f"mkdir /{half}", f"put {quoted(sources)}/* /{half}/"
        )
    eventually(lambda: len(entries(place, "server:sftp.logout")) == 2, "both have ended")
    for event in ("server:sftp.create", "server:sftp.write"):
        found = entries(place, event)
        assert [one["properties"].get("bytes", 780) for one in found] == [780, 780]
        for one, half in zip(reversed(found), ("first", "second")):
            names = {f"/{half}/file{number}" for number in range(40)}
            # Nothing was moved into the empty file.
            assert set(one["properties"]["files"]) | {f"/{half}/file0"} == names
    sessions = {one["session"] for one in entries(place, "server:sftp.write")}
    assert len(sessions) == 2


def test_more_files_than_one_entry_holds_are_put_together_by_the_first(
    place: Place, tmp_path: Path
) -> None:
    client = Paramiko(place.endpoint(), tmp_path)
    for number in range(1100):
        client.mkdir(f"/folder{number}")
    client.close()
    entry(place, "server:sftp.logout")
    found = sorted(entries(place, "server:sftp.create-directory"), key=lambda one: one["id"])
    # A busy machine may take more than a minute for it; each minute is a series of its own.
    firsts = [one["id"] for one in found if "continues" not in one["properties"]]
    names = {one["id"]: one["properties"].get("continues", one["id"]) for one in found}
    assert firsts[0] == found[0]["id"] and set(names.values()) == set(firsts)
    assert max(len(one["properties"]["files"]) for one in found) == 500
    assert len(found) > len(firsts)
    made = [file for one in found for file in one["properties"]["files"]]
    assert made == [f"/folder{number}" for number in range(1100)]


def test_what_is_in_the_record_survives_a_killed_gate(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    client = Paramiko(place.endpoint(), tmp_path)
    client.mkdir("/one")
    before = entry(place, "server:sftp.create-directory")
    client.mkdir("/two")
    eventually(
        lambda: entry(place, "server:sftp.create-directory")["properties"]["files"]
        == ["/one", "/two"],
        "the entry has grown while the session goes on",
    )
    gate.kill()
    gate.start()
    after = entry(place, "server:sftp.create-directory")
    assert (after["id"], after["at"]) == (before["id"], before["at"])
    assert after["properties"]["files"] == ["/one", "/two"]
    assert entry(place, "server:sftp.logout")["properties"]["reason"] == "gateLost"


def test_what_is_too_old_is_removed_when_the_gate_starts(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(activity={"retention": "1s"}).start()
    place = Place(gate)
    Sftp(place.endpoint(), tmp_path).batch("mkdir /folder")
    entry(place, "server:sftp.logout")
    gate.stop()
    stopped = time.time()
    eventually(lambda: time.time() > stopped + 1, "everything is a second old")
    gate.start()
    eventually(lambda: not gate.control.get("activity")["activity"], "the record is empty")
    Sftp(place.endpoint(), tmp_path).batch("mkdir /other")
    assert entry(place, "server:sftp.create-directory")["properties"]["files"] == ["/other"]


def test_another_retention_is_in_force_with_a_sighup(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(activity={"retention": "off"}).start()
    place = Place(gate)
    Sftp(place.endpoint(), tmp_path).batch("mkdir /folder")
    entry(place, "server:sftp.logout")
    ended = time.time()
    eventually(lambda: time.time() > ended + 1, "everything is a second old")

    def reload(retention: str) -> None:
        before = gate.log().count("configuration read again")
        gate.settings["activity"]["retention"] = retention
        gate.write_configuration()
        gate.signal(signal.SIGHUP)
        eventually(
            lambda: gate.log().count("configuration read again") > before, "it is read again"
        )

    kept = gate.control.get("activity")["activity"]
    reload("1h")
    assert gate.control.get("activity")["activity"] == kept != []
    reload("1s")
    eventually(lambda: not gate.control.get("activity")["activity"], "the record is empty")
    log = [line for line in gate.log().splitlines() if "old activity removed" in line]
    assert len(log) == 1 and f"entries={len(kept)}" in log[0], log


def test_the_activity_is_followed_as_it_happens(
    place: Place, programs: Programs, tmp_path: Path
) -> None:
    Sftp(place.endpoint(), tmp_path / "before").batch("mkdir /before")
    entry(place, "server:sftp.logout")
    command = [
        programs.gate, "activity", "--follow", "--server", place.short_id,
        "--event", "server:sftp.*", "--socket", place.gate.socket,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        lines = iter(follower.stdout.readline, "")
        seen = [next(lines) for _ in range(3)]
        assert ["login", "create-directory", "logout"] == [
            line.split()[1].removeprefix("server:sftp.") for line in seen
        ]
        client = Paramiko(place.endpoint(), tmp_path)
        client.mkdir("/now")
        assert "server:sftp.login" in next(lines)
        line = next(lines)
        assert "server:sftp.create-directory" in line and line.rstrip().endswith("files=/now")
        client.mkdir("/later")
        line = next(lines)
        assert "server:sftp.create-directory" in line and line.rstrip().endswith("files=/later")
        client.close()
        assert "server:sftp.logout" in next(lines)
        follower.terminate()


def test_the_activity_is_read_page_by_page(place: Place, tmp_path: Path) -> None:
    # Renames stand alone, so that there are several.
    steps = [f"rename /folder{number} /folder{number + 1}" for number in range(7)]
    Sftp(place.endpoint(), tmp_path).batch("mkdir /folder0", *steps)
    event = "server:sftp.rename"
    eventually(lambda: len(entries(place, event)) == 7, "all are recorded")
    seen: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = place.gate.control.get(
            "activity", server=place.uuid, event=event, limit="3", **before
        )
        seen += [one["properties"]["to"] for one in page["activity"]]
        if page["next"] is None:
            break
        before = {"before": str(page["next"])}
    assert seen == [f"/folder{number}" for number in range(7, 0, -1)]

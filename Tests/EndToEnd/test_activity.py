"""What the gate remembers of who did what."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients import ClientFailure, Paramiko, Sftp
from clients.openssh import quoted
from content import random_file
from gate import Gate
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
    uploads = [one["properties"] for one in entries(place, "server:sftp.write")]
    assert uploads == [
        {"files": ["/there"], "bytes": 70_000}, {"files": ["/new"], "bytes": 70_000},
    ]
    read = entry(place, "server:sftp.read")
    assert read["properties"] == {"files": ["/new"], "bytes": 70_000}
    renamed = entry(place, "server:sftp.rename")
    assert (renamed["properties"]["from"], renamed["properties"]["to"]) == (
        "/new", "/folder/moved",
    )
    made = entry(place, "server:sftp.create-directory")
    assert made["properties"]["files"] == ["/folder"]
    assert entries(place, "server:sftp.chmod")[0]["properties"]["files"] == ["/there"]
    deleted = [one["properties"]["files"] for one in entries(place, "server:sftp.delete")]
    assert deleted == [["/folder"], ["/folder/moved"], ["/there"]]
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


def test_the_activity_is_read_page_by_page(place: Place, tmp_path: Path) -> None:
    names = [f"folder{number}" for number in range(7)]
    Sftp(place.endpoint(), tmp_path).batch(*[f"mkdir /{name}" for name in names])
    event = "server:sftp.create-directory"
    eventually(lambda: len(entries(place, event)) == 7, "all are recorded")
    seen: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = place.gate.control.get(
            "activity", server=place.uuid, event=event, limit="3", **before
        )
        seen += [one["properties"]["files"][0] for one in page["activity"]]
        if page["next"] is None:
            break
        before = {"before": str(page["next"])}
    assert seen == [f"/{name}" for name in reversed(names)]

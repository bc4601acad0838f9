"""Who is kept out can be seen, explained, set by hand and lifted, and outlives a restart."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Place
from clients.paramiko_library import connect, sign_in
from gate import Gate, Programs
from test_front_gate import STRICT, guess, is_let_in, quiet, refusals
from waiting import eventually

#: Whoever guesses once is kept out for ten minutes.
HARSH = {**STRICT, "minimum": "60s", "costs": ["wrong_password 10m", "no_sign_in 0s"]}
#: Sources are not kept out: what is looked at is what protects an account.
PATIENT = {**STRICT, "minimum": "1h", "maximum": "2h"}


def listed(gate: Gate, **query: str) -> dict[str, list[dict[str, Any]]]:
    return gate.control.get("bans", **query)


def explain(gate: Gate, subject: str) -> dict[str, Any]:
    return gate.control.get("bans", subject)


def attack(place: Place) -> None:
    """Guesses of so many sources that strangers are kept from the owner's account."""
    for number in range(20, 28):
        for _ in range(2):
            assert not guess(place, f"127.0.0.{number}")


def test_a_ban_ends_every_connection_from_a_range_and_tells_them_why(
    make_gate: Callable[..., Gate], ring: KeyRing
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    key = place.endpoint(key=place.add_key(ring, "ed25519"))
    banned = sign_in(place.endpoint(), source="127.0.0.2")
    halfway = connect(place.endpoint(), source="127.0.0.3")
    elsewhere = sign_in(place.endpoint(), source="127.0.0.4")
    silent = socket.create_connection((gate.host, gate.port), 10, ("127.0.0.2", 0))
    with closing(banned), closing(halfway), closing(elsewhere), closing(silent):
        assert silent.recv(4) == b"SSH-"
        set_ = gate.control.post(
            "bans", body={"address": "127.0.0.2/31", "reason": "Ticket 7", "seconds": 3600}
        )
        # Both that had signed in or begun to, and the one that had not said a word.
        assert set_["revocation"]["found"] == 3 and set_["revocation"]["pending"] == []
        assert set_["ban"]["address"] == "127.0.0.2/31" and set_["ban"]["reason"] == "Ticket 7"
        # The operator is told that the ban is stronger than an exemption.
        assert set_["exempt"] == ["127.0.0.0/8"]
        assert not banned.is_active() and not halfway.is_active()
        assert elsewhere.is_active()
    told = [line for line in gate.log().splitlines() if "Your address was banned" in line]
    assert told and all("Ticket 7" in line for line in told)
    assert not is_let_in(gate, "127.0.0.2") and not is_let_in(gate, "127.0.0.3")
    with pytest.raises((paramiko.SSHException, OSError, EOFError)):
        sign_in(key, source="127.0.0.2")
    assert is_let_in(gate, "127.0.0.4")
    assert "127.0.0.2/31 is banned: Ticket 7" in refusals(gate, "banned")[0]

    reason = explain(gate, "127.0.0.3")["address"]
    assert reason["refused"]["reason"] == "banned" and reason["ban"]["reason"] == "Ticket 7"
    [entry] = gate.control.get("activity", event="host:ban.add")["activity"]
    assert entry["properties"]["address"] == "127.0.0.2/31"
    assert entry["properties"]["reason"] == "Ticket 7"
    assert entry["properties"]["revoked"]["found"] == 3
    assert entry["actor"].startswith("uid ")
    assert "change=host:ban.add" in gate.log() and "address=127.0.0.2/31" in gate.log()

    lifted = gate.control.delete("bans", "127.0.0.2/31")
    assert lifted["bans"] == ["127.0.0.2/31"] and lifted["stillBannedBy"] is None
    sign_in(key, source="127.0.0.2").close()
    assert listed(gate)["bans"] == []
    assert gate.control.get("activity", event="host:ban.lift")["activity"]


def test_the_client_that_is_cut_off_reads_why(
    make_gate: Callable[..., Gate], caplog: pytest.LogCaptureFixture
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    with caplog.at_level("INFO"), closing(sign_in(place.endpoint(), source="127.0.0.2")) as held:
        gate.control.post("bans", body={"address": "127.0.0.2", "reason": "Ticket 8"})
        eventually(lambda: not held.is_active(), "the connection is gone")
    assert "Your address was banned on this host: Ticket 8" in caplog.text


def test_bans_are_kept_over_a_crash_until_they_end(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    assert is_let_in(gate, "127.0.0.2") and is_let_in(gate, "127.0.0.3")
    gate.control.post("bans", body={"address": "127.0.0.2"})
    gate.control.post("bans", body={"address": "127.0.0.3", "seconds": 3600})
    gate.control.post("bans", body={"address": "127.0.0.4", "seconds": 3600})
    gate.control.delete("bans", "127.0.0.4")
    before = listed(gate)["bans"]
    gate.kill()
    gate.start()
    after = listed(gate)["bans"]
    assert [ban["address"] for ban in after] == ["127.0.0.2", "127.0.0.3"]
    assert [ban["until"] is None for ban in after] == [True, False]
    ends = [datetime.fromisoformat(bans[1]["until"]) for bans in (before, after)]
    assert abs(ends[0] - ends[1]) < timedelta(seconds=2)
    assert not is_let_in(gate, "127.0.0.2") and not is_let_in(gate, "127.0.0.3")
    assert is_let_in(gate, "127.0.0.4")
    gate.control.post("bans", body={"address": "127.0.0.3", "seconds": 1})
    eventually(lambda: is_let_in(gate, "127.0.0.3"), "the ban ends", timeout=10)
    assert [ban["address"] for ban in listed(gate)["bans"]] == ["127.0.0.2"]


def test_what_a_source_did_is_told_kept_over_a_restart_and_lifted(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(penalties=HARSH).start()
    place = Place(gate)
    assert explain(gate, "127.0.0.2")["address"]["refused"] is None
    assert not guess(place, "127.0.0.2")
    quiet(gate)
    assert not is_let_in(gate, "127.0.0.2")
    [source] = listed(gate)["sources"]
    assert source["source"] == "127.0.0.2" and source["offences"] == {"wrong_password": 1}
    assert source["keptOut"] and source["latest"] == "wrong_password"
    assert explain(gate, "127.0.0.2")["address"]["refused"]["reason"] == "penalty"

    assert gate.stop() == 0
    gate.start()
    [after] = listed(gate)["sources"]
    assert {**after, "since": None, "until": None} == {**source, "since": None, "until": None}
    assert not is_let_in(gate, "127.0.0.2") and is_let_in(gate, "127.0.0.3")
    assert gate.control.delete("bans", "127.0.0.2")["sources"] == ["127.0.0.2"]
    assert is_let_in(gate, "127.0.0.2")
    # What is lifted is off the disk as well.
    gate.kill()
    gate.start()
    assert is_let_in(gate, "127.0.0.2") and listed(gate)["sources"] == []


def test_who_may_still_come_in_during_an_attack_is_kept_over_a_restart(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(penalties=PATIENT).start()
    place = Place(gate)
    right = place.owner.password
    assert guess(place, "127.0.0.9", password=right)
    attack(place)
    assert not guess(place, "127.0.0.99", password=right)
    [account] = listed(gate)["accounts"]
    assert account["username"] == place.owner.name and account["keptOut"]
    assert len(account["sources"]) >= 4

    assert gate.stop() == 0
    gate.start()
    assert [one["username"] for one in listed(gate)["accounts"]] == [place.owner.name]
    assert not guess(place, "127.0.0.99", password=right)
    assert guess(place, "127.0.0.9", password=right)
    known = explain(gate, place.owner.name)["account"]["knownSources"]
    assert [one["source"] for one in known] == ["127.0.0.9"]

    assert gate.control.delete("bans", place.owner.name)["account"] == account["user"]
    assert guess(place, "127.0.0.99", password=right)
    refusal = gate.control.refusal("DELETE", "bans", place.owner.name)
    assert refusal.status == 404 and refusal.code == "ban_not_found"
    [entry] = gate.control.get("activity", event="user:penalty.lift")["activity"]
    assert entry["username"] == place.owner.name


def test_with_another_password_nobody_is_known_any_more(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(penalties=PATIENT).start()
    place = Place(gate)
    other = place.subuser(FILE_PERMISSIONS)
    assert guess(place, "127.0.0.9", password=place.owner.password)
    sign_in(place.endpoint(other), source="127.0.0.9").close()
    gate.control.patch("users", place.owner.name, body={"password": "another one"})

    def known(name: str) -> list[str]:
        found = explain(gate, name)["account"]["knownSources"]
        return [one["source"] for one in found]

    assert known(place.owner.name) == [] and known(other.name) == ["127.0.0.9"]
    attack(place)
    # Whoever had the old password has no better chance than anybody else to guess the new one.
    assert not guess(place, "127.0.0.9", password="another one")
    gate.kill()
    gate.start()
    assert known(place.owner.name) == []


def test_what_is_counted_against_users_goes_with_them(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(penalties=PATIENT).start()
    place = Place(gate)
    other = place.subuser(FILE_PERMISSIONS)
    user = f"{other.name}.{place.short_id}"
    for _ in range(2):
        assert not guess(place, "127.0.0.2", user=user)
    [account] = listed(gate, all="true")["accounts"]
    assert account["username"] == other.name and not account["keptOut"]
    assert listed(gate)["accounts"] == []
    gate.control.delete("users", other.name)
    assert listed(gate, all="true")["accounts"] == []
    assert gate.stop() == 0
    with closing(sqlite3.connect(gate.store)) as store:
        assert store.execute("SELECT count(*) FROM account_penalties").fetchone() == (0,)


def test_what_makes_no_sense_is_refused_with_what_would(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()

    def refused(code: str, text: str, **body: Any) -> None:
        refusal = gate.control.refusal("POST", "bans", body=body)
        assert refusal.code == code and text in refusal.message, refusal

    refused("invalid_address", "write 192.0.2.0/24 for the range", address="192.0.2.1/24")
    refused("invalid_address", "from 0 to 32", address="192.0.2.0/33")
    refused("invalid_address", "write 192.0.2.1", address="localhost")
    refused("ban_too_wide", "everyone", address="0.0.0.0/0")
    refused("ban_too_wide", "everyone", address="2000::/3")
    refused("invalid_seconds", "1 to", address="192.0.2.1", seconds=0)
    refused("invalid_name", "control", address="192.0.2.1", reason="two\nlines")
    assert listed(gate)["bans"] == [] and is_let_in(gate, "127.0.0.2")
    gate.control.post("bans", body={"address": "0.0.0.0/0", "everyone": True})
    assert not is_let_in(gate, "127.0.0.2")
    refusal = gate.control.refusal("DELETE", "bans", "127.0.0.2")
    assert refusal.code == "ban_not_found" and "0.0.0.0/0" in refusal.message
    gate.control.delete("bans", "0.0.0.0/0")
    assert is_let_in(gate, "127.0.0.2")
    assert gate.control.refusal("GET", "bans", "192.0.2.0/24").code == "several_sources"
    assert gate.control.refusal("GET", "bans", "192.0.2.300").code == "invalid_address"
    assert gate.control.refusal("GET", "bans", "nobody").code == "user_not_found"


def test_a_row_that_cannot_be_read_costs_no_other(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(penalties=HARSH).start()
    place = Place(gate)
    gate.control.post("bans", body={"address": "127.0.0.5"})
    assert not guess(place, "127.0.0.2")
    assert gate.stop() == 0
    with closing(sqlite3.connect(gate.store)) as store, store:
        for table, column in ("bans", "range"), ("source_penalties", "source"):
            columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join("'rubbish'" if name == column else name for name in columns)
            store.execute(f"INSERT INTO {table} SELECT {chosen} FROM {table}")
    gate.start()
    warnings = [line for line in gate.log().splitlines() if "cannot be read; it is gone" in line]
    assert len(warnings) == 2 and all("rubbish" in line for line in warnings)
    assert not is_let_in(gate, "127.0.0.5") and not is_let_in(gate, "127.0.0.2")
    gate.kill()
    gate.start()
    assert gate.log().count("cannot be read; it is gone") == 2
    assert not is_let_in(gate, "127.0.0.5") and not is_let_in(gate, "127.0.0.2")


def test_the_command_line_bans_explains_and_lifts(
    make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate(penalties=PATIENT).start()
    place = Place(gate)
    assert not guess(place, "127.0.0.3")

    def run(*arguments: str, status: int = 0) -> str:
        command = [programs.gate, "bans", *arguments, "--socket", str(gate.socket)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == status, done
        return done.stdout + done.stderr

    assert run() == "Nobody is kept out.\n"
    held = sign_in(place.endpoint(), source="127.0.0.2")
    with closing(held):
        said = run("add", "127.0.0.2", "--for", "2h", "--reason", "Ticket 9")
        assert said.startswith("127.0.0.2 is banned until 20") and "Ended 1 session" in said
    assert "Ticket 9" in run("list") and "wrong_password" not in run("list")
    assert "wrong_password 1 of 1 source" in run("--all")
    assert "Connections are refused: 127.0.0.2 is banned: Ticket 9." in run("explain", "127.0.0.2")
    assert "Connections are taken." in run("explain", "127.0.0.4")
    assert "127.0.0.3, counted until" in run("explain", place.owner.name)
    assert run("lift", "127.0.0.2") == "Lifted bans: 127.0.0.2.\n"
    assert "Strangers may" in run("lift", place.owner.name)
    assert "Nothing of 127.0.0.2" in run("lift", "127.0.0.2", status=3)
    assert "write 127.0.0.0/24 for the range" in run("add", "127.0.0.1/24", status=1)
    assert "say that everyone" in run("add", "0.0.0.0/0", status=1)
    assert "--for" in run("add", "127.0.0.2", "--for", "soon", status=64)
    assert is_let_in(gate, "127.0.0.2")

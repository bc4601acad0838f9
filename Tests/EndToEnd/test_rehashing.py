"""Hashes of old kinds become new ones at a sign-in, and nobody notices."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients import ClientFailure, Paramiko
from clients.paramiko_library import sign_in
from gate import Gate
from waiting import eventually


def php_hash(password: str) -> str:
    """What a panel in PHP has stored."""
    made = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    return made.replace("$2b$", "$2y$")


def stored_hash(gate: Gate, person: Person) -> str:
    with sqlite3.connect(gate.store) as store:
        row = store.execute(
            "SELECT password_hash FROM users WHERE uuid = ?", [person.uuid]
        ).fetchone()
    store.close()
    return row[0]


def give_hash(place: Place, person: Person, text: str) -> dict[str, Any]:
    return place.gate.control.patch("users", person.name, body={"passwordHash": text})


def make_place(make_gate: Callable[..., Gate], **passwords: Any) -> tuple[Place, Person]:
    """A subuser whose password the panel has hashed."""
    place = Place(make_gate(passwords=passwords).start())
    guest = place.subuser(FILE_PERMISSIONS)
    give_hash(place, guest, php_hash(guest.password))
    assert stored_hash(place.gate, guest).startswith("$2y$")
    return place, guest


def renewals(gate: Gate) -> list[str]:
    return [line for line in gate.log().splitlines() if "password hash renewed" in line]


def test_a_hash_of_a_panel_is_replaced_and_the_sessions_go_on(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place, guest = make_place(make_gate, rehash=True)
    gate, endpoint = place.gate, place.endpoint(guest)
    first = Paramiko(endpoint, tmp_path / "first")
    first.list("/")
    eventually(lambda: stored_hash(gate, guest).startswith("$y$"), "the hash is a new one")
    eventually(lambda: len(renewals(gate)) == 1, "that is logged")
    assert "bcrypt at cost 4" in renewals(gate)[0] and "yescrypt at cost 1" in renewals(gate)[0]

    renewed = stored_hash(gate, guest)
    second = Paramiko(endpoint, tmp_path / "second")
    second.list("/")
    # A change that has every session of theirs compared with the store, and takes nothing away.
    assert place.permit(guest, [*FILE_PERMISSIONS, "backup.read"])["revocation"]["found"] == 0
    assert first.list("/") == second.list("/") == []
    # A hash as new ones are stays what it is.
    assert stored_hash(gate, guest) == renewed and len(renewals(gate)) == 1

    # The one who signed in with the old hash is found by a change like the other.
    changed = gate.control.patch("users", guest.name, body={"password": "another one"})
    assert changed["revocation"]["found"] == 2
    for client in first, second:
        with pytest.raises(ClientFailure):
            client.list("/")
        client.close()


def test_a_change_behind_the_gates_back_still_finds_who_signed_in_with_the_old_hash(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place, guest = make_place(make_gate, rehash=True)
    gate = place.gate
    client = Paramiko(place.endpoint(guest), tmp_path)
    client.list("/")
    eventually(lambda: renewals(gate), "the hash is a new one")
    process = gate.process_of(guest.name)
    with sqlite3.connect(gate.store) as store:
        store.execute("PRAGMA busy_timeout = 5000")
        store.execute("UPDATE users SET password_hash = NULL WHERE uuid = ?", [guest.uuid])
    store.close()
    eventually(lambda: process.is_gone, "the session has ended")
    client.close()


def test_many_sign_ins_at_once_all_get_in_and_make_one_new_hash(
    make_gate: Callable[..., Gate]
) -> None:
    place, guest = make_place(make_gate, rehash=True)
    endpoint = place.endpoint(guest)
    with ThreadPoolExecutor(8) as pool:
        transports = list(pool.map(lambda _: sign_in(endpoint), range(24)))
    eventually(lambda: renewals(place.gate), "the hash is a new one")
    assert all(transport.is_active() for transport in transports)
    assert len(renewals(place.gate)) == 1
    for transport in transports:
        transport.close()


def test_without_being_told_to_the_gate_leaves_hashes_as_they_are(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place, guest = make_place(make_gate)
    gate, before = place.gate, stored_hash(place.gate, guest)
    for number in range(3):
        client = Paramiko(place.endpoint(guest), tmp_path / str(number))
        client.list("/")
        client.close()
    assert stored_hash(gate, guest) == before

    # A reload is enough for it, in both directions.
    gate.settings["passwords"]["rehash"] = True
    gate.reload()
    client = Paramiko(place.endpoint(guest), tmp_path / "after")
    client.list("/")
    eventually(lambda: stored_hash(gate, guest).startswith("$y$"), "the hash is a new one")
    client.close()


def test_a_password_that_changes_meanwhile_stays_the_one_that_somebody_chose(
    make_gate: Callable[..., Gate]
) -> None:
    # So much work that there is time to change it before the new hash is made.
    place, guest = make_place(make_gate, rehash=True, cost=9)
    gate, chosen = place.gate, php_hash("another one")
    transport = sign_in(place.endpoint(guest))
    assert give_hash(place, guest, chosen)["revocation"]["found"] == 1
    eventually(lambda: "password hash not renewed" in gate.log(), "the new hash came too late")
    assert stored_hash(gate, guest) == chosen
    transport.close()

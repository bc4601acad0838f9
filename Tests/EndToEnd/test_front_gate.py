"""Who may connect at all: lists, limits, and penalties that wear off."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Place
from clients import ClientFailure, Sftp
from clients.paramiko_library import connect, sign_in
from gate import Gate
from waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
UNPACKED = REPOSITORY / ".build" / "unpacked"
#: Everything that a gate of these tests counts is counted as it comes: nobody is exempt.
STRICT = {"exempt": []}


def is_let_in(gate: Gate, source: str) -> bool:
    """Whether a connection from this address gets as far as the gate's first line."""
    with socket.create_connection((gate.host, gate.port), 10, (source, 0)) as connection:
        try:
            return connection.recv(4) == b"SSH-"
        except ConnectionError:
            return False


def refusals(gate: Gate, reason: str) -> list[str]:
    found = gate.log().splitlines()
    return [line for line in found if "connection refused" in line and f"reason={reason}" in line]


def guess(place: Place, source: str, user: str | None = None, password: str = "wrong") -> bool:
    """One password from an address; whether it was taken."""
    endpoint = replace(place.endpoint(), password=password)
    if user is not None:
        endpoint = replace(endpoint, user=user)
    try:
        sign_in(endpoint, source=source).close()
    except paramiko.AuthenticationException:
        return False
    return True


def quiet(gate: Gate) -> None:
    """Waits until nobody is connected, so that what their ends count is counted."""
    eventually(lambda: not gate.sessions(), "nobody is connected")


def reload(gate: Gate) -> None:
    gate.write_configuration()
    before = gate.log().count("configuration read again")
    gate.signal(signal.SIGHUP)
    eventually(
        lambda: gate.log().count("configuration read again") > before, "the new settings hold"
    )


def test_addresses_that_are_denied_or_not_allowed_never_get_a_line(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate().start()
    assert is_let_in(gate, "127.0.0.2") and is_let_in(gate, "127.0.1.2")
    gate.settings["admission"] = {"deny": ["127.0.0.2/31"]}
    reload(gate)
    assert not is_let_in(gate, "127.0.0.2") and not is_let_in(gate, "127.0.0.3")
    assert is_let_in(gate, "127.0.1.2")
    [line, _] = refusals(gate, "denied_address")
    assert "peer=127.0.0.2:" in line and "127.0.0.2/31" in line
    gate.settings["admission"] = {"allow": ["127.0.1.0/24"], "deny": []}
    reload(gate)
    assert not is_let_in(gate, "127.0.0.2") and is_let_in(gate, "127.0.1.2")
    assert len(refusals(gate, "address_not_listed")) == 1


def test_a_source_has_only_so_many_connections_and_others_have_theirs(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(limits={"unauthenticated_connections_per_source": 3}).start()
    with ExitStack() as stack:
        for _ in range(3):
            one = stack.enter_context(
                socket.create_connection((gate.host, gate.port), 10, ("127.0.0.2", 0))
            )
            assert one.recv(4) == b"SSH-"
        assert not is_let_in(gate, "127.0.0.2")
        assert is_let_in(gate, "127.0.0.3")
    assert refusals(gate, "unauthenticated_source_connections")
    quiet(gate)
    assert is_let_in(gate, "127.0.0.2")


def test_a_user_has_only_so_many_connections_and_is_told_so(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(limits={"connections_per_user": 2}).start()
    place = Place(gate)
    other = place.subuser(FILE_PERMISSIONS)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(closing(sign_in(place.endpoint())))
        with pytest.raises(ClientFailure, match="You have 2 connections open; close one"):
            Sftp(place.endpoint(), tmp_path).batch("pwd")
        sign_in(place.endpoint(other)).close()
    quiet(gate)
    sign_in(place.endpoint()).close()


def test_some_are_turned_away_by_lot_before_every_place_is_taken(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(
        limits={
            "unauthenticated_connections": 30, "early_drop_start": 10, "early_drop_rate": 50,
        }
    ).start()
    with ExitStack() as stack:
        taken = 0
        for _ in range(200):
            one = stack.enter_context(socket.create_connection((gate.host, gate.port), 10))
            try:
                taken += one.recv(4) == b"SSH-"
            except ConnectionError:
                pass
    # The first ten come in for certain, and nobody beyond thirty.
    assert 10 <= taken <= 30
    drawn = refusals(gate, "early_drop")
    assert drawn and "drawn by lot" in drawn[0]


def test_wrong_passwords_keep_their_source_out_for_a_while_and_nobody_else(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(
        penalties={**STRICT, "minimum": "3s", "costs": ["wrong_password 2s", "no_sign_in 0s"]}
    ).start()
    place = Place(gate)
    for _ in range(2):
        assert not guess(place, "127.0.0.2")
    quiet(gate)
    assert not is_let_in(gate, "127.0.0.2")
    [line, *_] = refusals(gate, "penalty")
    assert "peer=127.0.0.2:" in line and "a wrong password" in line
    assert "source kept out" in gate.log()
    # The account's owner is elsewhere and does not notice.
    assert guess(place, "127.0.0.3", password=place.owner.password)
    eventually(lambda: is_let_in(gate, "127.0.0.2"), "the penalty wears off", timeout=15)


@pytest.mark.parametrize("offence", ["unknown_user", "unfinished_handshake", "no_sign_in"])
def test_whoever_scans_is_kept_out(make_gate: Callable[..., Gate], offence: str) -> None:
    gate = make_gate(
        penalties={**STRICT, "minimum": "60s", "costs": [f"{offence} 50s"]}
    ).start()
    place = Place(gate)

    def scan() -> None:
        if offence == "unknown_user":
            assert not guess(place, "127.0.0.2", user=f"nobody.{place.short_id}")
        elif offence == "no_sign_in":
            connect(place.endpoint(), source="127.0.0.2").close()
        else:
            assert is_let_in(gate, "127.0.0.2")
        quiet(gate)

    scan()
    scan()
    assert not is_let_in(gate, "127.0.0.2")
    assert is_let_in(gate, "127.0.0.3")


def test_exempt_addresses_get_no_penalty(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(
        penalties={"exempt": ["127.0.0.2"], "minimum": "1s", "costs": ["wrong_password 60s"]}
    ).start()
    place = Place(gate)
    for source in "127.0.0.2", "127.0.0.3":
        assert not guess(place, source)
    quiet(gate)
    assert is_let_in(gate, "127.0.0.2") and not is_let_in(gate, "127.0.0.3")


def test_many_sources_cannot_guess_at_one_account_and_its_owner_still_gets_in(
    make_gate: Callable[..., Gate], ring: KeyRing
) -> None:
    # Sources are not kept out here: what is tried is what protects the account alone.
    gate = make_gate(penalties={**STRICT, "minimum": "1h", "maximum": "2h"}).start()
    place = Place(gate)
    right = place.owner.password
    with_key = place.endpoint(key=place.add_key(ring, "ed25519"))
    assert guess(place, "127.0.0.9", password=right)
    assert guess(place, "127.0.0.8", password=right)
    for number in range(20, 28):
        assert not guess(place, f"127.0.0.{number}")
        assert not guess(place, f"127.0.0.{number}")
    assert "strangers kept from an account" in gate.log()
    # A stranger is refused although the password is right, and told nothing else.
    assert not guess(place, "127.0.0.99", password=right)
    # Whoever was here before is known, and a key cannot be guessed.
    assert guess(place, "127.0.0.9", password=right)
    sign_in(with_key, source="127.0.0.100").close()
    # Other accounts are none of their business.
    other = place.subuser(FILE_PERMISSIONS)
    sign_in(place.endpoint(other), source="127.0.0.99").close()


def found_by_fail2ban(gate: Gate) -> list[str]:
    """The addresses that the shipped filter finds in the log, in their order."""
    return subprocess.run(
        [
            "/usr/bin/python3", UNPACKED / "usr/bin/fail2ban-regex", "--out", "ip",
            gate.log_file, REPOSITORY / "config/fail2ban/portcullis.conf",
        ],
        env={"PYTHONPATH": str(UNPACKED / "usr/lib/python3/dist-packages"), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def test_fail2ban_finds_who_guesses_and_nobody_whom_they_name(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(
        penalties={**STRICT, "minimum": "60s", "costs": ["wrong_password 50s", "no_sign_in 0s"]},
        limits={"connections_per_user": 1},
    ).start()
    place = Place(gate)
    # Somebody who may come in is not found, nor one who has too many connections.
    with closing(sign_in(place.endpoint(), source="127.0.0.2")):
        assert not guess(place, "127.0.0.2", password=place.owner.password)
    assert found_by_fail2ban(gate) == []
    blamed = f"x peer=203.0.113.9:1 session=0 y.{place.short_id}"
    assert not guess(place, "127.0.0.3", user=blamed)
    assert not guess(place, "127.0.0.4")
    assert not guess(place, "127.0.0.4")
    quiet(gate)
    assert not is_let_in(gate, "127.0.0.4")
    found = found_by_fail2ban(gate)
    assert set(found) == {"127.0.0.3", "127.0.0.4"}
    # Two guesses, that it is kept out from now on, and that it was.
    assert found.count("127.0.0.4") == 4

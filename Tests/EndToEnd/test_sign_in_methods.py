"""More than a password: keys only, codes, several proofs together, app passwords."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import paramiko
import pexpect
import pytest

import authenticator
from accounts import KeyRing, Place
from clients import ALL, Client, ClientFailure, Endpoint, Sftp
from clients.paramiko_library import connect, sign_in
from gate import Gate
from second_factor import app_password, enrol
from waiting import eventually

ASKPASS = """#!/bin/sh
case "$1" in
*assword*) printf '%s\\n' "$SIGN_IN_PASSWORD" ;;
*code*) printf '%s\\n' "$SIGN_IN_CODE" ;;
esac
"""


class AskedSftp(Sftp):
    """OpenSSH's sftp of somebody who answers each question with what it asks for."""

    code = ""
    methods = ""

    def options(self) -> list[str]:
        # The first of two settings of one name is the one that counts.
        first = ["-F", "none", "-o", f"PreferredAuthentications={self.methods}"]
        return first + super().options()[2:]

    def environment(self) -> dict[str, str]:
        helper = self.home / "askpass"
        helper.write_text(ASKPASS)
        helper.chmod(0o700)
        return super().environment() | {
            "SSH_ASKPASS": str(helper),
            "SSH_ASKPASS_REQUIRE": "force",
            "SIGN_IN_PASSWORD": self.endpoint.password or "",
            "SIGN_IN_CODE": self.code,
        }


def asked(endpoint: Endpoint, home: Path, methods: str, code: str = "") -> AskedSftp:
    client = AskedSftp(endpoint, home)
    client.methods, client.code = methods, code
    return client


def policy(place: Place, *accepted: str, server: bool = False) -> dict[str, object]:
    """Demands this of the place's owner, or of everybody on its server."""
    path = ("servers", place.uuid) if server else ("users", place.owner.name)
    return place.gate.control.patch(*path, body={"signIn": list(accepted)})


def recorded(place: Place, event: str, **properties: object) -> bool:
    """Whether something of the place's owner with these properties is in the record by now."""
    entries = place.gate.control.get("activity", user=place.owner.name, event=event)["activity"]
    return any(properties.items() <= one["properties"].items() for one in entries)


def signed_in(place: Place, **properties: object) -> bool:
    return eventually(
        lambda: recorded(place, "server:sftp.login", **properties), f"a sign-in with {properties}"
    )


@pytest.mark.parametrize("methods", ["password,keyboard-interactive", "keyboard-interactive"])
def test_openssh_asks_for_the_code_after_the_password(
    methods: str, place: Place, tmp_path: Path
) -> None:
    enrolled = enrol(place.gate, place.owner)
    endpoint = place.endpoint()
    for code in "000000", "", "12345678901234567890":
        with pytest.raises(ClientFailure, match="Permission denied"):
            asked(endpoint, tmp_path, methods, code).list("/")
    (place.files / "a").touch()
    code = enrolled.code()
    assert asked(endpoint, tmp_path, methods, code).list("/") == ["a"]
    assert signed_in(place, method="password+code")


def test_who_has_no_second_factor_is_asked_for_the_password_alone(
    place: Place, tmp_path: Path
) -> None:
    assert asked(place.endpoint(), tmp_path, "keyboard-interactive").list("/") == []
    wrong = replace(place.endpoint(), password="wrong")
    with pytest.raises(ClientFailure, match="Permission denied"):
        asked(wrong, tmp_path, "keyboard-interactive").list("/")


def test_putty_asks_too(place: Place, tmp_path: Path) -> None:
    enrolled = enrol(place.gate, place.owner)
    endpoint = place.endpoint()
    keys = [part for one in endpoint.trust.fingerprints for part in ("-hostkey", one)]
    child = pexpect.spawn(
        "psftp",
        ["-P", str(endpoint.port), "-l", endpoint.user, *keys, endpoint.host],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb"},
        timeout=20,
        encoding="utf-8",
    )
    try:
        child.expect("Password: ")
        child.sendline(endpoint.password)
        child.expect("Verification code: ")
        child.sendline(enrolled.code())
        child.expect("Remote working directory is /")
        child.sendline("quit")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


def test_a_password_alone_opens_nothing_for_somebody_with_a_second_factor(place: Place) -> None:
    endpoint = place.endpoint()
    sign_in(endpoint).close()
    enrol(place.gate, place.owner)
    with closing(connect(endpoint)) as transport:
        remaining = transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        assert remaining == ["keyboard-interactive"]
        assert not transport.is_authenticated()
        # It counts as a failure to go on with what was proven already.
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        assert caught.value.allowed_types == ["keyboard-interactive"]
        with pytest.raises((paramiko.SSHException, EOFError)):
            transport.open_session(timeout=5)

    # Its owner should know that somebody has the password.
    eventually(
        lambda: recorded(
            place, "auth:sftp.fail", method="password", reason="left before the rest was proven"
        ),
        "who left is in the record",
    )


def code_sign_in(endpoint: Endpoint, code: str) -> bool:
    """Signs in with password and code; answers whether it worked."""
    with closing(connect(endpoint)) as transport:
        transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        try:
            transport.auth_interactive(endpoint.user, lambda *_: [code])
        except paramiko.AuthenticationException:
            return False
        return transport.is_authenticated()


def test_a_code_works_once_and_no_earlier_one_after_it(place: Place) -> None:
    here = enrol(place.gate, place.owner)
    first, second = here.code(), here.code(1)
    assert code_sign_in(place.endpoint(), first)
    assert not code_sign_in(place.endpoint(), first)
    assert code_sign_in(place.endpoint(), second)
    assert not code_sign_in(place.endpoint(), first)


def test_two_with_the_same_code_at_the_same_moment_are_one_too_many(place: Place) -> None:
    code = enrol(place.gate, place.owner).code()
    endpoint = place.endpoint()
    together = threading.Barrier(8)
    results: list[bool] = []

    def attempt() -> None:
        with closing(connect(endpoint)) as transport:
            transport.auth_password(endpoint.user, endpoint.password, fallback=False)

            def answer(*_: object) -> list[str]:
                together.wait(30)
                return [code]

            try:
                transport.auth_interactive(endpoint.user, answer)
                results.append(transport.is_authenticated())
            except paramiko.AuthenticationException:
                results.append(False)

    threads = [threading.Thread(target=attempt) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [False] * 7 + [True]


def test_a_recovery_code_works_once_and_is_recorded(place: Place) -> None:
    codes = enrol(place.gate, place.owner).recovery_codes
    assert len(codes) == 10
    assert code_sign_in(place.endpoint(), codes[3].lower().replace("-", " "))
    assert signed_in(place, recoveryCodesLeft=9)
    assert not code_sign_in(place.endpoint(), codes[3])
    assert code_sign_in(place.endpoint(), codes[4])


def test_after_several_wrong_codes_the_next_one_has_to_wait(place: Place) -> None:
    enrolled = enrol(place.gate, place.owner)
    for _ in range(6):
        assert not code_sign_in(place.endpoint(), "000000")
    with closing(sqlite3.connect(place.gate.store)) as store, store:
        [wrong] = store.execute(
            "SELECT wrong FROM second_factors WHERE user = ?", [place.owner.uuid]
        ).fetchone()
        assert wrong >= 5
        # As if there had been many more, so that the wait is longer than this test.
        store.execute(
            "UPDATE second_factors SET wrong = 20, last_wrong = ? WHERE user = ?",
            [int(time.time() * 1000), place.owner.uuid],
        )
    assert not code_sign_in(place.endpoint(), enrolled.code())
    assert "too many wrong codes; wait 3600 s" in place.gate.log()
    password, _ = app_password(place, "in need")
    sign_in(replace(place.endpoint(), password=password)).close()
    # Nobody guesses a recovery code, and whoever has one has the second factor.
    assert code_sign_in(place.endpoint(), enrolled.recovery_codes[0])
    assert code_sign_in(place.endpoint(), enrolled.code())


def test_there_is_time_to_look_for_the_code(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(limits={"sign_in_grace": "1s"}).start()
    place = Place(gate)
    enrolled = enrol(gate, place.owner)
    endpoint = place.endpoint()
    with closing(connect(endpoint)) as transport:
        transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        with closing(connect(endpoint)) as silent:
            eventually(lambda: not silent.is_active(), "who proves nothing is out of time")
        code = enrolled.code()
        assert transport.auth_interactive(endpoint.user, lambda *_: [code]) == []


def test_another_second_factor_ends_the_sessions_of_the_old_one(place: Place) -> None:
    gate, name = place.gate, place.owner.name
    enrolled = enrol(gate, place.owner)
    endpoint = place.endpoint()
    with closing(connect(endpoint)) as stolen:
        stolen.auth_password(endpoint.user, endpoint.password, fallback=False)
        stolen.auth_interactive(endpoint.user, lambda *_: [enrolled.code()])
        made = gate.control.post("users", name, "second-factor", body={"replace": True})
        assert stolen.is_active() and made["revocation"]["found"] == 0
        confirmed = gate.control.post(
            "users", name, "second-factor", "confirmation",
            body={"code": authenticator.code(made["secret"], -1)},
        )
        assert confirmed["revocation"]["found"] == 1
        eventually(lambda: not stolen.is_active(), "the session has ended")
    assert not code_sign_in(endpoint, enrolled.code(1))
    assert code_sign_in(endpoint, authenticator.code(made["secret"]))


def test_guesses_at_codes_end_the_connection_and_count_against_the_source(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(penalties={"exempt": []}).start()
    place = Place(gate)
    enrol(gate, place.owner)
    endpoint = place.endpoint()
    with closing(connect(endpoint, source="127.0.0.9")) as transport:
        transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        for _ in range(20):
            if not transport.is_active():
                break
            with pytest.raises((paramiko.SSHException, EOFError)):
                transport.auth_interactive(endpoint.user, lambda *_: ["000000"])
        assert not transport.is_active()
    with pytest.raises((paramiko.SSHException, EOFError, ConnectionError)):
        connect(endpoint, source="127.0.0.9").close()
    assert "offence=wrong_second_factor" in gate.log()
    sign_in(Place(gate).endpoint(), source="127.0.0.10").close()


def test_a_key_and_a_code_together(place: Place, ring: KeyRing, tmp_path: Path) -> None:
    endpoint = place.endpoint(key=place.add_key(ring, "ed25519"))
    assert Sftp(endpoint, tmp_path / "before").list("/") == []
    enrolled = enrol(place.gate, place.owner)
    policy(place, "publickey+code", server=True)
    with pytest.raises(ClientFailure, match="Permission denied"):
        Sftp(endpoint, tmp_path / "alone").list("/")
    both = asked(
        endpoint, tmp_path / "both", "publickey,keyboard-interactive",
        enrolled.code(),
    )
    assert both.list("/") == []
    assert signed_in(place, method="publickey+code")
    # Neither is worth more in the other order, or with a password in the key's place.
    own = place.endpoint()
    with closing(connect(own)) as transport:
        remaining = transport.auth_password(own.user, own.password, fallback=False)
        assert sorted(remaining) == ["keyboard-interactive", "publickey"]
        code = enrolled.code(1)
        assert transport.auth_interactive(own.user, lambda *_: [code]) == ["publickey"]
        assert not transport.is_authenticated()
        key = paramiko.PKey.from_path(ring.key("ed25519"))
        assert transport.auth_publickey(own.user, key) == []
        assert transport.is_authenticated()


def test_a_user_who_is_to_use_keys_only(place: Place, ring: KeyRing, tmp_path: Path) -> None:
    with_password = sign_in(place.endpoint())
    policy(place, "publickey")
    eventually(lambda: not with_password.is_active(), "the session with the password has ended")
    # Somebody with the right password learns what is missing, anybody else nothing.
    with pytest.raises(ClientFailure, match="A key is needed"):
        Sftp(place.endpoint(), tmp_path / "told").list("/")
    with pytest.raises(ClientFailure) as caught:
        Sftp(replace(place.endpoint(), password="wrong"), tmp_path / "wrong").list("/")
    assert "key is needed" not in str(caught.value)
    endpoint = place.endpoint(key=place.add_key(ring, "ed25519"))
    with closing(sign_in(endpoint)) as with_key:
        policy(place, "publickey", "password")
        assert Sftp(place.endpoint(), tmp_path / "again").list("/") == []
        assert with_key.is_active()


def test_a_host_that_takes_keys_only_offers_nothing_else(
    make_gate: Callable[..., Gate], ring: KeyRing, tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    with_key = place.endpoint(key=place.add_key(ring, "ed25519"))
    sessions = [sign_in(place.endpoint()), sign_in(with_key)]
    gate.settings["sign_in"] = {"accept": ["publickey"]}
    gate.write_configuration()
    gate.signal(signal.SIGHUP)
    eventually(lambda: not sessions[0].is_active(), "the session with the password has ended")

    def offered() -> list[str]:
        with closing(connect(place.endpoint())) as transport:
            with pytest.raises(paramiko.BadAuthenticationType) as caught:
                transport.auth_none(place.endpoint().user)
            return caught.value.allowed_types

    eventually(lambda: offered() == ["publickey"], "no other method is offered")
    with pytest.raises(ClientFailure):
        Sftp(place.endpoint(), tmp_path / "password").list("/")
    assert Sftp(with_key, tmp_path / "key").list("/") == []
    assert sessions[1].is_active()
    sessions[1].close()


def test_a_second_factor_at_the_panel_alone_leaves_keys_and_app_passwords(
    place: Place, ring: KeyRing, tmp_path: Path
) -> None:
    with_password = sign_in(place.endpoint())
    changed = place.gate.control.patch("users", place.owner.name, body={"twoFactor": True})
    assert changed["revocation"]["found"] == 1
    eventually(lambda: not with_password.is_active(), "the session with the password has ended")
    with pytest.raises(ClientFailure, match="needs a second factor"):
        Sftp(place.endpoint(), tmp_path / "password").list("/")
    password, _ = app_password(place, "one")
    made = replace(place.endpoint(), password=password)
    assert Sftp(made, tmp_path / "app").list("/") == []
    endpoint = place.endpoint(key=place.add_key(ring, "ed25519"))
    assert Sftp(endpoint, tmp_path / "key").list("/") == []


def test_setting_up_a_second_factor_ends_the_sessions_without_it(
    place: Place, ring: KeyRing
) -> None:
    with closing(sign_in(place.endpoint(key=place.add_key(ring, "ed25519")))) as with_key:
        stolen = sign_in(place.endpoint())
        assert enrol(place.gate, place.owner).ended == 1
        eventually(lambda: not stolen.is_active(), "the session with the password has ended")
        assert with_key.is_active()


@pytest.mark.parametrize("make_client", ALL, ids=[one.name for one in ALL])
def test_every_client_can_use_an_app_password(
    make_client: type[Client], place: Place, tmp_path: Path
) -> None:
    enrol(place.gate, place.owner)
    password, _ = app_password(place, "a program")
    client = make_client(replace(place.endpoint(), password=password), tmp_path / "client")
    (tmp_path / "sent").write_bytes(b"content")
    client.put(tmp_path / "sent", "/sent")
    client.close()
    assert (place.files / "sent").read_bytes() == b"content"
    assert signed_in(place, method="app-password")


def test_an_app_password_for_one_server_is_good_there_alone(place: Place, tmp_path: Path) -> None:
    other = Place(place.gate, place.owner)
    everywhere, _ = app_password(place, "everywhere")
    here, _ = app_password(place, "here", server=place.uuid)

    def listing(at: Place, password: str) -> list[str]:
        endpoint = replace(at.endpoint(), password=password)
        return Sftp(endpoint, tmp_path / at.directory).list("/")

    assert listing(place, everywhere) == listing(other, everywhere) == listing(place, here) == []
    with pytest.raises(ClientFailure, match="for another server"):
        listing(other, here)


def test_removing_an_app_password_ends_its_sessions_and_no_others(place: Place) -> None:
    password, made = app_password(place, "lost telephone")
    kept, _ = app_password(place, "desk")
    with (
        closing(sign_in(replace(place.endpoint(), password=kept))) as desk,
        closing(sign_in(place.endpoint())) as with_password,
    ):
        lost = sign_in(replace(place.endpoint(), password=password))
        answer = place.gate.control.delete("users", place.owner.name, "app-passwords", made)
        assert answer["revocation"]["found"] == 1
        eventually(lambda: not lost.is_active(), "its session has ended")
        assert desk.is_active() and with_password.is_active()
        with pytest.raises(paramiko.AuthenticationException):
            sign_in(replace(place.endpoint(), password=password))


@pytest.mark.parametrize("after_password", [False, True])
def test_an_answer_that_nobody_asked_for_ends_the_connection(
    after_password: bool, place: Place
) -> None:
    enrolled = enrol(place.gate, place.owner)
    endpoint = place.endpoint()
    with closing(connect(endpoint)) as transport:
        if after_password:
            transport.auth_password(endpoint.user, endpoint.password, fallback=False)
        else:
            with pytest.raises(paramiko.BadAuthenticationType):
                transport.auth_none(endpoint.user)
        message = paramiko.Message()
        message.add_byte(bytes([61]))  # SSH_MSG_USERAUTH_INFO_RESPONSE (RFC 4256)
        message.add_int(1)
        message.add_string(enrolled.code())
        transport._send_message(message)
        eventually(lambda: not transport.is_active(), "the connection ends")
    assert code_sign_in(endpoint, enrolled.code())

"""Guessing, forging and probing before a sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable

import paramiko
import pytest
from paramiko.common import cMSG_SERVICE_REQUEST, cMSG_USERAUTH_REQUEST

from accounts import KeyRing, Place
from clients.paramiko_library import connect
from gate import Gate
from processes import processor_seconds
from waiting import eventually


def test_guessing_ends_at_the_sixth_attempt(place: Place) -> None:
    transport = connect(place.endpoint())
    failures = 0
    for number in range(2000):
        try:
            transport.auth_password(
                place.endpoint().user, f"guess {number}", fallback=False
            )
        except (paramiko.SSHException, EOFError, OSError) as error:
            # Anything else than this is the end of the connection.
            if str(error) != "Authentication failed.":
                break
            failures += 1
    assert 1 < failures <= 6
    assert not transport.is_active()
    transport.close()


def test_the_attempts_are_counted_over_all_methods(place: Place, ring: KeyRing) -> None:
    transport = connect(place.endpoint())
    user = place.endpoint().user
    key = paramiko.PKey.from_path(ring.key("rsa"))
    tries = 0
    while transport.is_active() and tries < 100:
        tries += 1
        try:
            if tries % 2:
                transport.auth_password(user, "guess", fallback=False)
            else:
                transport.auth_publickey(user, key)
        except (paramiko.SSHException, EOFError, OSError):
            pass
    assert not transport.is_active()
    # A key that is only offered weighs less than a password that is tried.
    assert tries <= 30
    transport.close()


def authentication_request(user: str, method: str) -> paramiko.Message:
    message = paramiko.Message()
    message.add_byte(cMSG_USERAUTH_REQUEST)
    message.add_string(user)
    message.add_string("ssh-connection")
    message.add_string(method)
    return message


def with_service(place: Place) -> paramiko.Transport:
    """A connection on which sign-in requests may be sent by hand."""
    transport = connect(place.endpoint())
    with pytest.raises(paramiko.BadAuthenticationType):
        transport.auth_none(place.endpoint().user)
    return transport


def test_a_bad_signature_gets_nobody_in_and_nobody_waits_for_ever(
    place: Place, ring: KeyRing
) -> None:
    path = place.add_key(ring, "ed25519")
    endpoint = place.endpoint(key=path)
    good = paramiko.PKey.from_path(path)
    accepted = connect(endpoint)
    accepted.auth_publickey(endpoint.user, good)
    assert accepted.is_authenticated()
    accepted.close()

    transport = with_service(place)
    message = authentication_request(endpoint.user, "publickey")
    message.add_boolean(True)
    message.add_string("ssh-ed25519")
    message.add_string(good.asbytes())
    signature = paramiko.Message()
    signature.add_string("ssh-ed25519")
    signature.add_string(bytes(64))
    message.add_string(signature.asbytes())
    transport._send_message(message)
    eventually(lambda: not transport.is_active(), "the gate gives up on it", timeout=10)
    assert not transport.is_authenticated()
    transport.close()


def test_a_key_of_an_unknown_type_does_not_make_a_client_wait_for_ever(place: Place) -> None:
    transport = with_service(place)
    blob = paramiko.Message()
    blob.add_string("ssh-future@example.org")
    blob.add_string(bytes(32))
    message = authentication_request(place.endpoint().user, "publickey")
    message.add_boolean(False)
    message.add_string("ssh-future@example.org")
    message.add_string(blob.asbytes())
    transport._send_message(message)
    began = time.monotonic()

    def is_answered() -> bool:
        # Either a failure came back, and then a password still works, or the connection ended.
        return not transport.is_active() or time.monotonic() - began > 8

    eventually(is_answered, "the gate answers or ends it", timeout=12)
    if transport.is_active():
        transport.auth_password(place.endpoint().user, place.owner.password, fallback=False)
        assert transport.is_authenticated()
    transport.close()


def test_an_unknown_service_is_refused(place: Place) -> None:
    transport = connect(place.endpoint())
    message = paramiko.Message()
    message.add_byte(cMSG_SERVICE_REQUEST)
    message.add_string("ssh-connection")
    transport._send_message(message)
    eventually(lambda: not transport.is_active(), "the gate ends it")
    transport.close()


def test_a_channel_before_the_sign_in_is_refused(place: Place) -> None:
    transport = connect(place.endpoint())
    with pytest.raises((paramiko.SSHException, EOFError)):
        transport.open_session(timeout=5)
    transport.close()


def failure(place: Place, user: str) -> tuple[str, str]:
    """What a client learns from a wrong password: the kind of failure and its text."""
    transport = connect(place.endpoint())
    try:
        transport.auth_password(user, "wrong", fallback=False)
    except paramiko.SSHException as error:
        return type(error).__name__, str(error)
    finally:
        transport.close()
    raise AssertionError(f"{user} signed in with a wrong password")


def test_an_unknown_user_looks_and_costs_the_same_as_a_wrong_password(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(passwords={"cost": 6}).start()
    assert gate.child is not None
    place = Place(gate)
    stranger = Place(gate)
    names = {
        "wrong password": place.endpoint().user,
        "unknown user": f"nobody.{place.short_id}",
        "unknown server": f"{place.owner.name}.00000000",
        "no server": place.owner.name,
        "another's server": f"{stranger.owner.name}.{place.short_id}",
    }
    looks: dict[str, set[tuple[str, str]]] = {case: set() for case in names}
    costs = dict.fromkeys(names, 0.0)
    # One after the other in several rounds, so that what else the machine does hits all alike.
    for _ in range(6):
        for case, user in names.items():
            before = processor_seconds(gate.child.pid)
            looks[case].add(failure(place, user))
            costs[case] += processor_seconds(gate.child.pid) - before
    assert len(looks["wrong password"]) == 1
    assert all(look == looks["wrong password"] for look in looks.values()), looks
    expected = costs["wrong password"]
    assert expected > 0.06, f"too little work to compare: {costs}"
    for case, seconds in costs.items():
        assert 0.6 * expected < seconds < 1.6 * expected, (case, costs)


def test_the_methods_offered_are_the_same_for_everybody(place: Place) -> None:
    offered = []
    for user in (place.endpoint().user, "nobody.00000000", "", "x" * 64):
        transport = connect(place.endpoint())
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            transport.auth_none(user)
        offered.append(sorted(caught.value.allowed_types))
        transport.close()
    assert offered == [["keyboard-interactive", "password", "publickey"]] * 4


@pytest.mark.parametrize("length", [192, 1024, 5000, 30_000])
def test_a_name_that_is_too_long_fails_like_any_other(length: int, place: Place) -> None:
    transport = connect(place.endpoint())
    with pytest.raises((paramiko.SSHException, EOFError)):
        transport.auth_password("x" * length + f".{place.short_id}", "guess", fallback=False)
    transport.close()

"""How other daemons let people in on what was taken away, each weakness by name, and ours not to.

Of sign-ins that race a change test_no_sign_in_slips_through_while_access_is_taken_away says more.
"""

from __future__ import annotations

import threading
import time

from access import SignIn, is_cut, is_refused, may_create
from accounts import FILE_PERMISSIONS, Person, Place
from clients.paramiko_library import connect, sign_in
from gate import Gate
from round_changes import FEWER
from round_kinds import PASSWORD, SLOW_HASH
from waiting import eventually


def test_a_connection_whose_channel_was_closed_by_a_revocation_opens_no_other_channel(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    transport = transports(place, person)
    # Multiplexing clients open one channel after the other, and several at a time.
    assert may_create(transport, b"/first") and may_create(transport, b"/second")
    assert place.permit(person, FEWER)["revocation"]["found"] == 1
    assert is_cut(transport)
    assert not may_create(transports(place, person), b"/third")
    assert not (place.files / "third").exists()


def test_a_connection_that_has_no_channel_yet_is_found_by_a_revocation(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    without, beside = transports(place, person), transports(place, person)
    assert may_create(beside, b"/beside")
    assert place.permit(person, FEWER)["revocation"]["found"] == 2
    assert is_cut(without) and is_cut(beside)


def test_a_sign_in_whose_password_is_being_checked_during_a_revocation_gets_no_old_rights(
    gate: Gate,
) -> None:
    place = Place(gate)
    made = gate.control.post("users", body={
        "username": f"slow{place.short_id}", "email": f"slow{place.short_id}@example.org",
        "passwordHash": SLOW_HASH,
    })["user"]
    person = Person(made["username"], PASSWORD, made["uuid"])
    body = {"user": person.uuid, "permissions": FILE_PERMISSIONS}
    outcomes: list[bool] = []
    for _ in range(5):
        gate.control.post("servers", place.uuid, "subusers", body=body)
        start = time.monotonic()
        sign_in(place.endpoint(person)).close()
        duration = time.monotonic() - start
        eventually(lambda: not gate.sessions(), "the session has ended")

        transport = connect(place.endpoint(person))
        begun = threading.Event()
        transport.auth_password(place.endpoint(person).user, PASSWORD, begun)
        eventually(
            lambda: any(one["phase"] == "authenticating" for one in gate.sessions()),
            "the sign-in is under way",
        )
        # In the middle of the hash, which is what most of a sign-in's time goes to.
        begun.wait(duration / 4)
        answer = gate.control.delete("servers", place.uuid, "subusers", person.uuid)
        begun.wait(30)
        outcomes.append(answer["revocation"]["found"] == 0)
        eventually(lambda: is_cut(transport), "nobody got in")
        transport.close()
    assert any(outcomes), "every sign-in was over before the revocation"


def test_a_client_that_comes_back_the_moment_it_is_cut_finds_the_change_made(
    place: Place, transports: SignIn
) -> None:
    """A job that runs before its change is committed cuts people off, and lets them in again."""
    for number in range(8):
        person = place.subuser(FILE_PERMISSIONS)
        transport = transports(place, person)
        assert may_create(transport, b"/made-%d" % number)
        caller = threading.Thread(target=lambda: place.permit(person, FEWER))
        caller.start()
        # paramiko's thread for a connection ends with it.
        transport.join(30)
        # The caller may not have its answer yet.
        assert not may_create(transports(place, person), b"/again-%d" % number)
        caller.join()


def test_a_sign_in_right_after_another_gets_nothing_from_a_cache_once_access_is_gone(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    for number in range(10):
        place.permit(person, FILE_PERMISSIONS)
        assert may_create(transports(place, person), b"/full-%d" % number)
        place.permit(person, FEWER)
        assert not may_create(transports(place, person), b"/fewer-%d" % number)
        place.permit(person, ["file.read"])
        assert is_refused(place, person)

"""How panels fail to have a revocation done, each weakness by name, and how ours is done.

Of the panel's own form test_a_deauthorisation_ends_one_person_on_the_servers_named says more.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from access import SignIn, is_cut, is_refused, may_create
from accounts import FILE_PERMISSIONS, Place
from gate import Gate
from panel import Panel
from round_changes import FEWER
from waiting import eventually


def test_a_revocation_that_a_dead_gate_could_not_take_is_told_and_can_be_sent_again(
    make_gate: Callable[..., Gate], transports: SignIn
) -> None:
    """Nothing is lost in a queue: the caller knows, and what was decided outlives the gate."""
    gate = make_gate().start()
    place = Place(gate)
    person, other = place.subuser(FILE_PERMISSIONS), place.subuser(FILE_PERMISSIONS)
    transport = transports(place, person)
    assert may_create(transport, b"/file")
    process = gate.process_of(person.name)
    gate.kill()
    with pytest.raises(OSError):
        place.permit(person, FEWER)
    # Without a gate there is no session that somebody would have to be cut off from.
    eventually(lambda: process.is_gone, "the session has ended with its gate")
    gate.start()
    assert may_create(transports(place, person), b"/again"), "nothing has been decided yet"
    assert place.permit(person, FEWER)["revocation"]["found"] == 1
    gate.control.delete("servers", place.uuid, "subusers", other.uuid)
    gate.kill()
    gate.start()
    assert not may_create(transports(place, person), b"/third")
    assert is_refused(place, other)
    # Sent again, as a panel does that did not get the answer, both are as they were.
    assert place.permit(person, FEWER)["revocation"]["found"] == 0
    assert gate.control.refusal(
        "DELETE", "servers", place.uuid, "subusers", other.uuid
    ).status == 404


def test_a_caller_that_dies_while_it_revokes_keeps_no_lock_that_swallows_later_revocations(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    for _ in range(5):
        transport = transports(place, person)
        assert may_create(transport, b"/file")
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(place.gate.socket))
            body = b'{"user": "%s"}' % person.uuid.encode()
            caller.sendall(
                b"POST /v1/revocations HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json"
                b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
        # Whether or not that one was done, the next is.
        answer = place.gate.control.post("revocations", body={"user": person.uuid})
        assert answer["revocation"]["pending"] == []
        assert is_cut(transport)


def test_many_revocations_of_one_user_at_a_time_are_all_done(
    place: Place, transports: SignIn
) -> None:
    """None is dropped because another one for the same user is under way."""
    person = place.subuser(FILE_PERMISSIONS)
    transport = transports(place, person)
    assert may_create(transport, b"/file")
    process = place.gate.process_of(person.name)
    gone: list[bool] = []

    def revoke() -> None:
        place.gate.control.post("revocations", body={"user": person.uuid})
        gone.append(process.is_gone)

    callers = [threading.Thread(target=revoke) for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert gone == [True] * 10
    assert is_cut(transport)


@pytest.mark.parametrize("body", [
    {}, {"json": {"all": True}}, {"user": ""}, {"user": None}, {"servers": []}, {"all": False},
    [], "all",
], ids=str)
def test_a_revocation_with_a_body_that_says_nobody_ends_nobody(
    body: object, place: Place, transports: SignIn
) -> None:
    """Neither nobody in silence nor everybody in place of one."""
    transport = transports(place, place.owner)
    assert may_create(transport, b"/file")
    refusal = place.gate.control.refusal("POST", "revocations", body=body)
    assert refusal.status in (400, 404, 422), refusal
    wrapped = {"json": {"user": place.owner.uuid, "servers": [place.uuid]}}
    assert Panel(place.gate.control).post("deauthorize-user", body=wrapped).status == 422
    assert may_create(transport, b"/other")
    answer = place.gate.control.post("revocations", body={"user": place.owner.uuid})
    assert answer["revocation"]["found"] == 1
    assert is_cut(transport)

"""How panels and their daemons fail to take access away, each weakness by name, and ours not to.

Of two of them other tests say more: test_no_sign_in_slips_through_while_access_is_taken_away, and
test_a_deauthorisation_ends_one_person_on_the_servers_named.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, Person, Place, make_person
from clients.paramiko_library import connect, sign_in
from gate import Gate
from panel import Panel
from raw_sftp import (
    CREATE, FOR_WRITING, HANDLE, OK, OPEN, REMOVE, WRITE, Attributes, Long, RawSFTP, pack,
)
from round_kinds import PASSWORD, SLOW_HASH
from waiting import eventually

FEWER = ["file.sftp", "file.read"]
#: Requests that a client sends without waiting for any reply.
QUEUED = 10_000


@pytest.fixture
def transports() -> Iterator[Callable[[Place, Person], paramiko.Transport]]:
    """Signs people in; their connections are closed after the test."""
    opened: list[paramiko.Transport] = []

    def begin(place: Place, person: Person) -> paramiko.Transport:
        opened.append(sign_in(place.endpoint(person)))
        return opened[-1]

    yield begin
    for transport in opened:
        transport.close()


SignIn = Callable[[Place, Person], paramiko.Transport]


def is_refused(place: Place, person: Person) -> bool:
    try:
        sign_in(place.endpoint(person)).close()
    except (paramiko.SSHException, EOFError, OSError):
        return True
    return False


def may_create(transport: paramiko.Transport, name: bytes) -> bool:
    """Whether a new channel lets a file be made; the connection has to work for that."""
    raw = RawSFTP(transport)
    reply = raw.request(OPEN, name, FOR_WRITING | CREATE, Attributes())
    return reply.kind == HANDLE


def is_cut(transport: paramiko.Transport) -> bool:
    """Whether neither the connection nor a new channel on it leads anywhere."""
    try:
        RawSFTP(transport)
    except (paramiko.SSHException, EOFError, OSError):
        return not transport.is_active()
    return False


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


def test_requests_that_wait_in_a_queue_are_not_done_after_the_answer(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    folder: Path = place.files / "many"
    folder.mkdir()
    (place.files / "one").touch()
    for number in range(QUEUED):
        # A further name takes a tenth of the time of a further file.
        os.link(place.files / "one", folder / f"{number}")
    raw = RawSFTP(transports(place, person))
    raw.ask((REMOVE, pack(b"/many/%d" % number)) for number in range(QUEUED))
    eventually(lambda: not (folder / "20").exists(), "it has begun")
    place.permit(person, FEWER)
    left = sorted(folder.iterdir())
    assert left, "everything was done before the answer"
    # Whoever would go on with the queue would be done with it by now.
    sign_in(place.endpoint()).close()
    assert sorted(folder.iterdir()) == left


def test_an_open_handle_does_not_outlive_the_permission_it_was_opened_with(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    raw = RawSFTP(transports(place, person))
    handle = raw.open(b"/file", FOR_WRITING | CREATE)
    assert raw.request(WRITE, handle, Long(0), b"before").code == OK
    place.permit(person, FEWER)
    with pytest.raises((EOFError, OSError)):
        raw.request(WRITE, handle, Long(0), b"after!")
    assert (place.files / "file").read_bytes() == b"before"


def test_the_password_of_an_administrator_changed_ends_sessions_on_servers_of_others_too(
    gate: Gate, transports: SignIn
) -> None:
    person = make_person(gate, administrator=True)
    places = [Place(gate, person), Place(gate), Place(gate)]
    opened = [transports(place, person) for place in places]
    for transport in opened:
        assert may_create(transport, b"/file")
    answer = gate.control.patch("users", person.uuid, body={"password": "another password"})
    assert answer["revocation"]["found"] == 3
    assert all(is_cut(transport) for transport in opened)
    assert all(is_refused(place, person) for place in places)


def test_a_session_that_was_revoked_leaves_nothing_behind_in_the_gate(
    make_gate: Callable[..., Gate], transports: SignIn
) -> None:
    """No watcher, no descriptor, no thread and no process for each session that ever was."""
    gate = make_gate().start()
    place = Place(gate)

    def held() -> tuple[int, int, int]:
        kept = Path(f"/proc/{gate.child.pid}")
        counts = [len(list((kept / name).iterdir())) for name in ("fd", "task")]
        return counts[0], counts[1], len(gate.session_processes())

    def end_some(count: int) -> None:
        for _ in range(count):
            transports(place, place.owner)
        answer = gate.control.post("revocations", body={"user": place.owner.uuid})
        assert answer["revocation"]["found"] == count

    end_some(5)
    before = eventually(lambda: held() if not gate.sessions() else None, "all have ended")
    for _ in range(6):
        end_some(10)

    def is_as_before() -> bool:
        now = held()
        # The pools of threads grow once to their size, and warm processes come again.
        return now[0] <= before[0] + 8 and now[1] <= before[1] + 8 and now[2] <= before[2] + 2

    eventually(is_as_before, f"no more than {before} is held, and not {held()}")


def test_it_can_be_seen_who_is_connected_and_who_was_cut_off_and_why(
    place: Place, transports: SignIn
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    transports(place, person)
    session = place.gate.session_of(person.name)
    assert session["server"] == place.uuid and session["peer"].startswith("127.0.0.1:")
    assert set(session["rights"]) >= {"file.update", "file.sftp"}
    before = place.gate.control.get("activity", limit="1")["latest"]
    answer = place.gate.control.post(
        "revocations", body={"user": person.uuid, "reason": "Moved to another host"}
    )
    assert answer["revocation"]["found"] == 1
    assert not any(one["id"] == session["id"] for one in place.gate.sessions())

    def ends() -> list[dict]:
        entries = place.gate.control.get("activity", after=str(before))["activity"]
        found = [one for one in entries if one["session"] == session["id"]]
        return [one for one in found if one["event"] == "server:sftp.logout"]

    [ended] = eventually(ends, "the end of the session is recorded")
    assert ended["user"] == person.uuid and ended["server"] == place.uuid
    assert ended["properties"]["reason"] in ("goodbye", "killed"), ended
    [asked] = place.gate.control.get("activity", event="revocation", limit="1")["activity"]
    assert asked["properties"]["reason"] == "Moved to another host", asked
    assert asked["properties"]["revoked"]["found"] == 1

"""What other daemons leave of a session that was revoked, each weakness by name, and ours not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from access import SignIn, is_cut, is_refused, may_create
from accounts import FILE_PERMISSIONS, Place, make_person
from clients.paramiko_library import sign_in
from gate import Gate
from raw_sftp import CREATE, FOR_WRITING, OK, REMOVE, WRITE, Long, RawSFTP, pack
from round_changes import FEWER
from waiting import eventually

#: Requests that a client sends without waiting for any reply.
QUEUED = 10_000


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

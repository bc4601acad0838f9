"""Revocations as jobs: what they answer, that they are done once, and that they survive the gate."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients.paramiko_library import connect, sign_in
from clients.sshfs import is_listed, why_not_here
from gate import Gate
from processes import Process, process, stopped
from raw_sftp import CREATE, FOR_WRITING, MKDIR, WRITE, Attributes, Long, RawSFTP, pack
from waiting import eventually

#: Milliseconds that a gate here waits for a session that is stopped, so that a test can look.
LONG_GRACE = 5000
SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")


def revoke(gate: Gate, **fields: Any) -> dict[str, Any]:
    return gate.control.post("revocations", body=fields)


def fresh_job() -> str:
    return f"job {uuid.uuid4()}/~"


def logouts(gate: Gate, session: str) -> list[dict[str, Any]]:
    found = gate.control.get("activity", event="server:sftp.logout", limit="1000")["activity"]
    return [entry for entry in found if entry["session"] == session]


def logout(gate: Gate, session: str) -> dict[str, Any]:
    """What the activity tells of a session's end, once."""
    found = eventually(lambda: logouts(gate, session), f"the end of {session} is recorded")
    assert len(found) == 1, found
    return found[0]


def records(gate: Gate, job: str) -> list[dict[str, Any]]:
    found = gate.control.get("activity", event="revocation", limit="1000")["activity"]
    return [entry for entry in found if entry["properties"]["job"] == job]


@pytest.fixture
def person(place: Place) -> Person:
    return place.subuser(FILE_PERMISSIONS)


@pytest.fixture
def patient(make_gate: Callable[..., Gate]) -> Gate:
    """A gate that leaves sessions a long time to say goodbye."""
    return make_gate(sessions={"goodbye_grace": f"{LONG_GRACE}ms"}).start()


def test_the_answer_tells_what_became_of_each_session(place: Place) -> None:
    gate, person = place.gate, place.subuser(FILE_PERMISSIONS)
    other = Place(gate)
    gate.control.post(
        "servers", other.uuid, "subusers",
        body={"user": person.name, "permissions": FILE_PERMISSIONS},
    )
    writing = RawSFTP(sign_in(place.endpoint(person)))
    idle = RawSFTP(sign_in(other.endpoint(person)))
    assert idle.is_alive()
    handle = writing.open(b"/up", FOR_WRITING | CREATE)
    block = bytes(100_000)
    replies = writing.pipeline(
        *[(WRITE, pack(handle, Long(number * len(block)), block)) for number in range(5)]
    )
    assert [reply.code for reply in replies] == [0] * 5
    sessions = {
        one["server"]: one for one in gate.sessions() if one["username"] == person.name
    }

    job = revoke(gate, user=person.name, reason="Maintenance")

    assert job["state"] == "done" and not job["repeated"] and not job["resumed"]
    assert job["selector"] == {"user": person.uuid} and job["reason"] == "Maintenance"
    assert job["revocation"]["found"] == 2 and job["revocation"]["endedByGoodbye"] == 2
    assert job["revocation"]["pending"] == [] and job["requestsCut"] == 0
    assert job["bytesWritten"] == (place.files / "up").stat().st_size == 500_000
    ended = {one["server"]: one for one in job["sessions"]}
    for server, written in (place, 500_000), (other, 0):
        one = ended[server.uuid]
        assert one["id"] == sessions[server.uuid]["id"]
        assert one["user"] == person.uuid and one["username"] == person.name
        assert one["serverShortId"] == server.short_id
        assert one["ended"] == "goodbye" and one["bytesWritten"] == written
        told = logout(gate, one["id"])["properties"]
        assert told["job"] == job["job"] and told["told"] == "Maintenance"
        assert told["reason"] == "goodbye" and told["requestsCut"] == 0
        assert told["bytesWritten"] == written
    [record] = records(gate, job["job"])
    assert record["properties"]["revoked"] == job["revocation"]
    shown = gate.control.get("revocations", job["job"])
    assert shown == {name: value for name, value in job.items() if name != "repeated"}


def test_requests_that_had_arrived_are_counted_when_they_are_cut_off(patient: Gate) -> None:
    place = Place(patient)
    client = RawSFTP(sign_in(place.endpoint()))
    assert client.is_alive()
    session = patient.process_of(place.owner.name)
    answers: list[dict[str, Any]] = []
    asking = threading.Thread(
        target=lambda: answers.append(revoke(patient, server=place.short_id))
    )
    with stopped(session):
        client.ask([(MKDIR, pack(b"/made%d" % number, Attributes())) for number in range(40)])
        asking.start()
        eventually(
            lambda: [one["phase"] for one in patient.sessions()] == ["ending"],
            "the session is told to end",
        )
        assert not session.is_gone
    asking.join()
    [job] = answers
    # It was told to end before it could look at any of them, and told how many there were.
    assert job["revocation"]["endedByGoodbye"] == 1
    assert job["requestsCut"] == job["sessions"][0]["requestsCut"] == 40
    assert list(place.files.iterdir()) == []
    told = logout(patient, job["sessions"][0]["id"])["properties"]
    assert told["requestsCut"] == 40 and told["requests"] == 1


def test_a_session_that_does_not_leave_is_told_as_killed(
    gate: Gate, place: Place, person: Person
) -> None:
    client = RawSFTP(sign_in(place.endpoint(person)))
    assert client.is_alive()
    session = gate.process_of(person.name)
    with stopped(session):
        job = revoke(gate, user=person.uuid, servers=[place.short_id])
        assert session.is_reaped
    assert [one["ended"] for one in job["sessions"]] == ["kill"]
    assert job["revocation"]["endedByKill"] == 1
    assert job["selector"] == {"user": person.uuid, "servers": [place.uuid]}
    told = logout(gate, job["sessions"][0]["id"])["properties"]
    assert told["reason"] == "killed" and told["job"] == job["job"]


def test_a_change_names_its_reason_and_no_job(gate: Gate, place: Place, person: Person) -> None:
    client = RawSFTP(sign_in(place.endpoint(person)))
    assert client.is_alive()
    session = gate.session_of(person.name)["id"]
    answer = place.permit(person, ["file.sftp"])
    assert set(answer["revocation"]) == {
        "found", "endedByGoodbye", "endedByKill", "pending", "milliseconds",
    }
    told = logout(gate, session)["properties"]
    assert told["reason"] == "goodbye" and "job" not in told
    assert told["told"] == "Your permissions on this server were changed"
    # One that leaves by itself was told nothing.
    client = RawSFTP(sign_in(place.endpoint(place.owner)))
    session = gate.session_of(place.owner.name)["id"]
    client.channel.get_transport().close()
    told = logout(gate, session)["properties"]
    assert told["reason"] == "clientLeft" and "told" not in told and "requestsCut" not in told


def test_connections_that_have_not_signed_in_are_counted_and_leave_no_entry(
    make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    transport = connect(place.endpoint())
    eventually(
        lambda: [one["phase"] for one in gate.sessions()] == ["authenticating"],
        "the key exchange is done",
    )
    job = revoke(gate, all=True)
    assert job["revocation"]["found"] == 1 and job["selector"] == {"all": True}
    [one] = job["sessions"]
    assert one["user"] is None and one["server"] is None and one["ended"] == "goodbye"
    assert logouts(gate, one["id"]) == []
    transport.close()


def test_the_same_job_is_done_once_also_by_the_next_gate(
    make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    place, name = Place(gate), fresh_job()
    client = RawSFTP(sign_in(place.endpoint()))
    assert client.is_alive()
    first = revoke(gate, job=name, user=place.owner.name, reason="Once")
    assert first["job"] == name and first["revocation"]["found"] == 1 and not first["repeated"]
    client = RawSFTP(sign_in(place.endpoint()))
    again = revoke(gate, job=name, user=place.owner.name, reason="Once")
    assert again == first | {"repeated": True}
    assert client.is_alive()
    gate.kill()
    gate.start()
    assert revoke(gate, job=name, user=place.owner.name, reason="Once") == again
    assert len(records(gate, name)) == 1
    # Names are what was asked for: whose they are now does not matter.
    gate.control.patch("users", place.owner.uuid, body={"username": f"renamed{name[4:12]}"})
    assert revoke(gate, job=name, user=place.owner.name, reason="Once") == again


def test_another_revocation_under_the_same_job_is_refused(
    gate: Gate, place: Place, person: Person
) -> None:
    client = RawSFTP(sign_in(place.endpoint(person)))
    assert client.is_alive()
    name = fresh_job()
    first = revoke(gate, job=name, server=place.uuid, user=str(uuid.uuid4()))
    assert first["revocation"]["found"] == 0
    for other in (
        {"server": place.uuid}, {"user": person.name}, {"all": True},
        {"server": place.uuid, "user": first["selector"]["user"], "reason": "Another"},
    ):
        refused = gate.control.refusal("POST", "revocations", body={"job": name} | other)
        assert (refused.status, refused.code) == (422, "job_reused")
        assert "index" not in refused.body["error"]
    assert client.is_alive()
    # Under an id of its own it is done.
    assert revoke(gate, job=fresh_job(), server=place.uuid)["revocation"]["found"] == 1


def test_a_repetition_waits_for_the_job_that_runs(patient: Gate) -> None:
    place, name = Place(patient), fresh_job()
    client = RawSFTP(sign_in(place.endpoint()))
    assert client.is_alive()
    answers: list[dict[str, Any]] = []

    def ask() -> None:
        answers.append(revoke(patient, job=name, server=place.uuid))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    with stopped(patient.process_of(place.owner.name)):
        threads[0].start()
        eventually(
            lambda: [one["phase"] for one in patient.sessions()] == ["ending"],
            "the job runs",
        )
        running = patient.control.get("revocations", name)
        assert running["state"] == "running" and running["revocation"] is None
        assert running["endedAt"] is None and running["sessions"] == []
        for thread in threads[1:]:
            thread.start()
        # Another job is not held up by it.
        other = revoke(patient, user=str(uuid.uuid4()))
        assert other["revocation"]["found"] == 0
        assert answers == []
    for thread in threads:
        thread.join()
    assert sorted(answer["repeated"] for answer in answers) == [False, True, True, True]
    assert len({str(answer | {"repeated": None}) for answer in answers}) == 1
    assert answers[0]["revocation"]["endedByGoodbye"] == 1
    assert len(records(patient, name)) == 1


def test_a_thousand_jobs_in_one_request(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(sessions={"goodbye_grace": "2000ms"}).start()
    place = Place(gate)
    people = [place.subuser(FILE_PERMISSIONS) for _ in range(5)]
    clients = [RawSFTP(sign_in(place.endpoint(person))) for person in people]
    assert all(client.is_alive() for client in clients)
    processes = [gate.process_of(person.name) for person in people]
    jobs: list[dict[str, Any]] = [
        {"user": str(uuid.uuid4()), "job": f"batch {uuid.uuid4()}", "reason": f"Number {number}"}
        for number in range(1000)
    ]
    began = time.monotonic()
    assert len(revoke(gate, jobs=[one | {"job": fresh_job()} for one in jobs])["jobs"]) == 1000
    print(f"1,000 jobs that find nobody: {(time.monotonic() - began) * 1000:.0f} ms")
    for number, person in enumerate(people):
        jobs[number * 200] |= {"user": person.name, "server": place.short_id}
    # Two that mean the same session: each finds it.
    jobs[999] |= {"user": people[0].uuid}
    with ExitStack() as stack:
        for one in processes[:4]:
            stack.enter_context(stopped(one))
        began = time.monotonic()
        answer = revoke(gate, jobs=jobs)["jobs"]
        took = time.monotonic() - began
        assert all(one.is_reaped for one in processes)
    # One grace for all of them: four would be eight seconds.
    assert 2 <= took < 8
    print(f"1,000 jobs of which some find sessions, the grace apart: {(took - 2) * 1000:.0f} ms")
    assert [one["job"] for one in answer] == [one["job"] for one in jobs]
    assert [one["reason"] for one in answer] == [one["reason"] for one in jobs]
    found = {number for number, one in enumerate(answer) if one["revocation"]["found"]}
    assert found == {0, 200, 400, 600, 800, 999}
    assert [answer[number]["sessions"][0]["ended"] for number in sorted(found)] == [
        "kill", "kill", "kill", "kill", "goodbye", "kill",
    ]
    # The one that left did not have to wait for the others to be told so.
    assert answer[800]["revocation"]["milliseconds"] < 2000
    assert answer[0]["sessions"] == answer[999]["sessions"]
    again = revoke(gate, jobs=jobs)["jobs"]
    assert again == [one | {"repeated": True} for one in answer]
    assert revoke(gate, **jobs[200]) == again[200]
    # The first that meant the session is the one that its end names.
    assert logout(gate, answer[0]["sessions"][0]["id"])["properties"]["job"] == jobs[0]["job"]


def test_a_mistake_in_one_job_is_told_with_its_index_and_nothing_is_done(
    gate: Gate, place: Place, person: Person
) -> None:
    client = RawSFTP(sign_in(place.endpoint(person)))
    good = {"user": person.name, "job": fresh_job()}
    known = fresh_job()
    revoke(gate, job=known, user=str(uuid.uuid4()))
    mistakes: list[tuple[dict[str, Any], int, str]] = [
        ({"user": "nobody-of-this-name"}, 404, "user_not_found"),
        ({"user": person.name, "servers": ["12345678"]}, 404, "server_not_found"),
        ({"user": person.name, "servers": []}, 422, "invalid_servers"),
        ({"servers": [place.uuid]}, 422, "missing_field"),
        ({}, 422, "missing_selector"),
        ({"all": True, "user": person.name}, 422, "conflicting_selectors"),
        ({"user": person.name, "server": place.uuid, "servers": [place.uuid]}, 422,
         "conflicting_selectors"),
        ({"user": person.name, "reason": "two\nlines"}, 422, "invalid_reason"),
        ({"user": person.name, "job": ""}, 422, "invalid_job"),
        ({"user": person.name, "job": "\u00e9"}, 422, "invalid_job"),
        ({"user": person.name, "job": "x" * 256}, 422, "invalid_job"),
        ({"user": person.name, "job": known}, 422, "job_reused"),
        ({"all": True, "job": good["job"]}, 422, "job_reused"),
        ({"user": 1}, 422, "wrong_type"),
        ({"jobs": [good]}, 422, "unknown_field"),
    ]
    for mistake, status, code in mistakes:
        refused = gate.control.refusal("POST", "revocations", body={"jobs": [good, mistake]})
        assert (refused.status, refused.code) == (status, code), (mistake, refused.body)
        assert refused.body["error"]["index"] == 1
    for whole in ({"jobs": [good], "all": True}, {"jobs": [good], "job": fresh_job()}):
        refused = gate.control.refusal("POST", "revocations", body=whole)
        assert refused.code == "conflicting_selectors"
    for wrong in ([], [1], {}, [good] * 1001):
        refused = gate.control.refusal("POST", "revocations", body={"jobs": wrong})
        assert refused.code == "wrong_type"
    assert client.is_alive()
    missing = gate.control.refusal("GET", "revocations", good["job"])
    assert (missing.status, missing.code) == (404, "revocation_not_found")
    # Without the mistake it is done, and the same twice is one.
    answer = revoke(gate, jobs=[good, good])["jobs"]
    assert [one["repeated"] for one in answer] == [False, True]
    assert answer[0]["sessions"] == answer[1]["sessions"] != []


def test_a_gate_that_is_killed_in_the_middle_finishes_the_job_at_its_next_start(
    patient: Gate,
) -> None:
    place, name, unharmed = Place(patient), fresh_job(), fresh_job()
    revoke(patient, job=unharmed, user=place.owner.name)
    client = RawSFTP(sign_in(place.endpoint()))
    assert client.is_alive()
    session = patient.process_of(place.owner.name)
    failures: list[Exception] = []

    def ask() -> None:
        try:
            revoke(patient, job=name, user=place.owner.name, reason="Half-way")
        except Exception as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    with stopped(session):
        asking.start()
        eventually(
            lambda: [one["phase"] for one in patient.sessions()] == ["ending"],
            "the job waits for the session",
        )
        assert patient.control.get("revocations", name)["state"] == "running"
        patient.kill()
        asking.join()
        assert len(failures) == 1, "the caller had an answer before the gate was killed"
        eventually(lambda: session.is_gone, "the session goes with its gate")

    patient.start()
    job = patient.control.get("revocations", name)
    assert job["state"] == "done" and job["resumed"] and job["reason"] == "Half-way"
    assert job["revocation"]["found"] == 0 and job["revocation"]["pending"] == []
    [record] = records(patient, name)
    assert record["properties"]["resumed"] is True and record["actor"] == job["actor"]
    assert record["user"] == place.owner.uuid
    # It was done before the first client was let in: who signs in now stays.
    client = RawSFTP(sign_in(place.endpoint()))
    assert client.is_alive()
    repeated = revoke(patient, job=name, user=place.owner.name, reason="Half-way")
    assert repeated == job | {"repeated": True}
    assert client.is_alive()
    assert not patient.control.get("revocations", unharmed)["resumed"]
    assert len(records(patient, unharmed)) == 1


def test_revocations_are_listed_newest_first_page_by_page(
    make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate().start()
    assert gate.control.get("revocations") == {"revocations": [], "next": None}
    names = [fresh_job() for _ in range(7)]
    for name in names:
        revoke(gate, job=name, user=str(uuid.uuid4()), reason="Listed")
    seen: list[dict[str, Any]] = []
    query: dict[str, str] = {"limit": "3"}
    for expected in (3, 3, 1):
        page = gate.control.get("revocations", **query)
        assert len(page["revocations"]) == expected
        seen += page["revocations"]
        query["before"] = str(page["next"])
    assert page["next"] is None
    assert [one["job"] for one in seen] == names[::-1]
    assert all("sessions" not in one and one["actor"] == f"uid {os.getuid()}" for one in seen)
    assert gate.control.get("revocations", before=str(seen[-1]["number"]))["revocations"] == []
    for bad in ("limit=0", "limit=1001", "before=0", "after=1"):
        assert gate.control.exchange("GET", f"/v1/revocations?{bad}")[0] == 422


def test_revocations_are_kept_as_long_as_the_activity(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    old, kept = fresh_job(), fresh_job()
    for name in old, kept:
        revoke(gate, job=name, user=str(uuid.uuid4()))
    assert gate.control.get("revocations", old)["job"] == old
    gate.stop()
    with closing(sqlite3.connect(gate.store)) as store:
        store.execute("UPDATE revocations SET created = 1 WHERE job = ?", [old])
        store.commit()
    gate.start()
    target = "/v1/revocations/" + quote(old, safe="")
    eventually(lambda: gate.control.exchange("GET", target)[0] == 404, "the old one is removed")
    assert gate.control.get("revocations", kept)["job"] == kept


def test_operators_see_what_became_of_each_session(gate: Gate, place: Place) -> None:
    def portcullis(*arguments: str) -> str:
        finished = subprocess.run(
            [gate.programs.gate, *arguments, "--socket", gate.socket],
            capture_output=True, text=True, timeout=30, check=True,
        )
        return finished.stdout

    client = RawSFTP(sign_in(place.endpoint()))
    handle = client.open(b"/up", FOR_WRITING | CREATE)
    assert client.request(WRITE, handle, Long(0), bytes(2048)).code == 0
    session, name = gate.session_of(place.owner.name)["id"], fresh_job()
    asked = ["revoke", "--user", place.owner.name, "--server", place.short_id,
             "--server", place.uuid, "--reason", "Maintenance", "--job", name]
    told = portcullis(*asked)
    assert f"Job {name}." in told and "Ended 1 session in" in told
    [line] = [line for line in told.splitlines() if line.startswith(session)]
    assert line.split() == [
        session, place.owner.name, place.short_id, "goodbye", "0", "2", "KiB", "0", "B",
    ]
    again = portcullis(*asked)
    assert again.splitlines()[0].startswith("This was done before")
    assert again.splitlines()[1:] == told.splitlines()
    [line] = [line for line in portcullis("revocations").splitlines() if name in line]
    assert "Maintenance" in line and place.owner.uuid in line
    assert session in portcullis("revocations", "show", name)


def waits_in(one: Process) -> str:
    """The function of the kernel in which a process waits."""
    return Path(f"/proc/{one.id}/wchan").read_text()


@contextmanager
def slow_disk(place: Place, scratch: Path) -> Iterator[int]:
    """The place's files on a file system whose server can be stopped; answers its process id."""
    behind, script, number = scratch / "behind", scratch / "serve", scratch / "pid"
    behind.mkdir()
    script.write_text(f'#!/bin/sh\necho $$ > "{number}"\nexec {SFTP_SERVER}\n')
    script.chmod(0o755)
    mount = subprocess.Popen(
        ["sshfs", "-f", f"host:{behind}", place.files, "-o", f"ssh_command={script}"],
        stdin=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: is_listed(place.files), "the file system is mounted")
        server = int(eventually(lambda: number.exists() and number.read_text(), "it is served"))
        yield server
    finally:
        subprocess.run(["fusermount3", "-u", "-z", place.files], check=True)
        # Whoever waits for a file system that is gone gets an error.
        mount.kill()
        mount.wait()
        os.kill(int(number.read_text()), signal.SIGCONT)


def test_a_session_that_the_kernel_cannot_end_is_pending_until_it_is_gone(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    reason = why_not_here(tmp_path)
    if reason is not None or not SFTP_SERVER.exists():
        pytest.skip(reason or f"this host has no {SFTP_SERVER}")
    gate = make_gate().start()
    place = Place(gate)
    with slow_disk(place, tmp_path) as server:
        client = RawSFTP(sign_in(place.endpoint()))
        assert client.request(MKDIR, b"/before", Attributes()).code == 0
        session = gate.session_of(place.owner.name)["id"]
        one = gate.process_of(place.owner.name)
        os.kill(server, signal.SIGSTOP)
        # Once the file system's server has taken the request, nothing can interrupt it.
        client.ask([(MKDIR, pack(b"/during", Attributes()))])
        eventually(lambda: "fuse" in waits_in(one) or "wait_answer" in waits_in(one),
                   "the session waits for its file system")

        job = revoke(gate, server=place.uuid, reason="Now")

        if job["revocation"]["pending"] == []:
            pytest.skip("this kernel ends a process that waits for a file system")
        assert job["revocation"]["pending"] == [session]
        assert job["revocation"]["endedByKill"] == job["revocation"]["endedByGoodbye"] == 0
        assert [told["ended"] for told in job["sessions"]] == ["pending"]
        assert job["sessions"][0]["user"] == place.owner.uuid
        assert [told["id"] for told in gate.sessions()] == [session]
        assert logouts(gate, session) == []
        # Asked again it is still there, and still told so.
        assert revoke(gate, server=place.uuid)["revocation"]["pending"] == [session]
        assert not one.is_gone

        os.kill(server, signal.SIGCONT)
        eventually(lambda: one.is_reaped, "the kernel ends it")
        eventually(lambda: not gate.sessions(), "the gate knows")
    told = logout(gate, session)["properties"]
    assert told["reason"] == "killed" and told["job"] == job["job"] and told["late"] > 0
    assert told["told"] == "Now"
    assert any(f"session={session}" in line and "late=" in line for line in gate.log().split("\n"))

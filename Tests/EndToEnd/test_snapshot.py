"""One document that the whole store becomes equal to, while clients are at work."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Person, Place, make_person
from clients import ClientFailure, Sftp
from clients.base import Running
from content import MEBIBYTE, random_file
from documents import EMPTY, changes, crowd, export, lines, put, text
from gate import Gate, Programs
from waiting import eventually

#: In kilobits a second: an upload is under way for several seconds.
SLOW = 8000

@pytest.fixture
def gate(make_gate: Callable[..., Gate]) -> Gate:
    """A gate of the test's own: a document is about everybody in it."""
    return make_gate().start()


@pytest.fixture
def upload(tmp_path: Path) -> Iterator[Callable[[Place, Person | None], Running]]:
    started: list[Running] = []
    source = random_file(tmp_path / "source", 8 * MEBIBYTE)

    def begin(place: Place, person: Person | None = None) -> Running:
        client = Sftp(place.endpoint(person), tmp_path / f"client{len(started)}")
        running = client.start_put(source, "/up", SLOW)
        started.append(running)
        up = place.files / "up"
        eventually(lambda: up.exists() and up.stat().st_size > 0, "the upload has begun")
        return running

    yield begin
    for running in started:
        running.kill()


def test_an_import_cuts_off_whom_it_concerns_and_nobody_else(
    gate: Gate, upload: Callable[..., Running], tmp_path: Path
) -> None:
    touched, untouched = Place(gate), Place(gate)
    guest = touched.subuser(FILE_PERMISSIONS)
    objects = lines(export(gate))
    for one in objects:
        if one["kind"] == "subuser":
            one["permissions"] = ["file.sftp", "file.read"]
    objects += crowd(1000)

    cut, kept = upload(touched, guest), upload(untouched)
    process = gate.process_of(guest.name)

    trial = put(gate, objects, "?dryRun=true")
    assert [one["username"] for one in trial["sessions"]] == [guest.name]
    assert trial["revocation"]["found"] == 0
    assert cut.is_running and kept.is_running and not process.is_reaped
    assert touched.permissions(guest) == set(FILE_PERMISSIONS)

    done = put(gate, objects)
    assert process.is_reaped, "the session outlived the answer"
    assert kept.is_running, kept.output()
    assert changes(done) == changes(trial)
    assert changes(done)["subusers"] == (2000, 1, 0)
    revocation = done["revocation"]
    assert revocation["found"] == 1 and revocation["pending"] == []
    assert [one["reason"] for one in done["sessions"]] == [
        "Your permissions on this server were changed"
    ]
    assert cut.wait() != 0
    assert touched.permissions(guest) == {"file.sftp", "file.read"}
    with pytest.raises(ClientFailure):
        Sftp(touched.endpoint(guest), tmp_path / "again").batch("mkdir folder")

    assert changes(put(gate, objects)) == {}
    assert kept.wait() == 0, kept.output()
    assert (untouched.files / "up").read_bytes() == (tmp_path / "source").read_bytes()


def test_who_is_not_in_the_document_is_gone_and_who_is_can_sign_in(
    gate: Gate, programs: Programs, make_gate: Callable[..., Gate], ring: KeyRing, tmp_path: Path
) -> None:
    place = Place(gate)
    guest = place.subuser(FILE_PERMISSIONS)
    key = place.add_key(ring, "ed25519", guest)
    document = export(gate)

    # Another host takes the document over, and with it passwords, keys and permissions.
    other = make_gate().start()
    stranger = Place(other)
    assert Sftp(stranger.endpoint(), tmp_path / "stranger").batch("pwd")
    answer = put(other, lines(document))
    assert answer["unusableDirectories"] == 1
    assert place.directory in answer["warnings"][0]
    with pytest.raises(ClientFailure):
        Sftp(stranger.endpoint(), tmp_path / "stranger").batch("pwd")
    assert export(other) == document

    moved = Place.__new__(Place)
    moved.gate, moved.owner, moved.server = other, place.owner, place.server
    with pytest.raises(ClientFailure, match="not available"):
        Sftp(moved.endpoint(guest), tmp_path / "early").batch("pwd")
    (other.volumes / place.directory).mkdir()
    assert Sftp(moved.endpoint(), tmp_path / "owner").batch("mkdir folder") is not None
    assert (other.volumes / place.directory / "folder").is_dir()
    assert Sftp(moved.endpoint(guest), tmp_path / "guest").batch("ls")
    assert "folder" in Sftp(moved.endpoint(guest, key), tmp_path / "key").batch("ls")


def test_a_document_that_does_not_arrive_whole_changes_nothing(gate: Gate) -> None:
    place = Place(gate)
    before = export(gate)
    whole = text(lines(before) + crowd(50))
    half = whole[: whole.index(b"\n", len(whole) // 2) + 1]
    part = half[: half.index(b"\n") + 1]
    heads = [
        b"Content-Length: %d\r\n\r\n" % len(whole) + part,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(part), part),
    ]
    for head in heads:
        for ending in ("close", "shutdown"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(str(gate.socket))
                connection.sendall(b"PUT /v1/snapshot HTTP/1.1\r\nHost: gate\r\n" + head)
                if ending == "shutdown":
                    connection.shutdown(socket.SHUT_WR)
                    assert b" 400 " in connection.recv(1 << 16).split(b"\r\n")[0]
    # The last of the refused requests has been dealt with once a later one is answered.
    assert export(gate) == before

    # A gate that is being stopped does not take for whole what has come until then.
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(gate.socket))
    connection.sendall(b"PUT /v1/snapshot HTTP/1.1\r\nHost: gate\r\n" + heads[1])
    gate.signal(signal.SIGTERM)
    connection.close()
    eventually(lambda: not gate.is_running, "the gate ends", timeout=60)
    gate.start()
    assert export(gate) == before
    assert changes(put(gate, lines(before) + crowd(50)))["users"] == (50, 0, 0)
    assert place.files.is_dir()


def test_a_bad_line_is_named_and_nothing_is_changed(gate: Gate) -> None:
    place = Place(gate)
    before = export(gate)
    objects = lines(before)
    twice = text(objects + crowd(10) + objects[:1])
    for document, message in [
        (text(objects) + b"{\n", f"Line {len(objects) + 1}: "),
        (twice, "is on line 1 already"),
        (before[: before.rindex(b"\n", 0, -1) + 1], "it is not complete"),
        (b"", "The document is empty."),
    ]:
        status, answer = gate.control.exchange("PUT", "/v1/snapshot", document)
        assert status == 422, answer
        assert json.loads(answer)["error"]["code"] == "invalid_snapshot"
        assert message in json.loads(answer)["error"]["message"]
    assert export(gate) == before
    assert changes(put(gate, [EMPTY])) == {"users": (0, 0, 1), "servers": (0, 0, 1)}
    assert place.files.is_dir(), "files are nobody's to delete"


def test_export_and_import_from_the_command_line(
    gate: Gate, programs: Programs, tmp_path: Path, ring: KeyRing
) -> None:
    place = Place(gate)
    guest = place.subuser(["file.sftp"])
    place.add_key(ring, "ecdsa", guest)
    file = tmp_path / "store.jsonl"

    def run(*arguments: str, document: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [programs.gate, *arguments, "--socket", gate.socket],
            input=document,
            capture_output=True,
            timeout=60,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    assert run("export", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    document = file.read_bytes()
    assert document == export(gate)
    assert run("export").stdout == document
    # The file of yesterday is replaced, and nothing is left beside it.
    file.write_bytes(b"old")
    assert run("export", str(file)).returncode == 0
    assert file.read_bytes() == document
    assert [one.name for one in tmp_path.iterdir()] == [file.name]

    same = run("import", str(file))
    assert same.returncode == 0 and same.stdout == b"Nothing is different.\n", same

    make_person(gate, "newcomer")
    trial = run("import", str(file), "--dry-run")
    assert trial.returncode == 0, trial
    assert b"Nothing was changed. Sessions that would end: 0." in trial.stdout
    assert gate.control.get("users", "newcomer")["user"]["username"] == "newcomer"
    done = run("import", "-", "--json", document=document)
    assert done.returncode == 0, done
    assert changes(json.loads(done.stdout)) == {"users": (0, 0, 1)}
    assert gate.control.refusal("GET", "users", "newcomer").status == 404
    assert export(gate) == document

    bad = run("import", "-", document=document + b"nonsense\n")
    assert bad.returncode == 1
    assert bad.stderr.startswith(b"error: Line "), bad.stderr
    missing = run("import", str(tmp_path / "nothing"))
    assert missing.returncode == 3 and b"No such file" in missing.stderr
    device = run("export", "/dev/null")
    assert device.returncode == 1 and b"not a regular file" in device.stderr
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert export(gate) == document

"""What operators see of open sessions: what each has moved, how fast, and what it is asked for."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients.paramiko_library import sign_in
from gate import Gate, Programs
from processes import stopped
from raw_sftp import CREATE, EXTENDED, FOR_WRITING, WRITE, Long, RawSFTP, pack
from waiting import eventually

BLOCK = bytes(30_000)


@pytest.fixture
def person(place: Place) -> Person:
    return place.subuser(FILE_PERMISSIONS)


@pytest.fixture
def client(place: Place, person: Person) -> Iterator[RawSFTP]:
    with closing(sign_in(place.endpoint(person))) as transport:
        yield RawSFTP(transport)


def shown(gate: Gate, person: Person) -> dict[str, Any]:
    [session] = [one for one in gate.sessions() if one["username"] == person.name]
    return session


def test_a_session_shows_what_it_has_done_and_was_asked_for_last(
    place: Place, person: Person, client: RawSFTP
) -> None:
    first = shown(place.gate, person)
    assert first["request"] is None and first["requests"] == 0
    handle = client.open(b"/folder/../up", FOR_WRITING | CREATE)
    written = client.request(WRITE, handle, Long(0), BLOCK)
    assert written.code == 0
    # Whoever has the reply finds it counted.
    session = shown(place.gate, person)
    assert session["contentWritten"] == len(BLOCK) and session["contentRead"] == 0
    assert session["requests"] == 2 and session["unanswered"] == 0
    assert session["bytesReceived"] > len(BLOCK) > session["bytesSent"] > 0
    assert session["request"]["operation"] == "write" and session["request"]["path"] == "/up"
    assert session["request"]["answered"] and session["request"]["since"] >= session["since"]
    assert client.content(b"/up") == BLOCK
    session = shown(place.gate, person)
    assert session["contentRead"] == session["contentWritten"] == len(BLOCK)
    assert session["request"]["operation"] == "read"


def test_a_request_that_takes_long_is_seen_while_it_does(
    place: Place, person: Person, client: RawSFTP
) -> None:
    assert client.is_alive()
    with (place.files / "large").open("wb") as large:
        large.truncate(1 << 40)
    client.ask([
        (EXTENDED, pack(b"check-file-name", b"/large", b"sha256", Long(0), Long(0), 0)),
    ])
    session = eventually(
        lambda: (one := shown(place.gate, person))["request"]["operation"] == "check-file" and one,
        "the request is shown",
    )
    assert session["request"]["path"] == "/large" and not session["request"]["answered"]
    assert session["unanswered"] == 1
    ended = place.gate.control.post("revocations", body={"session": session["id"]})
    assert ended["requestsCut"] == 1


def test_the_rate_is_that_of_the_last_seconds(
    place: Place, person: Person, client: RawSFTP
) -> None:
    handle = client.open(b"/up", FOR_WRITING | CREATE)
    assert shown(place.gate, person)["writeRate"] == 0
    is_over = threading.Event()

    def write() -> None:
        while not is_over.is_set():
            assert client.request(WRITE, handle, Long(0), BLOCK).code == 0

    writing = threading.Thread(target=write)
    writing.start()
    session = eventually(
        lambda: (one := shown(place.gate, person))["writeRate"] and one, "something is written"
    )
    assert session["readRate"] == 0
    is_over.set()
    writing.join()
    assert shown(place.gate, person)["contentWritten"] >= len(BLOCK)
    eventually(lambda: shown(place.gate, person)["writeRate"] == 0, "the rate is what is now")


def test_what_a_killed_session_had_done_is_known_to_the_byte(
    place: Place, person: Person, client: RawSFTP
) -> None:
    handle = client.open(b"/up", FOR_WRITING | CREATE)
    for number in range(7):
        assert client.request(WRITE, handle, Long(number * len(BLOCK)), BLOCK).code == 0
    with stopped(place.gate.process_of(person.name)):
        job = place.gate.control.post("revocations", body={"user": person.name})
    [ended] = job["sessions"]
    assert ended["ended"] == "kill"
    assert ended["bytesWritten"] == 7 * len(BLOCK) == (place.files / "up").stat().st_size


@contextmanager
def watching(gate: Gate, programs: Programs, *options: str) -> Iterator[Screen]:
    """The command on a terminal of its own."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 250, 0, 0))
    command = [programs.gate, "sessions", "--watch", "--socket", gate.socket, *options]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as watcher:
        os.close(theirs)
        try:
            yield Screen(ours, watcher)
        finally:
            watcher.terminate()
            os.close(ours)


class Screen:
    """What a terminal shows that understands just what the command uses."""

    def __init__(self, terminal: int, watcher: subprocess.Popen[bytes]):
        self.terminal, self.watcher = terminal, watcher
        self.text = ""

    def next(self) -> list[str]:
        """The lines of the next whole picture."""
        while "\x1b[J" not in self.text:
            self.text += os.read(self.terminal, 65536).decode()
        picture, self.text = self.text.split("\x1b[J", 1)
        assert picture.startswith("\x1b[H"), repr(picture)
        return [line.removesuffix("\x1b[K") for line in picture[3:].split("\r\n")][:-1]

    def until(self, pattern: str) -> list[str]:
        for _ in range(20):
            lines = self.next()
            if any(re.search(pattern, line) for line in lines):
                return lines
        raise AssertionError(f"{pattern} did not appear: {lines}")


def test_the_table_is_shown_anew_while_things_happen(
    gate: Gate, place: Place, person: Person, programs: Programs
) -> None:
    with watching(gate, programs) as screen:
        lines = screen.next()
        assert re.match(r"\d+ connected, \d+ signed in; reading .*, writing .*", lines[0]), lines
        RawSFTP(sign_in(place.endpoint(person))).open(b"/up", FOR_WRITING | CREATE)
        lines = screen.until(rf" {person.name} .* create /up$")
        assert lines[2].split()[-1] == "REQUEST"
        screen.until(rf" {person.name} .* idle for \d+ s$")
        gate.control.post("revocations", body={"user": person.name})
        for _ in range(20):
            if not any(person.name in line for line in screen.next()):
                return
        raise AssertionError("the session is still shown")


def test_the_table_waits_for_a_gate_that_is_restarted(
    make_gate: Any, programs: Programs
) -> None:
    gate = make_gate().start()
    with watching(gate, programs) as screen:
        assert screen.next()[2:] == ["Nobody is connected."]
        gate.stop()
        screen.until("the gate is not running")
        gate.start()
        assert screen.until("0 connected")[2:] == ["Nobody is connected."]


def test_without_a_terminal_each_look_is_lines_or_a_line_of_json(
    gate: Gate, programs: Programs
) -> None:
    command = [programs.gate, "sessions", "--watch", "--socket", gate.socket]
    for options in [], ["--json"]:
        with subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as watcher:
            assert watcher.stdout is not None and watcher.stderr is not None
            lines = iter(watcher.stdout.readline, "")
            seen = [next(lines) for _ in range(3)]
            # Whoever has seen enough is no mistake.
            watcher.stdout.close()
            assert watcher.stderr.read() == ""
            assert watcher.wait(10) != 0
        if options:
            assert all("sessions" in json.loads(line) for line in seen)
        else:
            assert "connected" in seen[0] and "\x1b" not in "".join(seen)

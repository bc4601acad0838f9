"""How much memory a session process takes at full speed, whatever its client leaves unread."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from accounts import Place
from clients import Sftp
from clients.openssh import quoted
from clients.paramiko_library import sign_in
from content import MEBIBYTE, digest, random_file
from processes import PeakWatch, peak_mebibytes, processor_seconds
from raw_sftp import DATA, OPENDIR, READ, READDIR, STAT, Long, RawSFTP, pack, packet
from waiting import eventually

#: Mebibytes that a session process may hold, whatever its client does.
MEMORY_LIMIT = 32
#: What one READ gives at most.
LONGEST_READ = 261_120
#: As many channels as one client may have.
CHANNELS = 4


@pytest.fixture
def transport(place: Place) -> Iterator[paramiko.Transport]:
    signed_in = sign_in(place.endpoint())
    yield signed_in
    signed_in.close()


def request(kind: int, *fields: bytes | int) -> bytes:
    """A request whose reply nobody will look for."""
    return packet(kind, struct.pack(">I", 7) + pack(*fields))


def reads(handle: bytes) -> bytes:
    """A gigabyte asked for, in the longest READs there are."""
    return b"".join(
        request(READ, handle, Long(number % 1000 * LONGEST_READ), LONGEST_READ)
        for number in range(4000)
    )


def questions(size: int) -> bytes:
    """Requests of `size` bytes whose replies are twice as long."""
    one = request(STAT, b"/")
    return one * (size // len(one))


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def comes_to_rest(number: int) -> None:
    """Waits until a process has ended, or has used no processor in many looks at it."""
    used: list[float] = []

    def rests() -> bool:
        try:
            used.append(processor_seconds(number))
        except FileNotFoundError:
            return True
        return len(used) > 25 and used[-1] == used[-25]

    eventually(rests, "the session waits for its client", timeout=60)


def test_reads_that_nobody_takes_cost_little_memory(
    place: Place, transport: paramiko.Transport
) -> None:
    sparse(place.files / "large", 256 * MEBIBYTE)
    raw = RawSFTP(transport)
    handle = raw.open_for_reading(b"/large")
    [session] = place.gate.sessions()
    raw.channel.sendall(reads(handle))
    # The window is open at first, and then nobody enlarges it.
    for taken in (4, 400):
        for _ in range(taken):
            kind, body = raw.receive()
            assert (kind, len(body)) == (DATA, LONGEST_READ + 8)
        comes_to_rest(session["pid"])
        assert 0 < peak_mebibytes(session["pid"]) < MEMORY_LIMIT


def test_reads_on_several_channels_that_nobody_takes_cost_little_memory(
    place: Place, transport: paramiko.Transport
) -> None:
    sparse(place.files / "large", 256 * MEBIBYTE)
    channels = [RawSFTP(transport) for _ in range(CHANNELS)]
    [session] = place.gate.sessions()
    for raw in channels:
        raw.channel.sendall(reads(raw.open_for_reading(b"/large")))
    comes_to_rest(session["pid"])
    for _ in range(100):
        for raw in channels:
            kind, body = raw.receive()
            assert (kind, len(body)) == (DATA, LONGEST_READ + 8)
    comes_to_rest(session["pid"])
    assert 0 < peak_mebibytes(session["pid"]) < MEMORY_LIMIT


def test_a_listing_that_nobody_takes_costs_little_memory(
    place: Place, transport: paramiko.Transport
) -> None:
    names = {f"{number:0200}".encode() for number in range(20_000)}
    for name in names:
        (place.files / name.decode()).touch()
    raw = RawSFTP(transport)
    handle = raw.handle(OPENDIR, b"/")
    [session] = place.gate.sessions()
    asked = raw.ask((READDIR, pack(handle)) for _ in range(4000))
    comes_to_rest(session["pid"])
    assert 0 < peak_mebibytes(session["pid"]) < MEMORY_LIMIT
    listed = [one.name for reply in raw.replies(asked) for one in reply.names]
    assert sorted(listed) == sorted(names | {b".", b".."})
    assert 0 < peak_mebibytes(session["pid"]) < MEMORY_LIMIT


def test_a_flood_of_questions_ends_before_it_costs_much_memory(
    place: Place, transport: paramiko.Transport
) -> None:
    raw = RawSFTP(transport)
    assert raw.is_alive()
    [session] = place.gate.sessions()
    with PeakWatch(lambda: [session["pid"]]) as watch, pytest.raises((OSError, EOFError)):
        for _ in range(64):
            raw.channel.sendall(questions(MEBIBYTE))
    assert watch.highest < MEMORY_LIMIT
    ended = eventually(
        lambda: [line for line in place.gate.log().splitlines()
                 if session["id"] in line and "session ended" in line],
        "the log says that the session has ended",
    )
    assert "without reading the replies" in ended[0], ended


def test_a_flood_of_questions_on_several_channels_costs_little_memory(
    place: Place, transport: paramiko.Transport
) -> None:
    channels = [RawSFTP(transport) for _ in range(CHANNELS)]
    [session] = place.gate.sessions()
    with PeakWatch(lambda: [session["pid"]]) as watch:
        try:
            for raw in channels:
                # As much as a single channel may leave unanswered without being ended for it.
                raw.channel.sendall(questions(9 * MEBIBYTE))
        except (OSError, EOFError):
            # Ending the connection is as good as bearing with it.
            pass
        comes_to_rest(session["pid"])
    assert watch.highest < MEMORY_LIMIT


def test_a_large_file_both_ways_at_full_speed_costs_little_memory(
    place: Place, tmp_path: Path
) -> None:
    whole = random_file(tmp_path / "whole", 512 * MEBIBYTE)
    back = tmp_path / "back"
    with PeakWatch(lambda: [one["pid"] for one in place.gate.sessions()]) as watch:
        Sftp(place.endpoint(), tmp_path / "client").batch(
            f"put {quoted(whole)} /large", f"get /large {quoted(back)}"
        )
    assert digest(place.files / "large") == digest(back) == digest(whole)
    assert watch.highest < MEMORY_LIMIT
    for one in (whole, back, place.files / "large"):
        one.unlink()

"""How long a connection may last on which somebody has signed in, and how the gone are noticed."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest

from accounts import Place
from clients import Client, ClientFailure, Paramiko, Psftp, Sftp
from clients.paramiko_library import sign_in
from gate import Gate
from relay import Relay
from waiting import eventually


class Prompt:
    """A client program that waits for what somebody types."""

    def __init__(self, client: Client, command: list[str]):
        self._log = client.home / f"{client.name}.log"
        self._output = self._log.open("wb")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env=client.environment(),
            cwd=client.home,
            start_new_session=True,
        )

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def shows(self, name: str) -> None:
        """Lists the server's files, among which this one is; its answer is a new one."""
        before = self.output().count(name)
        self.type("ls")
        eventually(lambda: self.output().count(name) > before, f"{self.output()!r} has {name}")

    def close(self) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.kill()
        self.process.wait()
        self._output.close()


@contextmanager
def at_prompt(client: Sftp | Psftp) -> Iterator[Prompt]:
    endpoint = client.endpoint
    if isinstance(client, Psftp):
        command = ["psftp", "-batch", "-P", str(endpoint.port), "-l", endpoint.user]
        for fingerprint in endpoint.trust.fingerprints:
            command += ["-hostkey", fingerprint]
        command += ["-pw", endpoint.password or "", endpoint.host]
    else:
        command = client.command()
    prompt = Prompt(client, command)
    try:
        yield prompt
    finally:
        prompt.close()


def without_channel(client: Sftp) -> list[str]:
    endpoint = client.endpoint
    return [
        "ssh", *client.options(), "-N", "-p", str(endpoint.port),
        f"{endpoint.user}@{endpoint.host}",
    ]


def make_place(make_gate: Callable[..., Gate], **limits: Any) -> Place:
    place = Place(make_gate(limits=limits).start())
    (place.files / "proof").write_text("here")
    return place


def endings(place: Place, reason: str) -> list[str]:
    found = place.gate.log().splitlines()
    return [line for line in found if "session ended" in line and f"reason={reason}" in line]


def logouts(place: Place) -> list[str]:
    answer = place.gate.control.get("activity", server=place.uuid, event="server:sftp.logout")
    return [one["properties"]["reason"] for one in answer["activity"]]


def has_ended(place: Place, reason: str, times: int = 1) -> None:
    eventually(lambda: len(endings(place, reason)) >= times, f"a session ended: {reason}", 20)
    eventually(lambda: logouts(place).count(reason) >= times, "that is recorded")


@contextmanager
def busy(client: Paramiko) -> Iterator[list[ClientFailure]]:
    """Makes one request after the other; answers what the last of them said."""
    done = threading.Event()
    failures: list[ClientFailure] = []

    def work() -> None:
        while not done.wait(0.1):
            try:
                client.list("/")
            except ClientFailure as failure:
                failures.append(failure)
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield failures
    finally:
        done.set()
        thread.join()


def test_a_connection_on_which_nothing_is_opened_ends(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = make_place(make_gate, unused="2s")
    with at_prompt(Sftp(place.endpoint(), tmp_path / "open")) as prompt:
        prompt.shows("proof")
        client = Sftp(place.endpoint(), tmp_path / "none")
        empty = client.start(without_channel(client))
        assert empty.wait() != 0
        assert "Nothing was opened for 2 seconds" in empty.output()
        has_ended(place, "unused")
        # The one with a channel is older, and has made no request meanwhile.
        prompt.shows("proof")

    # A channel that was closed is none.
    transport = sign_in(place.endpoint())
    sftp = paramiko.SFTPClient.from_transport(transport)
    assert sftp is not None and sftp.listdir("/") == ["proof"]
    sftp.close()
    has_ended(place, "unused", times=2)
    transport.close()


def test_a_client_without_requests_ends(make_gate: Callable[..., Gate], tmp_path: Path) -> None:
    place = make_place(make_gate, idle="2s")
    worker = Paramiko(place.endpoint(), tmp_path / "worker")
    worker.list("/")
    with busy(worker) as failures:
        with at_prompt(Sftp(place.endpoint(), tmp_path / "idle")) as prompt:
            prompt.shows("proof")
            has_ended(place, "idle")
            eventually(
                lambda: "No request was made for 2 seconds" in prompt.output(), "the client says so"
            )
        assert failures == []
    assert worker.list("/") == ["proof"]
    worker.close()


def test_a_request_that_takes_long_is_no_idling(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = make_place(make_gate, idle="1s")
    large = place.files / "large"
    client = Paramiko(place.endpoint(), tmp_path)
    with client.sftp.open("/proof") as file:
        assert len(file.check("sha256")) == 32
    size = 2 << 30
    while True:
        # A hole is hashed like anything else.
        with large.open("wb") as file:
            file.truncate(size)
        began = time.monotonic()
        with client.sftp.open("/large") as file:
            assert len(file.check("sha256")) == 32
        if time.monotonic() - began > 1.5:
            break
        size *= 2
    has_ended(place, "idle")
    client.close()


def test_no_connection_lasts_longer_than_the_longest_time(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = make_place(make_gate, total="3s")
    began = time.monotonic()
    with at_prompt(Sftp(place.endpoint(), tmp_path / "prompt")) as prompt:
        prompt.shows("proof")
        worker = Paramiko(place.endpoint(), tmp_path / "worker")
        worker.list("/")
        with busy(worker) as failures:
            assert failures == []
            has_ended(place, "timeLimit", times=2)
            eventually(lambda: failures, "the one at work is ended too")
        assert time.monotonic() - began > 3
        eventually(
            lambda: "No connection may last longer than 3 seconds" in prompt.output(),
            "the client says so",
        )
    worker.close()


@pytest.mark.parametrize("client", [Sftp, Psftp])
def test_a_client_that_is_gone_is_noticed_and_one_that_waits_is_not_ended(
    client: type[Sftp] | type[Psftp], make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = make_place(make_gate, keepalive_interval="1s", keepalive_count=2)
    with at_prompt(client(place.endpoint(), tmp_path / "waiting")) as prompt:
        prompt.shows("proof")
        # Each takes as long as the one that waits would have, had it not been asked again.
        for times in (1, 2, 3):
            with Relay(place.gate.host, place.gate.port) as relay:
                gone = sign_in(place.endpoint().to_port(relay.port))
                sftp = paramiko.SFTPClient.from_transport(gone)
                assert sftp is not None and sftp.listdir("/") == ["proof"]
                relay.up.paused.set()
                relay.down.paused.set()
                has_ended(place, "silent", times=times)
                gone.close()
        prompt.shows("proof")
    assert len(endings(place, "silent")) == 3


def test_a_reload_holds_for_those_who_come_afterwards(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    place = make_place(make_gate)
    with at_prompt(Sftp(place.endpoint(), tmp_path / "before")) as before:
        before.shows("proof")
        place.gate.settings["limits"]["idle"] = "1s"
        place.gate.reload()
        with at_prompt(Sftp(place.endpoint(), tmp_path / "after")) as after:
            after.shows("proof")
            has_ended(place, "idle")
            eventually(
                lambda: "No request was made for 1 second" in after.output(), "the client says so"
            )
        before.shows("proof")

"""Many clients in a process of their own, so that what they do costs the test no time.

The test starts them, says when the answer is there, and asks at the end what happened to them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: How far a client has come when the moment of the change is there.
STAGES = (
    "connected",  # accepted, nothing sent
    "exchanging",  # in the key exchange
    "hashing",  # its password is being hashed
    "signed in",  # without a channel
    "waiting",  # with a channel
    "working",  # with many requests under way
    "working on channels",  # the same on several channels of one connection
    "deaf",  # asked for much, reads nothing
    "downloading",  # reads all the time
    "hammering",  # signs in again and again, whatever happens, and tries to change something
    "returning",  # the same, and changes nothing
)

#: Those who come back whatever happens.
RESTLESS = ("hammering", "returning")
#: Those who are sent the content of files.
READERS = ("deaf", "downloading")


@dataclass(frozen=True)
class Member:
    """One client of a fleet."""

    stage: str
    host: str
    port: int
    trusted: tuple[str, ...]
    user: str
    #: One of the two: a password, or the private key's 32 bytes in hexadecimal.
    password: str = ""
    key: str = ""
    #: Whether the change is about somebody else: then it has to go on as before.
    is_bystander: bool = False


@dataclass
class Outcome:
    """What the clients saw; whatever is "after" was sent once the answer was there."""

    #: Changes that were granted to requests, or sign-ins, sent after the answer.
    violations: list[str] = field(default_factory=list)
    #: Changes that were granted to requests sent before.
    changes: int = 0
    #: Requests under way on connections that were cut.
    unanswered: int = 0
    #: Requests sent after that were denied for want of a permission.
    denied: int = 0
    #: Connections that signed in after, and those that tried.
    entered: int = 0
    tries: int = 0
    #: Bystanders that went on, and their number.
    unharmed: int = 0
    bystanders: int = 0
    #: Connections that were told a reason.
    goodbyes: int = 0
    #: Bytes that came over the wire to those who read files, before and after.
    bytes_before: int = 0
    bytes_after: int = 0
    #: What made a client stop that no round is made for.
    faults: list[str] = field(default_factory=list)


class Fleet:
    """The test's end: one process, used for one group of clients after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("fleet_process.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(30)

    def _say(self, **command: Any) -> None:
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        assert line, "the clients' process has ended"
        return json.loads(line)

    def start(self, members: Sequence[Member]) -> None:
        """Returns once each client has reached its stage."""
        self._say(do="start", members=[asdict(member) for member in members])
        failed = self._answer()["failed"]
        assert not failed, failed[:5]

    def answered(self, grants: bool = False) -> None:
        """Says that the answer is there, and lets everybody go on from where they stand.

        With `grants`, new connections may sign in, and are told for each change what is missing.
        """
        self._say(do="answered", grants=grants)

    def pause(self, is_paused: bool = True) -> None:
        """Whether downloads are left unread from now on; returns when they are."""
        self._say(do="pause", value=is_paused)
        self._answer()

    def finish(self, tries: int = 2) -> Outcome:
        """Waits until everybody has had their chance, ends them all and tells what they saw."""
        self._say(do="finish", tries=tries)
        return Outcome(**self._answer())

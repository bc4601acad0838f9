"""What the clients of a fleet do on a channel, and who judges whether it was granted in time."""

from __future__ import annotations

import asyncio
import itertools
import struct

from fast_sftp import Channel
from fast_wire import Gone
from fleet import Outcome
from raw_sftp import (
    CLOSE, CREATE, DATA, FOR_READING, FOR_WRITING, HANDLE, MKDIR, OK, OPEN, PERMISSION_DENIED,
    READ, REMOVE, RENAME, STATUS, TRUNCATE, WRITE, Attributes, Fields, Long, pack,
)

#: Files that a channel makes over and over again, and how far it writes into its first one.
FILES, REACH = 4, 64 * 1024
#: What a request reads, and the size of the file that it reads from.
BLOCK, DOWN = 128 * 1024, 2 * 1024 * 1024


class Judge:
    """Counts what was granted to one client, and knows what may not be granted any more."""

    def __init__(
        self, outcome: Outcome, answered: asyncio.Event, name: str, is_bystander: bool = False
    ):
        self._outcome = outcome
        self._answered = answered
        self._name = name
        self._is_bystander = is_bystander
        self.granted_after = 0

    def is_after(self) -> bool:
        return self._answered.is_set()

    def entered(self, is_after: bool, may_enter: bool) -> None:
        if not is_after:
            return
        self._outcome.entered += 1
        if not may_enter:
            self._outcome.violations.append(f"{self._name} signed in after the answer")

    def judge(self, what: str, is_after: bool, kind: int, body: bytes) -> bool:
        """Whether the request, sent before or after the answer, was granted."""
        code = struct.unpack_from(">I", body, 4)[0] if kind == STATUS else OK
        if is_after and code == PERMISSION_DENIED:
            self._outcome.denied += 1
        if code != OK:
            return False
        if is_after:
            self.granted_after += 1
            if not self._is_bystander:
                self._outcome.violations.append(f"{self._name} did after the answer: {what}")
        else:
            self._outcome.changes += 1
        return True


class Work:
    """Keeps many changes under way: a counter at growing offsets, files made and renamed."""

    #: Requests under way at a time.
    depth = 16

    def __init__(self, channel: Channel, judge: Judge, name: str):
        self._channel = channel
        self._judge = judge
        self._path = f"/{name}".encode()
        self._handle = b""
        self._counter = itertools.count()
        self._is_open, self._has_begun = asyncio.Event(), asyncio.Event()

    async def open(self) -> None:
        """Returns once the first file is open."""
        self._ask_to_open()
        await self._until(self._is_open)

    async def begin(self) -> None:
        """Returns once there was a first reply; from then on there are always requests under way."""
        for _ in range(self.depth):
            self._next()
        await self._until(self._has_begun)

    async def _until(self, event: asyncio.Event) -> None:
        self._channel.settle()
        waits = [
            asyncio.ensure_future(one.wait()) for one in (event, self._channel.connection.ended)
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not event.is_set():
            raise Gone("cut before it worked")

    def _ask_to_open(self) -> None:
        def opened(kind: int, body: bytes) -> None:
            assert kind == HANDLE, body
            self._handle = Fields(body[4:]).string()
            self._is_open.set()

        body = pack(self._path, FOR_WRITING | CREATE | TRUNCATE, Attributes())
        self._channel.ask(OPEN, body, opened)

    def _next(self) -> None:
        number = next(self._counter)
        name = self._path + b"-%d" % (number // 8 % FILES)
        match number % 8:
            case 1:
                self._change(
                    "create", OPEN, pack(name, FOR_WRITING | CREATE | TRUNCATE, Attributes())
                )
            case 3:
                self._change("rename", RENAME, pack(name, name + b".moved"))
            case 5:
                self._change("remove", REMOVE, pack(name + b".moved"))
            case _:
                content = struct.pack(">Q", number) * (64 + number % 64)
                offset = number * 1024 % REACH
                self._change("write", WRITE, pack(self._handle, Long(offset), content))

    def _change(self, what: str, kind: int, body: bytes) -> None:
        is_after = self._judge.is_after()

        def replied(reply: int, content: bytes) -> None:
            self._has_begun.set()
            self._judge.judge(what, is_after, reply, content)
            if reply == HANDLE:
                handle = Fields(content[4:]).string()
                self._channel.ask(CLOSE, pack(handle), lambda *_: None)
            self._next()

        self._channel.ask(kind, body, replied)


class Downloads(Work):
    """Reads one large file again and again, much of it under way, and changes another."""

    #: More than the kernel keeps for a client that reads nothing.
    depth = 96

    def _ask_to_open(self) -> None:
        def opened(kind: int, body: bytes) -> None:
            assert kind == HANDLE, body
            self._handle = Fields(body[4:]).string()
            self._is_open.set()

        self._channel.ask(OPEN, pack(b"/down", FOR_READING, Attributes()), opened)

    def _next(self) -> None:
        number = next(self._counter)
        if number % 16 == 7:
            path = self._path + b"-made"
            return self._change(
                "create", OPEN, pack(path, FOR_WRITING | CREATE | TRUNCATE, Attributes())
            )

        def replied(kind: int, body: bytes) -> None:
            assert kind in (DATA, STATUS), body
            self._has_begun.set()
            self._next()

        offset = number * BLOCK % DOWN
        self._channel.ask(READ, pack(self._handle, Long(offset), BLOCK), replied)


def attempts(channel: Channel, judge: Judge, name: str) -> asyncio.Future[None]:
    """Tries some changes; the future is done when all are answered."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    is_after = judge.is_after()
    path = f"/{name}-attempt".encode()
    requests = [
        ("create", OPEN, pack(path, FOR_WRITING | CREATE, Attributes())),
        ("make a directory", MKDIR, pack(path + b"-folder", Attributes())),
        ("rename", RENAME, pack(path, path + b".moved")),
        ("remove", REMOVE, pack(path + b".moved")),
    ]
    remaining = len(requests)

    def ask(what: str, kind: int, body: bytes) -> None:
        def replied(reply: int, content: bytes) -> None:
            nonlocal remaining
            judge.judge(what, is_after, reply, content)
            remaining -= 1
            if remaining == 0:
                done.set_result(None)

        channel.ask(kind, body, replied)

    for request in requests:
        ask(*request)
    return done

"""One kind of attack, as `attackers.Attackers` starts it: raw sockets and prepared bytes."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import resource
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from attackers import LONGEST, Target
from attacker_clients import attack_signed_in, guess
from fast_ssh import names
from fast_wire import KEXINIT
from raw_sftp import text

VERSION = b"SSH-2.0-attacker\r\n"
#: Seconds between two rounds, and until a client that was thrown out comes back.
ROUND, RETURN = 0.005, 0.5
#: Sockets held at a time by those who open as many as they can.
MOST_HELD = 4000


def plain(payload: bytes) -> bytes:
    """A packet as it looks before the key exchange (RFC 4253 section 6)."""
    padding = 8 - (5 + len(payload)) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


OFFER = plain(
    bytes([KEXINIT]) + bytes(16) + names("curve25519-sha256") + names("ssh-ed25519")
    + names("aes128-gcm@openssh.com") * 2 + names("hmac-sha2-256") * 2
    + names("none") * 2 + names() * 2 + bytes(5)
)
#: Packets of a type that nobody has: each wants an answer (RFC 4253 section 11.4).
UNKNOWN = plain(b"\xc0" + text(bytes(16))) * 512


@dataclass(frozen=True)
class Habit:
    """What clients without a sign-in do."""

    opening: tuple[bytes, ...]
    #: What is sent again and again, and seconds between two times.
    more: bytes = b""
    every: float = 1
    reads: bool = True
    #: Whether `count` is connections a second instead of clients at a time.
    is_rate: bool = False


HABITS = {
    "silent": Habit((b"",), is_rate=True),
    "half-open": Habit((VERSION, VERSION + OFFER)),
    "garbage": Habit(
        (random.Random(1).randbytes(4096), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", bytes(4096))
    ),
    "unread": Habit((VERSION + OFFER, VERSION), UNKNOWN, 0.02, reads=False),
    "drip": Habit((b"S",), b"S"),
}


class Crowd:
    """Clients of one habit on one epoll."""

    def __init__(self, habit: Habit, target: Target, count: int, sources: list[str]):
        self._habit = habit
        self._target = (target.host, target.port)
        self._count = count
        self._sources = itertools.cycle(random.Random(2).sample(sources, len(sources)))
        self._openings = itertools.cycle(habit.opening)
        self._epoll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self._heard: set[int] = set()
        #: When those who were thrown out come back.
        self._returns: list[float] = []
        self.begun = self.served = self.refused = self.sent = 0

    def run(self) -> None:
        """Goes on until its input ends."""
        self._epoll.register(0, select.EPOLLIN)
        began = time.monotonic()
        next_more = began
        self._returns = [began] * (0 if self._habit.is_rate else self._count)
        while (now := time.monotonic()) < began + LONGEST:
            for _ in range(self._due(now - began, now)):
                self._dial(now)
            if self._habit.more and now >= next_more:
                next_more = now + self._habit.every
                for one in list(self._open.values()):
                    self._send(one, self._habit.more)
            for number, events in self._epoll.poll(ROUND):
                if number == 0:
                    return
                self._look(number, events, now)
            time.sleep(ROUND)

    def _due(self, elapsed: float, now: float) -> int:
        if self._habit.is_rate:
            # What could not be done in time is not made good in one burst.
            missing = int(elapsed * self._count) - self.begun - self._missed
            self._missed += max(0, missing - self._count // 10)
            return min(missing, self._count // 10, MOST_HELD - len(self._open))
        due = sum(when <= now for when in self._returns)
        self._returns = [when for when in self._returns if when > now]
        return due

    _missed = 0

    def _dial(self, now: float) -> None:
        one = socket.socket()
        one.setblocking(False)
        # A port is taken when it is known for whom: one for each source and target.
        one.setsockopt(socket.IPPROTO_IP, 24, 1)
        one.bind((next(self._sources), 0))
        self.begun += 1
        if one.connect_ex(self._target) not in (0, 115):
            one.close()
            self._left(now)
            return
        self._open[one.fileno()] = one
        events = select.EPOLLIN if self._habit.reads else 0
        self._epoll.register(one.fileno(), events | select.EPOLLRDHUP)
        if opening := next(self._openings):
            self._send(one, opening)

    def _send(self, one: socket.socket, data: bytes) -> None:
        with suppress(OSError):
            self.sent += one.send(data, socket.MSG_NOSIGNAL)

    def _look(self, number: int, events: int, now: float) -> None:
        one = self._open[number]
        is_over = bool(events & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP))
        if events & select.EPOLLIN:
            try:
                data = one.recv(4096)
            except OSError:
                data = b""
            if data and number not in self._heard:
                self._heard.add(number)
                self.served += 1
            is_over = is_over or not data
        if is_over:
            self.refused += self._habit.reads and number not in self._heard
            self._heard.discard(number)
            del self._open[number]
            one.close()
            self._left(now)

    def _left(self, now: float) -> None:
        if not self._habit.is_rate:
            self._returns.append(now + RETURN)


def report(begun: int, served: int, refused: int, **more: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, Any] = {
        "processor": used.ru_utime + used.ru_stime, "begun": begun, "served": served,
        "refused": refused, "more": more,
    }
    print(json.dumps(told), flush=True)


def main() -> None:
    plan = json.loads(sys.argv[1])
    target, kind, count = Target(**plan["target"]), plan["kind"], plan["count"]
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, MOST_HELD + 500), most))
    print("ready", flush=True)
    assert os.read(0, 3) == b"go\n", "nobody wants it any more"
    if kind in HABITS:
        crowd = Crowd(HABITS[kind], target, count, plan["sources"])
        print("begun", flush=True)
        crowd.run()
        report(crowd.begun, crowd.served, crowd.refused, bytes=crowd.sent)
        return
    attack = {"guess": guess, "signed in": attack_signed_in}[kind]
    tally = asyncio.run(attack(target, count, plan["sources"]))
    report(**tally)


if __name__ == "__main__":
    main()

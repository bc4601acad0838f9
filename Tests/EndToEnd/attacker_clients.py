"""Attackers that get through the key exchange: they guess passwords, or have an account."""

from __future__ import annotations

import asyncio
import itertools
import random
import struct
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from attackers import LONGEST, Target
from fast_ssh import WINDOW, Connection
from fast_wire import CHANNEL_CONFIRMATION, CHANNEL_OPEN, CHANNEL_REQUEST, Gone
from raw_sftp import text

#: Seconds until a client that was thrown out comes back.
RETURN = 0.5
#: Guesses on one connection, more than the gate takes.
GUESSES = 8
#: Packets of a flood that are made at a time, seconds between two times, and bytes on their way.
BURST, PAUSE, BACKLOG = 50, 0.02, 1 << 20


class Attacker(Connection):
    """A connection that can stop listening to what it is told."""

    is_deaf = False

    def data_received(self, data: bytes) -> None:
        if self.is_deaf:
            self.received += len(data)
        else:
            super().data_received(data)


async def _until_input_ends(tasks: list[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    with suppress(TimeoutError):
        await asyncio.wait_for(reader.read(), LONGEST)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


async def _again_and_again(
    target: Target,
    source: str,
    tally: Counter[str],
    act: Callable[[Attacker], Awaitable[None]],
) -> None:
    # Not all in the same moment.
    await asyncio.sleep(random.random() * RETURN)
    while True:
        connection: Attacker | None = None
        tally["begun"] += 1
        try:
            connection = await Attacker.connect(
                target.host, target.port, target.fingerprints, source=source
            )
            await connection.begin()
            await connection.exchange()
            await act(connection)
        except Gone:
            pass
        finally:
            if connection is not None:
                spoke = connection.server_version is not None
                tally["served" if spoke else "refused"] += 1
                connection.close()
        await asyncio.sleep(RETURN)


async def _attack(
    target: Target,
    count: int,
    sources: list[str],
    act: Callable[[Attacker, Counter[str], int], Awaitable[None]],
    has_begun: Callable[[Counter[str]], bool] = lambda tally: True,
) -> dict[str, int]:
    tally: Counter[str] = Counter(begun=0, served=0, refused=0)
    order = itertools.cycle(random.Random(2).sample(sources, len(sources)))

    def make(number: int) -> asyncio.Task[None]:
        return asyncio.ensure_future(
            _again_and_again(
                target, next(order), tally, lambda connection: act(connection, tally, number)
            )
        )

    tasks = [make(number) for number in range(count)]
    while not has_begun(tally):
        await asyncio.sleep(0.01)
    print("begun", flush=True)
    await _until_input_ends(tasks)
    return dict(tally)


async def guess(target: Target, count: int, sources: list[str]) -> dict[str, int]:
    """Tries passwords: half at an account that exists, half at names that nobody has."""

    async def act(connection: Attacker, tally: Counter[str], number: int) -> None:
        user = target.victim if number % 2 else f"nobody{number}.{target.victim.split('.')[1]}"
        for _ in range(GUESSES):
            connection.prove(user, f"guess-{random.random()}")
            tally["guesses"] += 1
            assert not await connection.is_signed_in()

    return await _attack(target, count, sources, act)


async def attack_signed_in(target: Target, count: int, sources: list[str]) -> dict[str, int]:
    """Signs in to a server of the attackers' own and floods; half of them read no answers."""

    async def act(connection: Attacker, tally: Counter[str], number: int) -> None:
        connection.prove(target.account, target.password)
        if not await connection.is_signed_in():
            return
        tally["signed_in"] += 1
        opening = bytes([CHANNEL_OPEN]) + text(b"session") + struct.pack(">III", 0, WINDOW, 32768)
        connection.send(opening)
        answer = await connection.packet(CHANNEL_CONFIRMATION)
        remote = struct.unpack(">IIII", answer[1:17])[1]
        variable = (
            bytes([CHANNEL_REQUEST]) + struct.pack(">I", remote) + text(b"env") + b"\1"
            + text(b"LD_PRELOAD") + text(b"x" * 64)
        )
        connection.is_deaf = True
        if number % 2:
            connection.transport.pause_reading()
        while True:
            if connection.transport.get_write_buffer_size() < BACKLOG:
                for _ in range(BURST):
                    connection.send(opening if number % 4 < 2 else variable)
                tally["packets"] += BURST
            await asyncio.sleep(PAUSE)

    return await _attack(
        target, count, sources, act, lambda tally: tally["signed_in"] >= count
    )

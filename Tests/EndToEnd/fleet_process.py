"""The process behind `fleet.Fleet`: all clients of a round on one event loop."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fast_sftp import Channel
from fast_ssh import Connection, Gone
from fleet import READERS, Member, Outcome
from fleet_work import Downloads, Judge, Work, attempts

#: Connections that are being opened at a time.
_TOGETHER = 16
#: Seconds after which a client that should have been cut or refused counts as a fault.
_PATIENCE = 30
_CHANNELS = 3
#: For those who read files: what they leave unread soon fills the way back to the session.
_SMALL_BUFFER = 64 * 1024


class Client:
    """One member on its way."""

    def __init__(self, member: Member, crew: Crew, number: int):
        self.member = member
        self.crew = crew
        self.is_hashing = member.stage == "hashing"
        self.name = f"{number}-{member.stage.replace(' ', '-')}"
        self.judge = Judge(crew.outcome, crew.answered, self.name, member.is_bystander)
        self.connection: Connection | None = None
        self.channels: list[Channel] = []
        self.works: list[Work] = []
        self.is_ready = asyncio.Event()
        self.is_done = False
        self.tries_after = 0

    async def run(self) -> None:
        try:
            if self.member.stage == "hammering":
                await self._hammer()
            else:
                async with self.crew.places:
                    await self._reach()
                self.is_ready.set()
                await self.crew.begun.wait()
                await self._go_on()
        except Gone:
            pass
        self._leave()
        self.is_done = True

    def _leave(self) -> None:
        """Counts what the end of the connection, if it has ended, left behind."""
        if self.connection is not None and self.connection.ending is not None:
            self.crew.outcome.unanswered += sum(one.unanswered for one in self.channels)
            self.crew.outcome.goodbyes += bool(self.connection.farewell)

    async def _connect(self) -> None:
        member = self.member
        buffer = _SMALL_BUFFER if member.stage in READERS else 0
        self.connection = None
        self.connection = await Connection.connect(
            member.host, member.port, member.trusted, buffer
        )

    def _prove(self) -> None:
        member = self.member
        with_key = member.key and not self.is_hashing
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(member.key)) if with_key else None
        self.connection.prove(member.user, key or member.password)

    async def _sign_in(self) -> None:
        is_after = self.crew.answered.is_set()
        self._prove()
        if not await self.connection.is_signed_in():
            raise Gone("denied")
        self.judge.entered(is_after, self.crew.may_enter)

    async def _open(self) -> Channel:
        channel = await self.connection.channel()
        channel.greet()
        channel.settle()
        self.channels.append(channel)
        return channel

    async def _reach(self) -> None:
        stage = self.member.stage
        await self._connect()
        if stage == "connected":
            return
        await self.connection.begin()
        if stage == "exchanging":
            return
        await self.connection.exchange()
        if self.is_hashing:
            return
        await self._sign_in()
        if stage == "signed in":
            return
        for number in range(_CHANNELS if stage == "working on channels" else 1):
            channel = await self._open()
            if stage == "waiting":
                continue
            kind = Downloads if stage in READERS else Work
            self.works.append(kind(channel, self.judge, f"{self.name}-{number}"))
            await self.works[-1].open()

    async def begin(self) -> None:
        """Does what a stage is about when everybody has got there: works, or has its hash made."""
        if self.is_hashing:
            self._prove()
        for work in self.works:
            await work.begin()
        if self.member.stage == "deaf":
            self.connection.transport.pause_reading()

    async def _go_on(self) -> None:
        """What a client that does not know of the change does next."""
        stage = self.member.stage
        if stage in (*READERS, "working", "working on channels"):
            await self.connection.ended.wait()
            return
        await self.crew.answered.wait()
        if stage == "connected":
            await self.connection.begin()
        if stage in ("connected", "exchanging"):
            await self.connection.exchange()
            await self._sign_in()
        if self.is_hashing and not await self.connection.is_signed_in():
            return
        await self._attempt(self.channels[0] if self.channels else await self._open())

    async def _attempt(self, channel: Channel) -> None:
        replies = attempts(channel, self.judge, self.name)
        channel.settle()
        ended = asyncio.ensure_future(self.connection.ended.wait())
        await asyncio.wait({ended, replies}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()

    async def _hammer(self) -> None:
        self.is_ready.set()
        while not self.crew.is_over:
            is_after = self.crew.answered.is_set()
            try:
                await self._connect()
                await self.connection.begin()
                await self.connection.exchange()
                await self._sign_in()
                await self._attempt(await self._open())
            except Gone:
                # As a gate that is being restarted lets nobody connect.
                await asyncio.sleep(0.005)
            finally:
                self._leave()
                self.channels.clear()
                if self.connection is not None:
                    self.connection.close()
            self.tries_after += is_after
            self.crew.outcome.tries += is_after

    def has_had_its_chance(self, tries: int) -> bool:
        if self.member.is_bystander:
            return self.judge.granted_after > 20 or self.is_done
        if self.member.stage == "hammering":
            return self.tries_after >= tries
        return self.is_done or bool(self.crew.outcome.violations)


class Crew:
    """The clients of one round."""

    def __init__(self, members: list[Member]):
        self.outcome = Outcome()
        self.answered = asyncio.Event()
        self.begun = asyncio.Event()
        self.may_enter = False
        self.is_over = False
        self.places = asyncio.Semaphore(_TOGETHER)
        self.clients = [Client(member, self, number) for number, member in enumerate(members)]
        self.tasks = [asyncio.ensure_future(client.run()) for client in self.clients]
        self._before: dict[Client, int] = {}

    async def started(self) -> list[str]:
        """Waits until everybody stands where they shall; answers who does not."""
        failed = []
        for client, task in zip(self.clients, self.tasks):
            wait = asyncio.ensure_future(client.is_ready.wait())
            await asyncio.wait({wait, task}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
            if not wait.done():
                error = task.exception() if task.done() and not task.cancelled() else None
                failed.append(f"{client.name}: {error or 'did not get there'}")
                wait.cancel()
        if not failed:
            self.begun.set()
            await asyncio.gather(*(client.begin() for client in self.clients))
        return failed

    def readers(self) -> list[Client]:
        found = [one for one in self.clients if one.member.stage in READERS]
        return [one for one in found if one.connection is not None]

    def mark(self, may_enter: bool) -> None:
        self.may_enter = may_enter
        self._before = {one: one.connection.received for one in self.readers()}
        self.answered.set()

    def pause(self, is_paused: bool) -> None:
        for client in self.readers():
            transport = client.connection.transport
            if not transport.is_closing():
                (transport.pause_reading if is_paused else transport.resume_reading)()

    async def finish(self, tries: int) -> dict[str, Any]:
        self.pause(False)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE
        while waiting := [one for one in self.clients if not one.has_had_its_chance(tries)]:
            if loop.time() > deadline:
                self.outcome.faults += [f"{one.name} goes on" for one in waiting]
                break
            await asyncio.sleep(0.01)
        self.is_over = True
        self._count()
        for client, task in zip(self.clients, self.tasks):
            if task.done() and task.exception() is not None:
                self.outcome.faults.append(f"{client.name}: {task.exception()!r}")
            task.cancel()
            if client.connection is not None:
                client.connection.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        return asdict(self.outcome)

    def _count(self) -> None:
        for client, before in self._before.items():
            self.outcome.bytes_before += before
            self.outcome.bytes_after += client.connection.received - before
        bystanders = [one for one in self.clients if one.member.is_bystander]
        self.outcome.bystanders = len(bystanders)
        self.outcome.unharmed = sum(
            one.judge.granted_after > 0 and one.connection.ending is None for one in bystanders
        )


async def serve() -> None:
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    crew = Crew([])

    async def start(members: list[dict[str, Any]]) -> dict[str, Any]:
        nonlocal crew
        crew = Crew([Member(**member) for member in members])
        return {"failed": await crew.started()}

    async def answered(grants: bool) -> None:
        crew.mark(grants)

    async def pause(value: bool) -> dict[str, Any]:
        crew.pause(value)
        return {}

    async def finish(tries: int) -> dict[str, Any]:
        return await crew.finish(tries)

    known: dict[str, Callable[..., Coroutine[Any, Any, Any]]] = {
        "start": start, "answered": answered, "pause": pause, "finish": finish
    }
    while line := await commands.readline():
        command = json.loads(line)
        answer = await known[command.pop("do")](**command)
        if answer is not None:
            os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    asyncio.run(serve())

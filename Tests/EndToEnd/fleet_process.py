"""The process behind `fleet.Fleet`: all clients of a round on one event loop."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from fleet import READERS, Member, Outcome
from fleet_client import Client

#: Connections that are being opened at a time.
_TOGETHER = 16
#: Seconds after which a client that should have been cut or refused counts as a fault.
_PATIENCE = 30


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

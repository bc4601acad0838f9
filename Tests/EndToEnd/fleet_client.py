"""One client of a fleet: to its stage, and on from there as if it did not know of the change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fast_sftp import Channel
from fast_ssh import Connection
from fast_wire import Gone
from fleet import READERS, RESTLESS, Member
from fleet_work import Downloads, Judge, Work, attempts

if TYPE_CHECKING:
    from fleet_process import Crew

_CHANNELS = 3
#: For those who read files: what they leave unread soon fills the way back to the session.
_SMALL_BUFFER = 64 * 1024
#: Replies that show that a bystander goes on.
_ENOUGH = 20


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
            if self.member.stage in RESTLESS:
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
                channel = await self._open()
                if self.member.stage == "hammering":
                    await self._attempt(channel)
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
            return self.judge.granted_after > _ENOUGH or self.is_done
        if self.member.stage in RESTLESS:
            return self.tries_after >= tries
        return self.is_done or bool(self.crew.outcome.violations)

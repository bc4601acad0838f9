"""Checking passwords: whoever guesses keeps nobody else waiting, and whoever goes costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from accounts import Place
from clients import Endpoint
from fast_ssh import Connection
from gate import MANY, Gate
from processes import processor_seconds
from waiting import eventually

GUESSERS = 100
#: Guesses take long enough for the order of their answers to be seen.
COST = 5


def one_source(number: int) -> str:
    return "127.1.0.1"


def many_sources(number: int) -> str:
    return f"127.2.0.{1 + number}"


async def ready_to_prove(endpoint: Endpoint, source: str) -> Connection:
    connection = await Connection.connect(
        endpoint.host, endpoint.port, endpoint.trust.fingerprints, source=source
    )
    await connection.begin()
    await connection.exchange()
    return connection


async def crowd(endpoint: Endpoint, sources: Callable[[int], str]) -> list[Connection]:
    connections = []
    for number in range(GUESSERS):
        connections.append(await ready_to_prove(endpoint, sources(number)))
    return connections


def busy_gate(make_gate: Callable[..., Gate]) -> Place:
    limits = {"unauthenticated_connections": MANY, "sign_in_grace": "300s"}
    return Place(make_gate(passwords={"cost": COST}, limits=limits).start())


@pytest.mark.parametrize("sources", [one_source, many_sources])
def test_somebody_new_is_next_however_many_guess(
    sources: Callable[[int], str], make_gate: Callable[..., Gate]
) -> None:
    place = busy_gate(make_gate)
    endpoint = place.endpoint()

    async def scene() -> tuple[bool, int, int]:
        honest = await ready_to_prove(endpoint, "127.0.0.2")
        guessers = await crowd(endpoint, sources)
        answers: list[bool] = []

        async def guess(connection: Connection) -> None:
            connection.prove(endpoint.user, "a guess")
            answers.append(await connection.is_signed_in())

        # Each source has had a turn when they guess again.
        await asyncio.gather(*map(guess, guessers))
        assert answers == [False] * GUESSERS
        answers.clear()
        guesses = [asyncio.create_task(guess(connection)) for connection in guessers]
        while len(answers) < 10:
            await asyncio.sleep(0.01)
        before = len(answers)
        honest.prove(endpoint.user, endpoint.password)
        is_in = await honest.is_signed_in()
        after = len(answers)
        await asyncio.gather(*guesses)
        assert answers == [False] * GUESSERS
        for connection in [honest, *guessers]:
            connection.close()
        return is_in, before, after

    is_in, before, after = asyncio.run(scene())
    assert is_in
    # Only those were answered meanwhile that were being checked, and a few on their way.
    assert after - before < GUESSERS / 4


def test_a_password_whose_client_has_left_is_not_checked(make_gate: Callable[..., Gate]) -> None:
    place = busy_gate(make_gate)
    gate, endpoint = place.gate, place.endpoint()

    async def guess(is_waiting: bool) -> None:
        connections = await crowd(endpoint, one_source)
        for connection in connections:
            connection.prove(endpoint.user, "a guess")
        if is_waiting:
            for connection in connections:
                assert not await connection.is_signed_in()
        for connection in connections:
            connection.close()

    def cost(is_waiting: bool) -> float:
        assert gate.child is not None
        before = processor_seconds(gate.child.pid)
        asyncio.run(guess(is_waiting))
        eventually(lambda: not gate.sessions(), "everybody is gone", timeout=60)
        return processor_seconds(gate.child.pid) - before

    whole = cost(is_waiting=True)
    assert cost(is_waiting=False) < whole / 2
    # None of them was taken for a wrong guess by somebody who waited for an answer.
    assert gate.log().count("sign-in denied") < 2 * GUESSERS

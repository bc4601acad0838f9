"""What guessing does to everybody else: sign-ins by key and by password beside 200 guessers.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/guessing.py

A gate with the standard cost of hashes meets 200 connections that guess without a pause, first all of
them from one address and then each from its own. They are let stay and are not penalised, which is
more than any real gate does for them: what is left between them and the others is the order in which
passwords are checked. Meanwhile others sign in, by key, with a password from an address that has not
been there before, and with one from the same address each time; the time is that of the sign-in
alone, after the key exchange.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

import paramiko  # noqa: E402
from accounts import KeyRing, Place  # noqa: E402
from clients.base import Endpoint  # noqa: E402
from clients.paramiko_library import connect  # noqa: E402
from fast_ssh import Connection  # noqa: E402
from fast_wire import Gone  # noqa: E402
from figures import markdown, percentile  # noqa: E402
from gate import MANY, Gate, Programs  # noqa: E402
from waiting import eventually  # noqa: E402

GUESSERS = 200
#: So many guesses a connection has before it must be made anew.
GUESSES = 100


def one_source(number: int) -> str:
    return "127.1.0.1"


def many_sources(number: int) -> str:
    return f"127.2.{number // 200}.{1 + number % 200}"


async def guess(endpoint: Endpoint, source: str, guesses) -> None:
    while True:
        try:
            connection = await Connection.connect(
                endpoint.host, endpoint.port, endpoint.trust.fingerprints, source=source
            )
            await connection.begin()
            await connection.exchange()
            while True:
                connection.prove(endpoint.user, "a guess")
                await connection.is_signed_in()
                with guesses.get_lock():
                    guesses.value += 1
        except Gone:
            continue


def guess_for_ever(endpoint: Endpoint, sources, guesses) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(
            *(guess(endpoint, sources(number), guesses) for number in range(GUESSERS))
        )

    asyncio.run(all_of_them())


@contextmanager
def guessers(gate: Gate, endpoint: Endpoint, sources) -> Iterator[object]:
    """Goes on once everybody is connected and guesses."""
    guesses = multiprocessing.Value("q", 0)
    crowd = multiprocessing.Process(
        target=guess_for_ever, args=(endpoint, sources, guesses), daemon=True
    )
    crowd.start()
    try:
        def is_crowded() -> bool:
            found = [one for one in gate.sessions() if one["phase"] == "authenticating"]
            return len(found) >= GUESSERS

        eventually(is_crowded, "everybody guesses", timeout=120)
        yield guesses
    finally:
        crowd.kill()
        crowd.join()
        eventually(lambda: not gate.sessions(), "all guessers are gone", timeout=60)


def from_one_address(number: int) -> str:
    return "127.0.0.2"


def from_new_addresses(number: int) -> str:
    return f"127.3.{number // 200}.{1 + number % 200}"


_numbers = itertools.count()


def timed(endpoint: Endpoint, source: str) -> float | None:
    """Milliseconds of a sign-in; None when it was refused."""
    transport = connect(endpoint, source=source, timeout=60)
    try:
        start = time.perf_counter()
        if endpoint.key is not None:
            transport.auth_publickey(endpoint.user, paramiko.PKey.from_path(endpoint.key))
        else:
            transport.auth_password(endpoint.user, endpoint.password or "", fallback=False)
        return (time.perf_counter() - start) * 1000
    except paramiko.SSHException:
        return None
    finally:
        transport.close()


def measured(kind: str, people: dict[str, tuple], rounds: int, guesses) -> list[list[str]]:
    times: dict[str, list[float]] = {name: [] for name in people}
    refused = dict.fromkeys(people, 0)
    began, before = time.monotonic(), guesses.value if guesses else 0
    for _ in range(rounds):
        for name, (endpoint, address) in people.items():
            taken = timed(endpoint, address(next(_numbers)))
            if taken is None:
                refused[name] += 1
            else:
                times[name].append(taken)
    rate = (guesses.value - before) / (time.monotonic() - began) if guesses else 0
    rows = []
    for name, found in times.items():
        parts = [f"{percentile(found, part):.0f}" for part in (50, 95)] if found else ["-", "-"]
        rows.append([f"{kind}, {name}", *parts, str(refused[name]), f"{rate:.0f}"])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    gate = Gate(
        Programs(arguments.programs.resolve()),
        passwords={"cost": 5},
        limits={
            "sign_in_grace": "600s",
            "sign_in_attempts": GUESSES,
            "unauthenticated_packets": 100_000,
            "unauthenticated_connections": MANY,
            "early_drop_start": MANY,
        },
        log={"level": "error"},
    )
    head = ["beside", "p50 ms", "p95 ms", f"refused of {arguments.rounds}", "guesses/s"]
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        ring = KeyRing(Path(folder))
        try:
            place = Place(gate.start())
            guest = place.subuser(["file.sftp"])
            key = place.add_key(ring, "ed25519", guest)
            people = {
                "key": (place.endpoint(guest, key), from_one_address),
                "password, first": (place.endpoint(guest), from_new_addresses),
                "password, again": (place.endpoint(guest), from_one_address),
            }
            target = replace(place.endpoint(), password="wrong")
            rows += measured("nobody", people, arguments.rounds, None)
            for kind, sources in (("one source", one_source), ("200 sources", many_sources)):
                with guessers(gate, target, sources) as guesses:
                    rows += measured(kind, people, arguments.rounds, guesses)
        finally:
            if gate.is_running:
                gate.stop()
            gate.remove()
    print(f"{platform.machine()}, Linux {platform.release()}")
    print(markdown(head, rows))


if __name__ == "__main__":
    main()

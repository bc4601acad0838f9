"""What people see of a gate while others attack it, and what the attack leaves behind."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import secrets
import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat,
)

from accounts import FILE_PERMISSIONS, Place
from attackers import Target
from fast_sftp import Channel
from fast_ssh import Connection
from fast_wire import Gone
from gate import Gate
from processes import peak_mebibytes
from raw_sftp import HANDLE, NAME, OPENDIR, READDIR, Fields, pack
from waiting import eventually

#: Where the person comes from who may come, and where nobody has ever come from.
HOME, ELSEWHERE = "127.0.1.1", "127.0.2"
#: What a file of the running transfer holds.
LARGE = 32 * 1024 * 1024


def hardened(gate: Gate) -> Gate:
    """The same gate with the product's own limits, penalties and log; nobody is exempt."""
    for section in ("limits", "penalties", "passwords", "log"):
        del gate.settings[section]
    return gate


@dataclass
class SignIn:
    """Milliseconds from connecting to each step's end; the own client costs about 3 ms of it."""

    #: The gate's version line: admitted, and a process is there.
    greeting: float = 0
    exchange: float = 0
    proof: float = 0
    #: The first listing: the whole.
    listing: float = 0


class Household:
    """Somebody with a key and a large file, and their neighbour, who is an attacker."""

    def __init__(self, gate: Gate):
        self.gate = gate
        self.place = Place(gate)
        self.key = Ed25519PrivateKey.generate()
        line = self.key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        owner = self.place.owner.name
        gate.control.post("users", owner, "keys", body={"publicKey": line})
        self.user = f"{owner}.{self.place.short_id}"
        content = secrets.token_bytes(LARGE)
        (self.place.files / "large").write_bytes(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        neighbour = Place(gate)
        attacker = neighbour.subuser(FILE_PERMISSIONS)
        self.target = Target(
            gate.host, gate.port, gate.trust.fingerprints, victim=self.user,
            account=f"{attacker.name}.{neighbour.short_id}", password=attacker.password,
        )

    def write_key(self, path: Path) -> None:
        """Puts the private key where OpenSSH's programs can use it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(
            self.key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        )

    def sign_in(self, source: str = HOME, timeout: float = 20) -> SignIn | None:
        """From connecting to the first listing; None where the gate did not let it come to that."""

        async def within() -> SignIn:
            async with asyncio.timeout(timeout):
                return await self._sign_in(source)

        try:
            return asyncio.run(within())
        except (Gone, TimeoutError):
            return None

    async def _sign_in(self, source: str) -> SignIn:
        began, steps = time.perf_counter(), SignIn()

        def passed() -> float:
            return (time.perf_counter() - began) * 1000

        gate = self.gate
        connection = await Connection.connect(
            gate.host, gate.port, gate.trust.fingerprints, source=source
        )
        try:
            await connection.greeted()
            steps.greeting = passed()
            await connection.begin()
            await connection.exchange()
            steps.exchange = passed()
            connection.prove(self.user, self.key)
            assert await connection.is_signed_in(), "the right key was refused"
            steps.proof = passed()
            channel = await connection.channel()
            channel.greet()
            _, handle = await ask(channel, OPENDIR, b"/", HANDLE)
            await ask(channel, READDIR, Fields(handle[4:]).string(), NAME)
            steps.listing = passed()
        finally:
            connection.close()
        return steps


async def ask(channel: Channel, kind: int, argument: bytes, answer: int) -> tuple[int, bytes]:
    """One request with one string, and its answer, which must be of this kind."""
    got: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
    channel.ask(kind, pack(argument), lambda kind, body: got.set_result((kind, body)))
    channel.settle()
    ended = asyncio.ensure_future(channel.connection.ended.wait())
    await asyncio.wait({got, ended}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not got.done():
        raise Gone("cut before the answer")
    assert got.result()[0] == answer, got.result()
    return got.result()


def proportional_mebibytes(number: int) -> float:
    """The memory of a process, what it shares counted in part (PSS); 0 once it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0


class MemoryWatch:
    """The most memory that a gate and its sessions held while a `with` block ran, in mebibytes."""

    _interval = 0.3

    def __init__(self, gate: Gate):
        assert gate.child is not None
        self._gate, self._number = gate, gate.child.pid
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        #: Proportional, of the gate alone and of all together, and processes at a time.
        self.gate = self.all = 0.0
        self.processes = 0

    def __enter__(self) -> MemoryWatch:
        # Otherwise an earlier attack would count.
        with suppress(OSError):
            Path(f"/proc/{self._number}/clear_refs").write_text("5")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        #: Resident, as the kernel noted it itself.
        self.resident = peak_mebibytes(self._number)

    def _look(self) -> None:
        while not self._stopping.is_set():
            own = proportional_mebibytes(self._number)
            sessions = self._gate.session_processes()
            together = own + sum(proportional_mebibytes(one.id) for one in sessions)
            self.gate, self.all = max(self.gate, own), max(self.all, together)
            self.processes = max(self.processes, len(sessions))
            self._stopping.wait(self._interval)


def left_over(gate: Gate, connections: int, warm: int, places: int) -> list[str]:
    """What an attack has left behind, with so many connections that stay; nothing when all is well.

    Places that are still counted are found by taking as many as there are: `places` come in for
    certain where nobody is in.
    """

    def settled() -> bool:
        return len(gate.sessions()) == connections and gate.clients_held() == 0

    found = []
    try:
        eventually(settled, "everything is closed", timeout=20)
        eventually(
            lambda: len(gate.session_processes()) == connections + warm, "no process is left"
        )
    except AssertionError:
        found.append(
            f"{len(gate.sessions())} sessions, {gate.clients_held()} sockets, "
            f"{len(gate.session_processes())} processes"
        )
    tries = itertools.count()
    try:
        # The kernel may still hand over connections that attackers had begun.
        eventually(lambda: free_places(gate, places, next(tries)) == places, "all are free")
    except AssertionError:
        found.append(f"some of {places} places are still taken")
    return found


def free_places(gate: Gate, most: int, number: int) -> int:
    """How many connections are let in at a time, of `most`; each try has sources of its own."""
    taken = 0
    with ExitStack() as stack:
        for place in range(most):
            # A few for each source, fewer than it may have.
            source = f"{ELSEWHERE}.{(number * 10 + place // 10) % 250 + 1}"
            one = stack.enter_context(
                socket.create_connection((gate.host, gate.port), 10, (source, 0))
            )
            with suppress(OSError):
                taken += one.recv(4) == b"SSH-"
    before = {session["id"] for session in gate.sessions() if session["phase"] != "open"}
    eventually(
        lambda: not before & {session["id"] for session in gate.sessions()}, "they have left"
    )
    return taken

"""What one session costs: how long a client waits for it, and how much memory it takes.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/session_cost.py

Two gates on loopback are compared: one that starts a process when a client comes, and one that
keeps processes warm. Memory is what the kernel accounts to the session process alone.
"""

from __future__ import annotations

import argparse
import platform
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from accounts import KeyRing, Place  # noqa: E402
from clients import Paramiko  # noqa: E402
from gate import Gate, Programs  # noqa: E402
from waiting import eventually  # noqa: E402


def until_version_line(gate: Gate) -> float:
    """Milliseconds from connecting to the server's version line (RFC 4253 section 4.2)."""
    start = time.perf_counter()
    with socket.create_connection((gate.host, gate.port)) as client:
        assert client.recv(4) == b"SSH-"
        return (time.perf_counter() - start) * 1000


def memory(process: int) -> dict[str, int]:
    """KiB by the names of /proc/PID/smaps_rollup."""
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        found[name.rstrip(":")] = int(value)
    return found


def private(process: int) -> int:
    found = memory(process)
    return found["Private_Clean"] + found["Private_Dirty"]


def waits(programs: Programs, warm: int, rounds: int) -> list[float]:
    gate = Gate(programs, sessions={"warm": warm}, limits={"unauthenticated_connections": 1000})
    try:
        gate.start()
        found = []
        for _ in range(rounds):
            found.append(until_version_line(gate))
            eventually(lambda: not gate.sessions(), "the connection has ended")
        return found
    finally:
        gate.stop()
        gate.remove()


def idle_sessions(programs: Programs, count: int) -> list[tuple[int, int]]:
    """PSS and private memory in KiB of sessions that listed a directory and then wait."""
    gate = Gate(programs)
    try:
        gate.start()
        place = Place(gate)
        with tempfile.TemporaryDirectory() as folder:
            place.add_key(KeyRing(Path(folder)), "ed25519")
            endpoint = place.endpoint(key=Path(folder) / "id_ed25519")
            clients = [Paramiko(endpoint, Path(folder)) for _ in range(count)]
            for client in clients:
                client.list("/")
            numbers = [session["pid"] for session in gate.sessions()]
            figures = [(memory(number)["Pss"], private(number)) for number in numbers]
            for client in clients:
                client.close()
        return figures
    finally:
        gate.stop()
        gate.remove()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--sessions", type=int, default=20)
    arguments = parser.parse_args()
    programs = Programs(arguments.programs.resolve())
    print(f"{platform.machine()}, Linux {platform.release()}")
    for warm in (0, 2):
        found = waits(programs, warm, arguments.rounds)
        print(
            f"connect to version line, {warm} warm processes: "
            f"median {statistics.median(found):.2f} ms, "
            f"min {min(found):.2f}, max {max(found):.2f}"
        )
    figures = idle_sessions(programs, arguments.sessions)
    print(
        f"{len(figures)} idle sessions: median PSS "
        f"{statistics.median(pss for pss, _ in figures):.0f} KiB, "
        f"private {statistics.median(own for _, own in figures):.0f} KiB"
    )


if __name__ == "__main__":
    main()

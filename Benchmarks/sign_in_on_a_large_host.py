"""What a host's size does to a sign-in: an empty store against one with many people, in turns.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/sign_in_on_a_large_host.py

Two gates run side by side, one with a single person and one into whose store a document with 10,000
users, 2,000 servers and 20,000 subusers was imported. The same client signs in by key to each in
turn; the time is that from the first byte of the connection to the end of the sign-in.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from accounts import KeyRing, Place  # noqa: E402
from clients.base import Endpoint  # noqa: E402
from clients.paramiko_library import sign_in  # noqa: E402
from documents import crowd, export, lines, put  # noqa: E402
from gate import Gate, Programs  # noqa: E402


def prepare(gate: Gate, ring: KeyRing) -> tuple[Place, Endpoint]:
    """A subuser who signs in by key."""
    place = Place(gate.start())
    guest = place.subuser(["file.sftp"])
    return place, place.endpoint(guest, place.add_key(ring, "ed25519", guest))


def timed(endpoint: Endpoint) -> float:
    start = time.perf_counter()
    transport = sign_in(endpoint)
    taken = time.perf_counter() - start
    transport.close()
    return taken * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    programs = Programs(arguments.programs.resolve())
    gates = {"empty": Gate(programs), "large": Gate(programs)}
    with tempfile.TemporaryDirectory() as folder:
        ring = KeyRing(Path(folder))
        try:
            endpoints = {name: prepare(gate, ring)[1] for name, gate in gates.items()}
            large = gates["large"]
            objects = lines(export(large)) + crowd(arguments.people)
            for what in ("import", "the same again"):
                start = time.perf_counter()
                put(large, objects)
                print(f"{what}: {time.perf_counter() - start:.1f} s")
            times: dict[str, list[float]] = {name: [] for name in gates}
            for number in range(arguments.rounds + 5):
                for name, endpoint in endpoints.items():
                    taken = timed(endpoint)
                    if number >= 5:
                        times[name].append(taken)
        finally:
            for gate in gates.values():
                if gate.is_running:
                    gate.stop()
                gate.remove()
    print(f"{platform.machine()}, Linux {platform.release()}, {len(objects):,} objects")
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name}: median {median:.1f} ms of {arguments.rounds} sign-ins")
    print(f"large / empty: {medians['large'] / medians['empty']:.2f}")


if __name__ == "__main__":
    main()

"""How long it takes to find something in a long record of activity, and what keeping it costs.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/activity_queries.py

A gate makes its store, which is then filled with generated entries: a third of them by one user on
one server, the rest spread over many; one in fifty is a change, a third of them made by that user.
Questions are asked over the control socket, as panels do.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sqlite3
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from gate import Gate, Programs  # noqa: E402

EVENTS = {
    "write": 40, "create": 25, "delete": 8, "login": 8, "logout": 8, "rename": 5,
    "create-directory": 3, "denied": 2,
}
COLUMNS = (
    "time, event, user, username, server, session, ip, actor, actor_user, owner, properties"
)
#: Entries written in one transaction.
BATCH = 1000


class Population:
    """Generated entries, the same for the same seed."""

    def __init__(self) -> None:
        self.random = random.Random(7)
        self.users = [self._uuid() for _ in range(500)]
        self.servers = [self._uuid() for _ in range(300)]
        self.start = self.time = 1_700_000_000_000

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def entries(self, count: int) -> Iterator[tuple[object, ...]]:
        names, weights = list(EVENTS), list(EVENTS.values())
        for number in range(count):
            self.time += self.random.randrange(15_000)
            is_large = self.random.random() < 1 / 3
            user = self.users[0] if is_large else self.random.choice(self.users)
            server = self.servers[0] if is_large else self.random.choice(self.servers)
            event = f"server:sftp.{self.random.choices(names, weights)[0]}"
            if number % 20_000 == 5:
                event = "server:sftp.chmod"
            if number % 50_000 == 17:
                event = "user:update"
            actor: tuple[str | None, str | None, str | None] = (None, None, None)
            if number % 50 == 9:
                event = "server:subuser.update"
                actor = ("uid 33", None, None)
                if self.random.random() < 2 / 3:
                    made_by = self.users[0 if is_large else self.random.randrange(500)]
                    actor = (f"user-{made_by[:4]}", made_by, None)
                user = self.random.choice(self.users)
            if number % 5000 == 21:
                event, server = "user:delegation.update", None
                actor = ("uid 33", None, self.users[self.random.randrange(20)])
            files = [
                f"/plugins/part{self.random.randrange(100)}/file-{self.random.randrange(10**6)}.yml"
                for _ in range(self.random.choice([1, 1, 1, 2, 5]))
            ]
            yield (
                self.time, event, user, f"user-{user[:4]}", server,
                f"{self.random.getrandbits(48):012x}", "192.0.2.7", *actor,
                json.dumps({"bytes": 123_456, "files": files}),
            )


def fill(store: Path, population: Population, count: int, has_indexes: bool) -> tuple[float, float]:
    """Adds entries; answers microseconds of processor time and bytes on the disk for each."""
    with sqlite3.connect(store, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if not has_indexes:
            names = database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'activity'"
            ).fetchall()
            for (name,) in names:
                database.execute(f"DROP INDEX {name}")
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = store.stat().st_size
        rows = list(population.entries(count))
        start = time.process_time()
        for first in range(0, count, BATCH):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                f"INSERT INTO activity ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows[first:first + BATCH],
            )
            database.execute("COMMIT")
        taken = time.process_time() - start
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return taken / count * 1e6, (store.stat().st_size - size) / count


def questions(population: Population) -> dict[str, dict[str, str]]:
    large, small = population.servers[0], population.servers[7]
    middle = (population.start + population.time) // 2000
    hour = {"since": str(middle), "until": str(middle + 3600)}
    return {
        "everything": {},
        "large server": {"server": large},
        "large server, frequent event": {"server": large, "event": "server:sftp.write"},
        "large server, rare event": {"server": large, "event": "server:sftp.chmod"},
        "large server, missing event": {"server": large, "event": "server:sftp.link"},
        "large server, server:sftp.*": {"server": large, "event": "server:sftp.*"},
        "large server, an hour": {"server": large, **hour},
        "small server": {"server": small},
        "small server, an hour": {"server": small, **hour},
        "busy user on small server": {"user": population.users[0], "server": small},
        "other user on large server": {"user": population.users[7], "server": large},
        "busy user": {"user": population.users[0]},
        "busy user, rare event": {"user": population.users[0], "event": "user:update"},
        "busy actor": {"actor": population.users[0]},
        "busy actor on small server": {"actor": population.users[0], "server": small},
        "other actor": {"actor": population.users[7]},
        "busy actor, other user": {
            "actor": population.users[0], "user": population.users[7],
        },
        "processes of a user of the host": {"actor": "uid 33"},
        "the same on large server": {"actor": "uid 33", "server": large},
        "frequent event": {"event": "server:sftp.write"},
        "rare event": {"event": "user:update"},
        "server:sftp.*": {"event": "server:sftp.*"},
        "user:*": {"event": "user:*"},
        "an hour in the middle": hour,
        "since the beginning": {"since": "0"},
        "until the end": {"until": str(population.time // 1000 + 1)},
        "until the middle, rare event": {"until": str(middle), "event": "user:update"},
        "all of the last page": {"limit": "1000"},
        "from the beginning on": {"after": "0"},
        "from the beginning on, rare event": {"after": "0", "event": "user:update"},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    gate = Gate(Programs(arguments.programs.resolve()), activity={"retention": "off"})
    try:
        gate.start()
        gate.stop()
        population = Population()
        print(f"{platform.machine()}, Linux {platform.release()}, SQLite {sqlite3.sqlite_version}")
        taken, size = fill(gate.store, population, arguments.entries, has_indexes=True)
        print(f"keeping an entry: {taken:.1f} us of processor time, {size:.0f} bytes")
        gate.start()
        for name, query in questions(population).items():
            times = []
            for _ in range(7):
                start = time.perf_counter()
                found = gate.control.get("activity", **query)["activity"]
                times.append((time.perf_counter() - start) * 1000)
            print(f"{statistics.median(times):8.1f} ms  {len(found):4}  {name}")
        gate.stop()
        taken, size = fill(gate.store, population, arguments.entries // 10, has_indexes=False)
        print(f"without any index: {taken:.1f} us of processor time, {size:.0f} bytes")
    finally:
        gate.remove()


if __name__ == "__main__":
    main()

"""Whether anything happens after the answer to a revocation, over thousands of rounds.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/revocation_rounds.py --rounds 2000

Each round is one of Tests/EndToEnd/rounds.py: clients at every stage of a sign-in and at work take
part, access is taken away in one of the ways of round_kinds.py at a random moment, and the trees
are watched for seconds after the answer, while the next rounds are played. Every tenth round has a
hundred clients. Times are those of the whole call, seen by its caller, on the machine that also
runs the clients and all sessions.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from fleet import Fleet  # noqa: E402
from gate import Programs  # noqa: E402
from round_kinds import KINDS, Kind  # noqa: E402
from rounds import FAULTS, Round, Rounds, rounds_gate  # noqa: E402

#: Rounds on one gate, before its store and its log grow large.
ROUNDS_OF_A_GATE = 72


def plan(rounds: int) -> Iterator[tuple[Kind, str]]:
    return islice(cycle(product(KINDS, FAULTS)), rounds)


def play(arguments: argparse.Namespace) -> Iterator[Round]:
    """Plays all rounds; answers each once its watch is over."""
    planned = deque(enumerate(plan(arguments.rounds)))
    programs = Programs(arguments.programs.resolve())
    while planned:
        gate = rounds_gate(programs)
        watched: deque[Round] = deque()
        try:
            gate.start()
            with Fleet() as fleet:
                rounds = Rounds(gate, fleet, arguments.seed + len(planned))
                for _ in range(min(ROUNDS_OF_A_GATE, len(planned))):
                    number, (kind, fault) = planned.popleft()
                    is_large = number % arguments.large_every == arguments.large_every - 1
                    count = arguments.large if is_large else arguments.sessions
                    watched.append(rounds.play(kind, fault, count))
                    while watched and watched[0].stillness.age >= arguments.watch:
                        yield judged(watched.popleft(), arguments.watch)
                while watched:
                    yield judged(watched.popleft(), arguments.watch)
            assert gate.stop() == 0, gate.log()[-3000:]
        finally:
            if gate.is_running:
                gate.kill()
            gate.remove()


def judged(one: Round, seconds: float) -> Round:
    for violation in one.judge(seconds):
        print("VIOLATION", violation, flush=True)
    return one


def percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    found = [ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 90, 99)]
    return " ".join(f"{value:8.1f}" for value in [*found, ordered[-1]])


def table(title: str, groups: dict[str, list[Round]]) -> None:
    print(f"\n{title:30} rounds      p50      p90      p99    worst  ms; goodbyes, kills")
    for name, rounds in groups.items():
        times = [one.milliseconds for one in rounds if one.milliseconds is not None]
        ended = Counter[str]()
        for one in rounds:
            ended.update({k: v for k, v in one.revocation.items() if k.startswith("endedBy")})
        shown = percentiles(times) if times else f"{'-':>8}" * 4
        print(
            f"{name:30} {len(rounds):6} {shown}      "
            f"{ended['endedByGoodbye']}, {ended['endedByKill']}"
        )


def grouped(rounds: list[Round], name: str) -> dict[str, list[Round]]:
    found: dict[str, list[Round]] = {}
    for one in rounds:
        found.setdefault(str(getattr(one, name)), []).append(one)
    return found


def summarise(rounds: list[Round], arguments: argparse.Namespace, seconds: float) -> None:
    table("by change", grouped(rounds, "kind"))
    table("by fault", grouped(rounds, "fault"))
    large = [one for one in rounds if one.sessions > arguments.large // 2]
    if large:
        table("by size", {f"{arguments.large} clients": large})
    total = Counter[str]()
    for one in rounds:
        total["connections before or in the key exchange"] += one.phases["connecting"]
        total["connections whose sign-in was being decided"] += one.phases["authenticating"]
        total["changes before the answer"] += one.outcome.changes
        total["requests under way when they were cut"] += one.outcome.unanswered
        total["sign-ins tried after the answer"] += one.outcome.tries
        total["sign-ins after the answer, with the new rights"] += one.outcome.entered
        total["requests denied after the answer"] += one.outcome.denied
        total["bystanders that went on"] += one.outcome.unharmed
        total["answers that named sessions as pending"] += bool(one.pending)
    print()
    for name, count in total.items():
        print(f"{count:12,} {name}")
    median = statistics.median(one.sessions for one in rounds)
    violations = sum(len(one.violations) for one in rounds)
    print(
        f"{len(rounds)} rounds in {seconds:.0f} s, {median:.0f} sessions in the middle, "
        f"{violations} violations"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=14, help="clients of a round")
    parser.add_argument("--large", type=int, default=100, help="clients of a large round")
    parser.add_argument("--large-every", type=int, default=10)
    parser.add_argument("--watch", type=float, default=3, help="seconds after each answer")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, Linux {platform.release()}, {os.cpu_count()} processors")
    print(f"seed {arguments.seed}", flush=True)
    start = time.monotonic()
    rounds: list[Round] = []
    try:
        for one in play(arguments):
            rounds.append(one)
            if len(rounds) % 100 == 0:
                bad = sum(bool(found.violations) for found in rounds)
                seconds = time.monotonic() - start
                print(f"{len(rounds)} rounds, {bad} with violations, {seconds:.0f} s", flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    summarise(rounds, arguments, time.monotonic() - start)
    return 1 if any(one.violations for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Whether anything happens after the answer to a revocation, over thousands of rounds.

Run after ./test has built the programs and made its Python environment:

    .build/e2e-environment/bin/python Benchmarks/revocation_rounds.py --rounds 2000

Each round is one of Tests/EndToEnd/rounds.py: clients at every stage of a sign-in and at work take
part, access is taken away in one of the ways of round_kinds.py at a random moment, and the trees
are watched for seconds after the answer, while the next rounds are played. Every fifth round has a
hundred clients. Times are those of the whole call, seen by its caller, on the machine that also
runs the clients and all sessions; a gate that is killed answers nothing, so those rounds have none.

Whoever stops it (Ctrl-C or SIGTERM) gets the tables of what was played until then.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from figures import markdown, spread  # noqa: E402
from fleet import Fleet  # noqa: E402
from gate import Programs  # noqa: E402
from round_kinds import KINDS, Kind  # noqa: E402
from rounds import FAULTS, Round, Rounds, rounds_gate  # noqa: E402

#: Rounds on one gate, before its store and its log grow large.
ROUNDS_OF_A_GATE = 72
#: Rounds from one line that says how far it is to the next.
PROGRESS = 50


def plan(rounds: int, large_every: int) -> Iterator[tuple[Kind, str, bool]]:
    """Each kind with each fault, and whether it is a large round, over and over.

    Wherever it is stopped, all kinds and all faults have come about equally often. The large
    rounds are other pairs each time.
    """
    pairs = [
        (kind, FAULTS[(number + shift) % len(FAULTS)])
        for shift in range(len(FAULTS))
        for number, kind in enumerate(KINDS)
    ]
    for number in range(rounds):
        turn, place = divmod(number, len(pairs))
        yield *pairs[place], (place + turn) % large_every == 0


def play(arguments: argparse.Namespace) -> Iterator[Round]:
    """Plays all rounds; answers each once its watch is over."""
    planned = deque(plan(arguments.rounds, arguments.large_every))
    programs = Programs(arguments.programs.resolve())
    while planned:
        gate = rounds_gate(programs)
        watched: deque[Round] = deque()
        try:
            gate.start()
            with Fleet() as fleet:
                rounds = Rounds(gate, fleet, arguments.seed + len(planned))
                for _ in range(min(ROUNDS_OF_A_GATE, len(planned))):
                    kind, fault, is_large = planned.popleft()
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


def signing_in(one: Round) -> int:
    """Connections that had not signed in yet at the moment of the change."""
    return one.phases["connecting"] + one.phases["authenticating"]


def times(rounds: list[Round]) -> list[float]:
    return [one.milliseconds for one in rounds if one.milliseconds is not None]


def figures(rounds: list[Round], large: int) -> list[object]:
    """One row, its name apart."""
    ended = Counter[str]()
    for one in rounds:
        ended.update({k: v for k, v in one.revocation.items() if k.startswith("endedBy")})
    return [
        len(rounds),
        sum(is_large(one, large) for one in rounds),
        sum(len(one.violations) for one in rounds),
        f"{sum(one.outcome.unanswered for one in rounds):,}",
        f"{sum(signing_in(one) for one in rounds):,}",
        f"{ended['endedByGoodbye']:,}",
        f"{ended['endedByKill']:,}",
        *spread(times(rounds)),
    ]


def is_large(one: Round, large: int) -> bool:
    return one.stages.total() >= large


def table(title: str, rounds: list[Round], name: Callable[[Round], str], large: int) -> None:
    groups: dict[str, list[Round]] = {}
    for one in rounds:
        groups.setdefault(name(one), []).append(one)
    groups["all"] = rounds
    head = [
        title, "rounds", f"of {large}", "violations", "cut in flight", "signing in", "goodbyes",
        "kills", "p50 ms", "p99 ms", "worst ms",
    ]
    print("\n" + markdown(head, ([key, *figures(group, large)] for key, group in groups.items())))


def summarise(rounds: list[Round], arguments: argparse.Namespace, seconds: float) -> None:
    """The tables; "signing in" are connections at the moment of the change."""
    if not rounds:
        return print("no round was played")
    pairs = Counter((one.kind.name, one.fault) for one in rounds)
    counts = ([kind.name, *(pairs[kind.name, fault] for fault in FAULTS)] for kind in KINDS)
    print("\n" + markdown(["rounds", *FAULTS], counts))
    table("change", rounds, lambda one: one.kind.name, arguments.large)
    table("fault", rounds, lambda one: one.fault, arguments.large)
    table(
        "clients", rounds,
        lambda one: "many" if is_large(one, arguments.large) else "few", arguments.large,
    )
    stages = sum((one.stages for one in rounds), Counter[str]())
    print("\n" + markdown(["clients that were", "number"], stages.most_common()) + "\n")
    total = Counter[str]()
    for one in rounds:
        total["connections before or in the key exchange"] += one.phases["connecting"]
        total["connections whose sign-in was being decided"] += one.phases["authenticating"]
        total["changes before the answer"] += one.outcome.changes
        total["requests under way when they were cut"] += one.outcome.unanswered
        total["sign-ins tried after the answer"] += one.outcome.tries
        total["sign-ins after the answer, of those who may"] += one.outcome.entered
        total["requests denied after the answer"] += one.outcome.denied
        total["bystanders that went on"] += one.outcome.unharmed
        total["answers that named sessions as pending"] += bool(one.pending)
        total["answers that were lost with the gate"] += one.was_lost
        total["jobs answered from the record"] += bool(one.answer.get("repeated"))
        total["jobs that the next gate finished"] += bool(one.answer.get("resumed"))
    for name, count in total.items():
        print(f"{count:12,} {name}")
    median = statistics.median(one.sessions for one in rounds)
    violations = sum(len(one.violations) for one in rounds)
    print(
        f"{len(rounds)} of {arguments.rounds} rounds in {seconds:.0f} s, {median:.0f} sessions in "
        f"the middle, {violations} violations, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def say_how_far(rounds: list[Round], planned: int, seconds: float) -> None:
    bad = sum(bool(one.violations) for one in rounds)
    cut = sum(one.outcome.unanswered for one in rounds)
    print(
        f"{len(rounds)} of {planned} rounds, {bad} with violations, {cut:,} requests cut, "
        f"p50, p99 and worst {', '.join(spread(times(rounds)))} ms, {seconds:.0f} s",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=14, help="clients of a round")
    parser.add_argument("--large", type=int, default=100, help="clients of a large round")
    parser.add_argument("--large-every", type=int, default=5)
    parser.add_argument("--watch", type=float, default=3, help="seconds after each answer")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, Linux {platform.release()}, {os.cpu_count()} processors")
    print(f"seed {arguments.seed}", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = time.monotonic()
    rounds: list[Round] = []
    try:
        for one in play(arguments):
            rounds.append(one)
            if len(rounds) % PROGRESS == 0:
                say_how_far(rounds, arguments.rounds, time.monotonic() - start)
    except KeyboardInterrupt:
        print("interrupted")
    finally:
        summarise(rounds, arguments, time.monotonic() - start)
    return 1 if any(one.violations for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())

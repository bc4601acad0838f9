"""The front gate stays open for people while others attack it; the long form is a benchmark.

`Benchmarks/attack.py` measures. Here only what is no matter of timing is looked at: who may come
gets in, what runs goes on and arrives whole, nothing is left over, and memory has its bounds.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

from attackers import ATTACKS, Attackers
from gate import Gate
from transfer import Transfer
from under_attack import ELSEWHERE, HOME, Household, MemoryWatch, hardened, left_over
from waiting import eventually

#: Seconds of attack, sign-ins meanwhile, and seconds that one may take on a busy machine.
ATTACK, SIGN_INS, PATIENCE = 8, 8, 20
#: Mebibytes of the gate with its two password hashes at a time, and of all processes together.
GATE_MEMORY, ALL_MEMORY = 128, 512
#: Of the configuration that the product comes with: processes kept ready, and places that are free
#: for certain where nobody is in.
WARM, PLACES = 2, 30


def test_people_get_in_and_transfers_go_on_under_every_attack_at_once(
    make_gate: Callable[..., Gate],
) -> None:
    gate = hardened(make_gate()).start()
    household = Household(gate)
    assert household.sign_in() is not None
    with Transfer(household) as transfer:
        with MemoryWatch(gate) as memory, Attackers(household.target, ATTACKS) as attackers:
            before = transfer.mark()
            until = time.monotonic() + ATTACK
            tries = 0
            while tries < SIGN_INS or time.monotonic() < until:
                tries += 1
                assert household.sign_in(timeout=PATIENCE) is not None, f"refused at try {tries}"
                time.sleep(0.1)
            eventually(
                lambda: transfer.mark().whole > before.whole, "a whole file came", timeout=60
            )
        # Otherwise this shows nothing.
        assert all(report.begun > 0 for report in attackers.reports), attackers.reports
        signed_in, silent = attackers.reports[0], attackers.reports[1]
        assert signed_in.more["packets"] > 0 and silent.refused > 0
        assert left_over(gate, 1, WARM, PLACES) == []
        whole = transfer.mark().whole
        eventually(lambda: transfer.mark().whole > whole, "and goes on", timeout=60)
        after = transfer.mark()
    assert after.ending is None and after.wrong == 0 and after.whole > before.whole
    assert 0 < memory.gate <= memory.resident + 1 <= GATE_MEMORY
    assert memory.all <= ALL_MEMORY
    eventually(lambda: not gate.sessions(), "the transfer has ended too")


def test_strangers_who_take_every_place_leave_those_of_sources_that_have_signed_in(
    make_gate: Callable[..., Gate],
) -> None:
    gate = make_gate(
        limits={"unauthenticated_connections": 5, "early_drop_start": 5},
        penalties={"exempt": []},
    ).start()
    household = Household(gate)
    new_place = f"{ELSEWHERE}.9"
    assert household.sign_in() is not None
    eventually(lambda: not gate.sessions(), "nobody is connected")
    with ExitStack() as stack:
        for number in range(5):
            source = (f"{ELSEWHERE}.{number + 1}", 0)
            silent = stack.enter_context(
                socket.create_connection((gate.host, gate.port), 10, source)
            )
            assert silent.recv(4) == b"SSH-"
        assert household.sign_in(new_place) is None
        assert household.sign_in(HOME) is not None
    eventually(lambda: not gate.sessions(), "nobody is connected")
    assert household.sign_in(new_place) is not None


def test_a_flood_of_refused_connections_is_none_of_lines(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(admission={"deny": ["127.0.0.2"]}, log={"level": "info"}).start()
    for _ in range(50):
        with socket.create_connection((gate.host, gate.port), 10, ("127.0.0.2", 0)) as one:
            try:
                assert one.recv(1) == b""
            except ConnectionError:
                pass

    def lines(words: str) -> list[str]:
        return [line for line in gate.log().splitlines() if words in line]

    told = eventually(lambda: lines("more connections refused"), "the rest is told", timeout=20)
    first = lines(" connection refused ")
    # On a busy machine they may come in two intervals, each with a first line of its own.
    assert 1 <= len(first) <= 5 and "peer=127.0.0.2:" in first[0], first
    assert "address=127.0.0.2 " in told[0] and "reason=denied_address" in told[0], told
    counts = [int(line.split("count=")[1].split()[0]) for line in told]
    assert sum(counts) + len(first) <= 50 and sum(counts) >= 1, (counts, first)

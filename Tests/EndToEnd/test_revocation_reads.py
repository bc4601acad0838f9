"""Files that are being read when access is taken away: nothing more is sent after the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from fleet import Fleet
from kernel_queues import queued
from processes import Process, process
from round_changes import Scene
from round_kinds import NAMED, Kind
from rounds import Rounds
from waiting import eventually

READERS = 6
#: The kinds that are about different parts of the gate; the rest differ only in what is stored.
FEW = [NAMED[name] for name in (
    "permissions changed", "user deleted", "server suspended", "document imported",
    "host closed", "sessions of a user revoked", "sessions of a key revoked",
)]


@pytest.fixture
def read(rounds: Rounds, fleet: Fleet) -> Iterator[Callable[[Kind, str], Scene]]:
    """Has several clients of one person read a file over and over."""
    begun: list[tuple[Kind, Scene]] = []

    def begin(kind: Kind, stage: str) -> Scene:
        scene = rounds.scenes.make(kind)
        place = scene.servers[0]
        members = [rounds.scenes.member(scene, kind, stage, place) for _ in range(READERS)]
        scene.notes["call"] = kind.prepare(scene)
        begun.append((kind, scene))
        fleet.start(members)
        return scene

    yield begin
    for kind, scene in begun:
        kind.undo(scene)


def serving(scene: Scene) -> list[Process]:
    found = [one["pid"] for one in scene.gate.sessions() if one["user"] == scene.person.uuid]
    assert len(found) == READERS
    return [one for number in found if (one := process(number)) is not None]


@pytest.mark.parametrize("kind", FEW, ids=str)
def test_what_arrives_after_the_answer_was_the_kernels_already(
    kind: Kind, read: Callable[..., Scene], fleet: Fleet
) -> None:
    scene = read(kind, "downloading")
    processes = serving(scene)
    scene.notes["call"]()
    assert all(one.is_gone for one in processes), "a session outlived the answer"
    held = queued(scene.gate.port)
    fleet.answered(grants=True)
    outcome = fleet.finish()
    assert outcome.faults == [] and outcome.violations == []
    assert outcome.bytes_before > 1024 * 1024, "nobody had read anything"
    assert outcome.bytes_after <= held


@pytest.mark.parametrize("kind", FEW, ids=str)
def test_nothing_is_added_to_what_a_client_has_left_unread(
    kind: Kind, read: Callable[..., Scene], fleet: Fleet
) -> None:
    scene = read(kind, "deaf")
    port = scene.gate.port

    def is_full() -> bool:
        # Nobody reads, so once the sessions are held back it stays as it is.
        before = queued(port)
        return before > READERS * 64 * 1024 and before == queued(port)

    eventually(is_full, "the sessions are held back")
    processes = serving(scene)
    scene.notes["call"]()
    assert all(one.is_gone for one in processes), "a session outlived the answer"
    held = queued(port)
    assert held > 0, "nothing was left unread"
    fleet.answered(grants=True)
    outcome = fleet.finish()
    assert outcome.faults == [] and outcome.violations == []
    assert 0 < outcome.bytes_after <= held


def test_what_is_left_unread_grows_while_nothing_was_taken_away(
    read: Callable[..., Scene], fleet: Fleet
) -> None:
    scene = read(NAMED["sessions of a user revoked"], "downloading")
    held = queued(scene.gate.port)
    fleet.answered(grants=True)

    def has_sent_more() -> bool:
        sent = sum(one["bytesSent"] for one in scene.gate.sessions())
        return sent > 4 * (held + 1024 * 1024)

    eventually(has_sent_more, "the readers go on")
    scene.notes["call"]()
    outcome = fleet.finish()
    assert outcome.bytes_after > held

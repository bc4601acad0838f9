"""After the answer to a revocation nothing happens any more, whoever was in the middle of what."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from round_kinds import KINDS, NAMED, Afterwards, Kind
from rounds import FAULTS, Round, Rounds
from stillness import Stillness

#: Seconds that the trees are watched after each answer.
WATCH = 2
SESSIONS, MANY_SESSIONS = 14, 100


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_happens_after_the_answer(kind: Kind, rounds: Rounds) -> None:
    # The trees of one round are watched while the next one is played.
    played = [rounds.play(kind, fault, SESSIONS) for fault in FAULTS]
    for one in played:
        assert one.judge(WATCH) == []
        assert one.outcome.changes > 0, "nobody had done anything"
        assert one.outcome.unanswered > 0, "nothing was under way"
    if kind.afterwards is Afterwards.LET_IN:
        assert all(one.outcome.entered > 0 for one in played if one.stages["returning"])
    else:
        assert all(one.phases["connecting"] > 0 for one in played), "nobody was signing in"
    if not (kind.uses_password or kind.leaves_password or kind.afterwards is Afterwards.LET_IN):
        assert any(one.phases["authenticating"] > 0 for one in played), "no password was checked"


@pytest.mark.parametrize("fault", ["nothing", "stopped"])
@pytest.mark.parametrize("kind", [
    NAMED["permissions changed"], NAMED["user deleted"], NAMED["host closed"],
    NAMED["sessions of a user revoked"],
], ids=str)
def test_nothing_of_a_hundred_sessions_happens_after_the_answer(
    kind: Kind, fault: str, rounds: Rounds
) -> None:
    played = rounds.play(kind, fault, MANY_SESSIONS)
    assert played.judge(WATCH) == []
    assert played.sessions > MANY_SESSIONS * 3 // 4
    assert played.outcome.unanswered > played.sessions


def test_the_checker_sees_what_goes_on_when_nothing_was_taken_away(rounds: Rounds) -> None:
    nothing = Kind(
        "address changed",
        lambda scene: lambda: scene.gate.control.patch(
            "users", scene.person.uuid, body={"email": f"new-{scene.person.name}@example.org"}
        ),
    )
    played = rounds.play(nothing, "nothing", SESSIONS)
    assert played.revocation["found"] == 0
    assert any("did after the answer" in one for one in played.outcome.violations)
    assert any("signed in after the answer" in one for one in played.outcome.violations)
    assert any("outlived the answer" in one for one in played.violations)
    seen = played.judge(WATCH)
    for what in ("written", "created", "renamed away", "deleted", "became", "after the moment"):
        assert any(what in one for one in seen), (what, seen[:20])


@pytest.mark.parametrize("fault", ["stopped", "killed", "deaf", "gate killed"])
def test_the_faults_that_rounds_are_about_happen(fault: str, rounds: Rounds) -> None:
    played: Round = rounds.play(NAMED["permissions changed"], fault, SESSIONS)
    assert played.judge(0) == []
    if fault == "stopped":
        assert played.revocation["endedByKill"] > 0
    elif fault == "killed":
        assert played.revocation["found"] < played.sessions
    elif fault == "deaf":
        assert played.outcome.bytes_after > 64 * 1024, "nothing was left unread"
    else:
        assert played.milliseconds is None and played.outcome.tries > 0


def same_times(path: Path, change: Callable[[Path], object]) -> None:
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte": lambda folder: same_times(folder / "file", lambda file: file.write_bytes(b"1235")),
    "a name": lambda folder: (folder / "file").rename(folder / "other"),
    "a name there and back": lambda folder: (folder / "file").rename(folder / "other").rename(
        folder / "file"
    ),
    "a mode": lambda folder: (folder / "inner" / "file").chmod(0o600),
    "a time": lambda folder: os.utime(folder / "inner" / "file", ns=(0, 0)),
    "a new file": lambda folder: (folder / "inner" / "new").touch(),
    "a missing file": lambda folder: (folder / "inner" / "file").unlink(),
    "another target": lambda folder: [(folder / "link").unlink(),
                                      (folder / "link").symlink_to("inner")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "tree"
    (found / "inner").mkdir(parents=True)
    for place in (found, found / "inner"):
        (place / "file").write_bytes(b"1234")
    (found / "link").symlink_to("file")
    # A clock tick apart from whatever happens next: times of files come from a coarser clock.
    os.utime(found / "file")
    deadline = time.time_ns() + 20_000_000
    while time.time_ns() < deadline:
        pass
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_the_checker_sees(change: str, folder: Path) -> None:
    watch = Stillness([folder], time.time_ns())
    watch.look()
    CHANGES[change](folder)
    assert watch.violations()


@pytest.mark.parametrize("change", CHANGES)
def test_the_checker_sees_before_its_first_look(change: str, folder: Path) -> None:
    moment = time.time_ns()
    deadline = moment + 20_000_000
    while time.time_ns() < deadline:
        pass
    CHANGES[change](folder)
    watch = Stillness([folder], moment)
    watch.look()
    assert any("after the moment" in one for one in watch.violations())


def test_the_checker_is_content_with_a_tree_that_is_only_read(folder: Path) -> None:
    watch = Stillness([folder], time.time_ns())
    watch.look()
    (folder / "file").read_bytes()
    assert watch.violations() == []

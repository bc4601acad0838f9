"""What a session process has given up before it answers its first SFTP request."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts import Place
from clients import Paramiko, Sftp
from gate import Gate
from processes import Process
from waiting import eventually


def kernel_has_landlock() -> bool:
    """Asks for the version of landlock_create_ruleset(2), number 444 on every architecture."""
    library = ctypes.CDLL(None, use_errno=True)
    return library.syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint32(1)) > 0


@pytest.fixture
def session(place: Place, tmp_path: Path) -> Iterator[Process]:
    """The process that serves a signed-in client."""
    client = Paramiko(place.endpoint(), tmp_path)
    client.list("/")
    yield place.gate.process_of(place.owner.name)
    client.close()


def test_a_session_can_gain_no_privileges_and_leaves_no_core(session: Process) -> None:
    status = Path(f"/proc/{session.id}/status").read_text()
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    limits = Path(f"/proc/{session.id}/limits").read_text()
    assert re.search(r"^Max processes\s+0\s+0\s", limits, re.MULTILINE)
    assert re.search(r"^Max address space\s+\d+\s+\d+\s", limits, re.MULTILINE)
    assert re.search(rf"^Max data size\s+{128 << 20}\s+{128 << 20}\s", limits, re.MULTILINE)
    # Not dumpable: its files in /proc belong to root, whoever runs it.
    assert Path(f"/proc/{session.id}/environ").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may raise a priority")
def test_sessions_give_up_the_priority_that_the_gate_has(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()
    gate.niceness = -5
    gate.start()
    assert gate.child is not None
    assert os.getpriority(os.PRIO_PROCESS, gate.child.pid) == -5
    found = eventually(gate.session_processes, "processes wait for clients")
    eventually(
        lambda: {os.getpriority(os.PRIO_PROCESS, one.id) for one in found} == {0},
        "none of them comes before others",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look at another's descriptors")
def test_a_session_holds_no_descriptor_of_the_gate(place: Place, session: Process) -> None:
    folder = Path(f"/proc/{session.id}/fd")
    opened = [os.readlink(entry) for entry in folder.iterdir()]
    paths = [target for target in opened if target.startswith("/") and target != "/dev/null"]
    assert str(place.files) in paths
    store = str(place.gate.store.parent)
    assert [path for path in paths if path.startswith(store)] == []
    assert [path for path in paths if path not in (str(place.files), str(place.gate.volumes))] == [
        path for path in paths if path == str(place.gate.log_file)
    ]
    assert len([target for target in opened if target.startswith("socket:")]) == 2


def test_confinement_is_enforced_where_it_is_required(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(sessions={"confinement": "required"})
    if kernel_has_landlock():
        gate.start()
        Sftp(Place(gate).endpoint(), tmp_path).batch("pwd")
    else:
        failure = gate.failed_start()
        assert failure.status != 0 and "Landlock" in failure.log


def test_where_the_kernel_cannot_confine_the_log_warns(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(sessions={"confinement": "when-available"}).start()
    Sftp(Place(gate).endpoint(), tmp_path).batch("pwd")
    warnings = [line for line in gate.log().splitlines() if " warning " in line]
    about = [line for line in warnings if "confine" in line.lower() or "landlock" in line.lower()]
    assert bool(about) is not kernel_has_landlock(), warnings

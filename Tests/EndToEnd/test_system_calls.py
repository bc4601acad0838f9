"""What a session process may still ask of the kernel."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import system_calls
from access import SignIn
from accounts import Place
from clients import Sftp
from gate import Gate, Programs
from log_lines import Line, parse
from raw_sftp import RawSFTP
from waiting import eventually

#: What fails as if the kernel did not have it: a library may try it.
LACKING = {
    "clone", "clone3", "socket", "socket of another family", "socketpair", "connect",
    "sendto that connects", "bind", "listen", "accept4", "memory that is executable",
    "memory made executable", "prctl", "limits set", "signals to another", "openat",
}
#: What ends the process: nobody tries it who has not taken it over.
ENDING = {
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill",
    "tgkill", "pidfd_open", "unshare", "personality",
}
#: What is allowed, so that the others are not refused for another reason.
ALLOWED = {"memory", "memory made readable", "limits read", "getrandom"}


def attempts(*arguments: str | Path) -> dict[str, dict[str, str]]:
    made = subprocess.run(
        [sys.executable, system_calls.__file__, *arguments],
        capture_output=True, text=True, timeout=120,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def unfiltered() -> dict[str, dict[str, str]]:
    return attempts()


@pytest.fixture(scope="module")
def filtered(
    programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """The same under the very filter that the session program puts on itself."""
    written = subprocess.run(
        [programs.session, "system-call-filter"], capture_output=True, timeout=20, check=True
    )
    program = tmp_path_factory.mktemp("filter") / "filter.bpf"
    program.write_bytes(written.stdout)
    assert len(written.stdout) > 8 and len(written.stdout) % 8 == 0
    return attempts(program)


def test_without_the_filter_every_process_may(unfiltered: dict[str, dict[str, str]]) -> None:
    assert set(unfiltered["working"]) == LACKING | ENDING | ALLOWED
    assert {name for name, came in unfiltered["working"].items() if came != "done"} == set()
    # Whether it succeeds is the host's business; the kernel answers, and nobody is ended.
    assert "SIGSYS" not in unfiltered["answered"].values()
    assert len(unfiltered["answered"]) > 40


def test_with_the_filter_a_session_may_not(filtered: dict[str, dict[str, str]]) -> None:
    expected = dict.fromkeys(LACKING, "ENOSYS") | dict.fromkeys(ENDING, "SIGSYS")
    assert filtered["working"] == expected | dict.fromkeys(ALLOWED, "done")
    assert set(filtered["answered"].values()) == {"SIGSYS"}, filtered["answered"]


def filters(process: int) -> tuple[str, int]:
    """The mode and the number of filters that the kernel enforces on a process."""
    status = Path(f"/proc/{process}/status").read_text()
    mode = re.search(r"^Seccomp:\s+(\d+)$", status, re.MULTILINE)
    count = re.search(r"^Seccomp_filters:\s+(\d+)$", status, re.MULTILINE)
    assert mode is not None and count is not None, status
    return mode.group(1), int(count.group(1))


def test_every_session_process_has_the_filter_before_its_client_comes(
    place: Place, tmp_path: Path
) -> None:
    assert place.gate.child is not None
    _, gates = filters(place.gate.child.pid)
    # When one client has been served there are processes that wait for the next.
    Sftp(place.endpoint(), tmp_path).batch("pwd")
    waiting = place.gate.session_processes()
    assert waiting
    for one in waiting:
        if one.is_gone:
            continue
        assert filters(one.id) == ("2", gates + 1)


def test_the_log_tells_a_forbidden_system_call_from_other_crashes(
    make_gate: Callable[..., Gate], transports: SignIn
) -> None:
    gate = make_gate().start()
    gate.expects_crash = True
    place = Place(gate)
    signals = {signal.SIGSEGV: "signal 11", signal.SIGSYS: "a forbidden system call"}
    for number, told in signals.items():
        person = place.subuser(["file.sftp"])
        RawSFTP(transports(place, person))
        session = gate.session_of(person.name)
        os.kill(session["pid"], number)

        def crash() -> list[Line]:
            lines = [line for line in gate.log().splitlines() if session["id"] in line]
            return [line for line in map(parse, lines) if line.event == "session crashed"]

        (found,) = eventually(crash, "the crash is logged")
        assert (found.level, found.fields["detail"]) == ("error", told)


def without(call: str, gate: Gate) -> Gate:
    """The gate on a kernel that lacks a system call."""
    folder = gate.directory / "programs"
    folder.mkdir()
    wrapper = folder / "portcullis"
    wrapper.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{system_calls.__file__}" without {call} '
        f'"{gate.programs.gate}" "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    gate.programs = Programs(folder)
    return gate


MISSING = {"seccomp": "seccomp filters", "landlock_create_ruleset": "Landlock"}


@pytest.mark.parametrize("call", MISSING)
def test_where_the_kernel_lacks_what_confines_the_configuration_decides(
    call: str, make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    strict = without(call, make_gate(sessions={"confinement": "required"}))
    failure = strict.failed_start()
    assert failure.status != 0 and MISSING[call] in failure.log, failure.log
    lenient = without(call, make_gate(sessions={"confinement": "when-available"})).start()
    Sftp(Place(lenient).endpoint(), tmp_path).batch("pwd")
    lines = [parse(line) for line in lenient.log().splitlines() if " warning " in line]
    warnings = [line for line in lines if "confined" in line.event]
    assert [line.fields["missing"] for line in warnings] == [MISSING[call]], lines

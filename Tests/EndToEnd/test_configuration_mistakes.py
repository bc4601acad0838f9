"""Mistakes in the configuration: each is named with its place and its remedy."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gate import Gate, Programs, yaml


def command(programs: Programs, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [programs.gate, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        env={"PATH": os.environ["PATH"]},
    )


def test_an_unknown_key_is_named_with_file_line_and_remedy(
    make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate()
    gate.write_configuration()
    assert command(programs, "config", "check", "--config", gate.configuration).returncode == 0
    gate.settings["limits"] = {"sign_in_grase": "30s"}
    gate.write_configuration()
    line = gate.configuration.read_text().splitlines().index('  sign_in_grase: "30s"') + 1
    checked = command(programs, "config", "check", "--config", gate.configuration)
    served = gate.failed_start()
    for status, output in ((checked.returncode, checked.stdout), (served.status, served.log)):
        assert status != 0
        assert f"{gate.configuration}:{line}" in output
        assert "limits.sign_in_grase" in output
        assert "limits.sign_in_grace" in output, "the key that was meant is not suggested"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("limits", "sign_in_grace", "soon"),
        ("limits", "sign_in_attempts", -1),
        ("limits", "connections", "many"),
        ("ssh", "listen", ["nowhere"]),
        ("ssh", "ciphers", ["rot13"]),
        ("sessions", "confinement", "perhaps"),
        ("log", "level", "loud"),
        ("log", "format", "xml"),
        ("files", "umask", "9999"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_its_key(
    section: str, key: str, value: object, make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate()
    gate.settings.setdefault(section, {})[key] = value
    gate.write_configuration()
    checked = command(programs, "config", "check", "--config", gate.configuration)
    assert checked.returncode != 0
    assert f"{section}.{key}" in checked.stdout
    assert str(gate.configuration) in checked.stdout


def test_every_problem_is_reported_at_once(
    make_gate: Callable[..., Gate], programs: Programs
) -> None:
    gate = make_gate(limits={"chanels": 2, "stall": "never"}, log={"level": "loud"})
    gate.write_configuration()
    checked = command(programs, "config", "check", "--config", gate.configuration)
    for key in ("limits.chanels", "limits.stall", "log.level"):
        assert key in checked.stdout


@pytest.mark.parametrize("text", ["ssh: [", "- a\n- b\n", "ssh:\n\tlisten: x\n", "\0"])
def test_a_file_that_is_no_configuration_is_refused(
    text: str, programs: Programs, tmp_path: Path
) -> None:
    file = tmp_path / "config.yml"
    file.write_text(yaml({"log": {"level": "info"}}))
    assert command(programs, "config", "check", "--config", file).returncode == 0
    file.write_text(text)
    checked = command(programs, "config", "check", "--config", file)
    assert checked.returncode != 0 and str(file) in checked.stdout


def test_a_configuration_file_that_is_not_there_is_an_error(
    programs: Programs, tmp_path: Path
) -> None:
    checked = command(programs, "config", "check", "--config", tmp_path / "missing.yml")
    assert checked.returncode != 0 and "missing.yml" in checked.stdout

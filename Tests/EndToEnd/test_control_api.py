"""The control API as its document shows it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gate import Gate


def examples(document: Path) -> list[str]:
    """The shell blocks of a document, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", document.read_text(), flags=re.DOTALL | re.MULTILINE)


def documents(text: str) -> list[dict[str, Any]]:
    """The JSON documents that follow each other in a text."""
    found: list[dict[str, Any]] = []
    rest = text.strip()
    while rest:
        body, end = json.JSONDecoder().raw_decode(rest)
        found.append(body)
        rest = rest[end:].strip()
    return found


def test_every_example_of_the_document_works_as_it_stands(
    make_gate: Callable[..., Gate], repository: Path, tmp_path: Path
) -> None:
    gate = make_gate().start()
    blocks = examples(repository / "docs" / "control-api.md")
    assert "\n".join(blocks).count("http://localhost/") >= 20
    # Whatever directory an example names is there, as it would be on a host.
    for name in re.findall(r'"directory": *"([^"./][^"]*)"', "\n".join(blocks)):
        (gate.volumes / name).mkdir(parents=True, exist_ok=True)
    # One shell for all of them: later examples use what earlier ones made.
    script = "\n".join(
        f"printf '\\n== example {number}\\n'\n{block}" for number, block in enumerate(blocks, 1)
    )
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PORTCULLIS_CONTROL_SOCKET": str(gate.socket),
        },
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    answers = finished.stdout.split("\n== example ")[1:]
    assert len(answers) == len(blocks)
    for block, answer in zip(blocks, answers, strict=True):
        bodies = documents(answer.partition("\n")[2])
        assert len(bodies) == block.count("http://localhost/"), answer
        assert all("error" not in body for body in bodies), f"{block}\nanswers\n{answer}"


def test_health_tells_version_and_sessions(gate: Gate) -> None:
    health = gate.control.call("GET", "/healthz")
    assert health["status"] == "ok" and health["version"] and health["sessions"] == 0


def test_every_change_is_logged_with_who_made_it(gate: Gate) -> None:
    before = len(gate.log())
    gate.control.post("users", body={"username": "logged", "email": "logged@example.org"})
    written = [line for line in gate.log()[before:].splitlines() if f"uid={os.geteuid()}" in line]
    assert written, gate.log()[before:]
    gate.control.delete("users", "logged")

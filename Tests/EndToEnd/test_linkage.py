"""What the two programs are made of."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gate import Programs


def needed(program: Path) -> list[str]:
    """The shared libraries that the program itself asks for."""
    shown = subprocess.run(
        ["readelf", "--dynamic", "--wide", program], capture_output=True, text=True, check=True
    )
    lines = [line for line in shown.stdout.splitlines() if "(NEEDED)" in line]
    return [line[line.index("[") + 1 : line.rindex("]")] for line in lines]


def symbols(program: Path) -> str:
    """Every symbol, those of static libraries and of other modules included."""
    parts = [
        subprocess.run(
            ["nm", *which, program], capture_output=True, text=True, check=True
        ).stdout
        for which in (["--dynamic"], [])
    ]
    return "".join(parts)


def test_the_session_links_neither_sqlite_nor_foundation_nor_nio(programs: Programs) -> None:
    # The gate has all of them, so the same look at it finds them.
    foreign = {
        "SQLite": "sqlite3_",
        "Foundation": "Foundation",
        "NIO": "NIOCore",
        "libcrypt": "crypt_gensalt",
        "libqrencode": "QRcode_encodeString",
    }
    gate = symbols(programs.gate)
    assert all(name in gate for name in foreign.values())
    session = symbols(programs.session)
    assert [what for what, name in foreign.items() if name in session] == []
    libraries = needed(programs.session)
    assert any(library.startswith("libssh.so") for library in libraries)
    unwanted = ("sqlite", "Foundation", "libcrypt.so", "qrencode")
    assert [one for one in libraries if any(word in one for word in unwanted)] == []


def test_the_gate_does_not_link_libssh(programs: Programs) -> None:
    assert "ssh_new" in symbols(programs.session)
    libraries = needed(programs.gate)
    assert any("sqlite3" in library for library in libraries)
    assert [library for library in libraries if "ssh" in library] == []
    assert "ssh_new" not in symbols(programs.gate)


@pytest.mark.parametrize("name", ["gate", "session"])
def test_a_program_is_hardened_as_a_daemon_should_be(name: str, programs: Programs) -> None:
    program = getattr(programs, name)
    header = subprocess.run(
        ["readelf", "--file-header", "--program-headers", "--wide", program],
        capture_output=True, text=True, check=True,
    ).stdout
    assert "DYN (Position-Independent Executable file)" in header
    assert "GNU_RELRO" in header
    stack = next(line for line in header.splitlines() if "GNU_STACK" in line)
    assert "E" not in stack.split("GNU_STACK")[1].split("0x")[-2], stack

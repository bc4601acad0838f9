"""The unit file as systemd itself judges it."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from gate import Programs

#: Above this, `systemd-analyze security` no longer calls a service well protected.
EXPOSURE_LIMIT = 2.0


@pytest.fixture
def unit(repository: Path, programs: Programs, tmp_path: Path) -> Path:
    """The unit with the program that was built in place of the installed one."""
    text = (repository / "systemd" / "portcullis.service").read_text()
    assert "/usr/bin/portcullis" in text
    copy = tmp_path / "portcullis.service"
    copy.write_text(text.replace("/usr/bin/portcullis", str(programs.gate)))
    return copy


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )


def test_the_unit_is_valid(unit: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.service"
    broken.write_text(unit.read_text() + "\n[Service]\nNoSuchSetting=yes\n")
    assert "NoSuchSetting" in analyze("verify", broken).stdout
    verified = analyze("verify", "--man=no", unit)
    assert (verified.returncode, verified.stdout) == (0, "")


def test_the_unit_leaves_the_service_little_to_abuse(unit: Path) -> None:
    judged = analyze("security", "--offline=true", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
    assert found is not None, judged.stdout
    assert float(found.group(1)) < EXPOSURE_LIMIT, judged.stdout


def test_the_unit_says_what_the_gate_relies_on(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit)
    service = parser["Service"]
    assert service["Type"].startswith("notify")
    assert service["User"] not in ("", "root")
    assert service["CapabilityBoundingSet"] == ""
    assert "WatchdogSec" in service
    assert service["RuntimeDirectory"] == "portcullis"
    assert service["StateDirectory"].split()[0] == "portcullis"
    assert service["Restart"] in ("on-failure", "always")

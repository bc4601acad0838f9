"""Algorithms: what is configured, what the command says, and what is really on the wire."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts import Place
from clients import ClientFailure, Sftp
from gate import Gate, Programs
from key_exchange import Offer, Pretender, offer
from waiting import eventually

PROFILES = ["modern", "compatible"]

#: What each of these clients can do and nothing else of its kind.
OLD_CLIENTS = {
    "group14": ("KexAlgorithms=diffie-hellman-group14-sha256",),
    "group16": ("KexAlgorithms=diffie-hellman-group16-sha512",),
    "nistp256": ("KexAlgorithms=ecdh-sha2-nistp256",),
    "nistp384": ("KexAlgorithms=ecdh-sha2-nistp384",),
    "nistp521": ("KexAlgorithms=ecdh-sha2-nistp521",),
    "aes192": ("Ciphers=aes192-ctr",),
    "all at once": (
        "KexAlgorithms=diffie-hellman-group14-sha256", "Ciphers=aes192-ctr", "MACs=hmac-sha2-256",
        "HostKeyAlgorithms=rsa-sha2-256",
    ),
}

#: What no profile offers.
REFUSED_CLIENTS = {
    "SHA-1 key exchange": "KexAlgorithms=diffie-hellman-group14-sha1",
    "expensive group": "KexAlgorithms=diffie-hellman-group18-sha512",
    "group exchange": "KexAlgorithms=diffie-hellman-group-exchange-sha256",
    "CBC": "Ciphers=aes128-cbc",
    "SHA-1 MAC": "MACs=hmac-sha1",
    "SHA-1 host key signature": "HostKeyAlgorithms=ssh-rsa",
}


def tell(gate: Gate, *arguments: str) -> Any:
    """What a command that needs no gate says about this one's configuration."""
    finished = subprocess.run(
        [gate.programs.gate, *arguments, "--json", "--config", gate.configuration],
        capture_output=True,
        text=True,
        timeout=30,
        env={"PATH": os.environ["PATH"]},
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def offered(gate: Gate) -> dict[str, list[str]]:
    """What `config algorithms` says is offered."""
    return {one["kind"]: one["offered"] for one in tell(gate, "config", "algorithms")["algorithms"]}


def audit(port: int) -> dict[str, Any]:
    """The verdict of ssh-audit."""
    finished = subprocess.run(
        [
            Path(sys.executable).parent / "ssh-audit", "--json", "--skip-rate-test",
            "--port", str(port), "127.0.0.1",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    # 0 nothing, 2 warnings, 3 failures; anything else is no verdict.
    assert finished.returncode in (0, 2, 3), finished.stdout + finished.stderr
    return {"status": finished.returncode, **json.loads(finished.stdout)}


def remarks(verdict: dict[str, Any], level: str) -> dict[str, list[str]]:
    """What ssh-audit holds against single algorithms."""
    return {
        one["algorithm"]: one["notes"][level]
        for kind in ("kex", "key", "enc", "mac")
        for one in verdict[kind]
        if one.get("notes", {}).get(level)
    }


@pytest.fixture
def compatible(make_gate: Callable[..., Gate]) -> Gate:
    return make_gate(ssh={"profile": "compatible"}).start()


def test_the_version_line_tells_a_name_and_nothing_else(gate: Gate) -> None:
    made = offer(gate.host, gate.port)
    assert made.version == b"SSH-2.0-Portcullis"
    # The operator is told what the wire is not.
    version = tell(gate, "config", "algorithms")["libssh"]
    assert re.fullmatch(r"0\.\d+\.\d+/.+", version)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_command_lists_what_is_on_the_wire(
    profile: str, make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate(ssh={"profile": profile}).start()
    wire, told = offer(gate.host, gate.port), offered(gate)
    assert wire.key_exchange == told["key-exchange"]
    for kind in ("ciphers", "macs"):
        assert wire.lists[kind] == wire.lists[f"{kind} back"] == told[kind]
    assert wire.lists["compression"] == wire.lists["compression back"] == ["none"]
    # There are an Ed25519 and an RSA key.
    ecdsa = "ecdsa-sha2-"
    assert wire.lists["host-keys"] == [one for one in told["host-keys"] if ecdsa not in one]
    configured = tell(gate, "config", "algorithms")
    assert configured["profile"] == profile
    for one in configured["algorithms"]:
        assert one["source"] == f"profile {profile}"
        assert one["offered"] == [name for name in one["configured"] if name in one["offered"]]
    # Post-quantum methods stand first; whether they are offered is up to the library.
    assert configured["algorithms"][0]["configured"][0] == "mlkem768x25519-sha256"


def test_clients_are_told_which_signatures_are_accepted(gate: Gate, tmp_path: Path) -> None:
    said = Sftp(Place(gate).endpoint(), tmp_path).batch("pwd", extra=("-v",))
    found = re.search(r"server-sig-algs=<([^>]*)>", said)
    assert found is not None, said
    assert found.group(1).split(",") == offered(gate)["public-keys"]


def test_a_list_that_is_given_stands_instead_of_the_profile(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate(
        ssh={"profile": "compatible", "key_exchange": ["curve25519-sha256"], "ciphers": []}
    ).start()
    wire, told = offer(gate.host, gate.port), offered(gate)
    assert wire.key_exchange == ["curve25519-sha256"]
    assert wire.lists["ciphers"] == told["ciphers"] and "aes192-ctr" in told["ciphers"]
    shown = tell(gate, "config", "show")
    assert shown["ssh.key_exchange"]["value"] == "curve25519-sha256"
    assert str(gate.configuration) in shown["ssh.key_exchange"]["source"]
    assert shown["ssh.ciphers"]["value"].split(",") == told["ciphers"]
    assert shown["ssh.ciphers"]["source"] == "profile compatible"


@pytest.mark.parametrize("settings", OLD_CLIENTS.values(), ids=OLD_CLIENTS.keys())
def test_an_old_client_needs_the_compatible_profile(
    settings: tuple[str, ...], place: Place, compatible: Gate, tmp_path: Path
) -> None:
    modern = Sftp(place.endpoint(), tmp_path / "modern")
    modern.batch("pwd")
    modern.settings = settings
    with pytest.raises(ClientFailure, match="no matching (key exchange method|cipher) found"):
        modern.batch("pwd")
    old = Sftp(Place(compatible).endpoint(), tmp_path / "compatible")
    old.settings = settings
    said = old.batch("pwd", extra=("-v",))
    for setting in settings:
        assert re.search(rf"debug1: kex: .*{re.escape(setting.split('=')[1])}", said), said


@pytest.mark.parametrize("setting", REFUSED_CLIENTS.values(), ids=REFUSED_CLIENTS.keys())
def test_what_is_weak_or_expensive_is_in_no_profile(
    setting: str, compatible: Gate, tmp_path: Path
) -> None:
    client = Sftp(Place(compatible).endpoint(), tmp_path)
    client.batch("pwd")
    # AES-GCM would need no MAC.
    client.settings = (setting, "Ciphers=aes256-ctr") if "MACs" in setting else (setting,)
    with pytest.raises(ClientFailure, match="no matching .* found"):
        client.batch("pwd")


def test_a_profile_is_changed_without_a_restart(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    client = Sftp(Place(gate).endpoint(), tmp_path)
    client.settings = OLD_CLIENTS["all at once"]
    with pytest.raises(ClientFailure, match="no matching"):
        client.batch("pwd")
    gate.settings["ssh"]["profile"] = "compatible"
    gate.write_configuration()
    gate.signal(signal.SIGHUP)
    eventually(lambda: "configuration read again" in gate.log(), "the profile is read again")
    for _ in range(10):
        assert "aes192-ctr" in offer(gate.host, gate.port).lists["ciphers"]
    client.batch("pwd")


def test_ssh_audit_finds_no_failure_in_the_default_profile(gate: Gate, compatible: Gate) -> None:
    verdict = audit(gate.port)
    assert remarks(verdict, "fail") == {}
    assert verdict["status"] != 3
    assert verdict["cves"] == []
    # It does look: the curves that only old clients need are a failure to it.
    assert "ecdh-sha2-nistp256" in remarks(audit(compatible.port), "fail")


def test_terrapin_is_answered_with_strict_key_exchange(gate: Gate) -> None:
    made = offer(gate.host, gate.port)
    assert made.is_strict
    assert not terrapin(audit(gate.port))
    # The same offer without the countermeasure is found wanting.
    lists = made.lists | {"key-exchange": made.key_exchange}
    with Pretender(Offer(made.version, lists)) as server:
        assert not offer("127.0.0.1", server.port).is_strict
        assert terrapin(audit(server.port)) == ["chacha20-poly1305@openssh.com"]


def terrapin(verdict: dict[str, Any]) -> list[str]:
    """The algorithms that ssh-audit says are open to Terrapin."""
    return [
        name
        for level in ("warn", "fail")
        for name, notes in remarks(verdict, level).items()
        if any("Terrapin" in note for note in notes)
    ]


def test_the_command_says_when_the_session_program_is_no_such_program(
    programs: Programs, gate: Gate
) -> None:
    for program in ("/bin/true", "/bin/false", "/nonexistent/program"):
        finished = subprocess.run(
            [
                programs.gate, "config", "algorithms", "--config", gate.configuration,
                "--set", f"sessions.program={program}",
            ],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert finished.returncode == 1
        assert finished.stderr.startswith("error:") and program in finished.stderr

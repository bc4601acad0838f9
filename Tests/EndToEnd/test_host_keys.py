"""Host keys: what is said about them, and how one takes another's place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pytest

from accounts import Place
from clients import ClientFailure, Sftp, Trust
from clients.paramiko_library import sign_in
from gate import Gate, scan
from waiting import eventually

NOT_PERMITTED = 77
NOT_FOUND = 3
HOST = "sftp.example.org."


def run(gate: Gate, *arguments: str, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """`portcullis hostkeys` for this gate, which need not run."""
    return subprocess.run(
        [
            gate.programs.gate, "hostkeys", *arguments,
            "--set", f"ssh.host_keys_directory={gate.keys}",
            "--set", f"sessions.program={gate.programs.session}",
        ],
        capture_output=True,
        text=True,
        timeout=30,
        user=user,
        env={"PATH": os.environ["PATH"]},
    )


def listed(gate: Gate, *arguments: str) -> list[dict[str, Any]]:
    finished = run(gate, "--json", "--host", HOST, *arguments)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)["hostKeys"]


def make_key(gate: Gate, kind: str, name: str) -> Path:
    """A private key made as the documentation says."""
    path = gate.keys / name
    made = subprocess.run(
        [gate.programs.session, "generate-host-key", kind], capture_output=True, check=True
    )
    path.touch(0o600)
    path.write_bytes(made.stdout)
    return path


def keygen(*arguments: str | Path) -> str:
    return subprocess.run(
        ["ssh-keygen", *arguments], capture_output=True, text=True, check=True
    ).stdout


def lines(known_hosts: Path, kind: str) -> str:
    """The lines of a known_hosts file for keys of this type."""
    kept = [line for line in known_hosts.read_text().splitlines() if f" {kind} " in line]
    assert kept, known_hosts.read_text()
    return "".join(f"{line}\n" for line in kept)


class Visitor:
    """`sftp` of somebody who trusts these keys and no others."""

    def __init__(self, place: Place, home: Path, trusted: str):
        home.mkdir()
        known_hosts = home / "known_hosts"
        known_hosts.write_text(trusted)
        endpoint = replace(place.endpoint(), trust=Trust(known_hosts, ()))
        self._client = Sftp(endpoint, home)

    def comes_in(self) -> None:
        self._client.batch("pwd")

    def is_warned(self) -> None:
        with pytest.raises(ClientFailure, match="HOST IDENTIFICATION HAS CHANGED"):
            self._client.batch("pwd")


def fingerprints(gate: Gate) -> tuple[str, ...]:
    return scan(gate.host, gate.port, gate.directory).fingerprints


def test_fingerprints_and_records_are_those_of_ssh_keygen(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(ssh={"profile": "compatible"}).start()
    ecdsa = gate.keys / "ssh_host_ecdsa_key"
    keygen("-q", "-t", "ecdsa", "-b", "384", "-N", "", "-C", "", "-f", ecdsa)
    make_key(gate, "rsa", "ssh_host_rsa_key.next")
    found = listed(gate, "--set", "ssh.profile=compatible")
    types = [(one["state"], one["type"], one["bits"]) for one in found]
    assert types == [
        ("current", "ssh-ed25519", 256), ("current", "ssh-rsa", 3072),
        ("current", "ecdsa-sha2-nistp384", 384), ("next", "ssh-rsa", 3072),
    ]
    text = run(gate, "--host", HOST).stdout
    for number, one in enumerate(found):
        public = tmp_path / f"{number}.pub"
        public.write_text(keygen("-y", "-f", one["file"]))
        assert one["publicKey"].split() == public.read_text().split()[:2]
        assert keygen("-l", "-f", public).split()[:2] == [str(one["bits"]), one["fingerprint"]]
        records = keygen("-r", HOST, "-f", public).splitlines()
        assert one["sshfp"] in records and one["sshfp"].split()[4] == "2"
        assert one["fingerprint"] in text and one["file"] in text
        # In text, records are only those to publish: the modern profile has no ECDSA.
        assert (one["sshfp"] in text) == (one["type"] != "ecdsa-sha2-nistp384")
    assert "not offered" in text
    # What clients are shown is what the command says.
    current = [one["fingerprint"] for one in found[:2]]
    assert sorted(fingerprints(gate)) == sorted(current)


def test_somebody_who_may_not_read_the_keys_is_told_so(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate().start()
    assert run(gate).returncode == 0
    if os.geteuid() == 0:
        refused = run(gate, user=65534)
    else:
        gate.keys.chmod(0)
        refused = run(gate)
        gate.keys.chmod(0o700)
    assert refused.returncode == NOT_PERMITTED, refused.stderr
    assert refused.stdout == ""
    assert "Permission denied" in refused.stderr and str(gate.keys) in refused.stderr
    assert "gate's user" in refused.stderr


def test_keys_that_are_missing_damaged_or_exposed_are_named(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()
    empty = run(gate)
    assert empty.returncode == NOT_FOUND and str(gate.keys) in empty.stderr
    gate.start()
    key = gate.keys / "ssh_host_ed25519_key"
    assert run(gate).returncode == 0
    key.chmod(0o640)
    assert str(key) in run(gate).stderr and "640" in run(gate).stderr
    key.chmod(0o600)
    content = key.read_bytes()
    key.write_text("not a key\n")
    damaged = run(gate)
    assert damaged.returncode == 1 and str(key) in damaged.stderr
    key.write_bytes(content)
    assert run(gate).returncode == 0


def test_a_key_takes_anothers_place_while_clients_know_both(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    endpoint = place.endpoint()
    old = lines(endpoint.trust.known_hosts, "ssh-ed25519")
    rsa = lines(endpoint.trust.known_hosts, "ssh-rsa")
    current = gate.keys / "ssh_host_ed25519_key"
    following = make_key(gate, "ed25519", "ssh_host_ed25519_key.next")
    (announced,) = [one for one in listed(gate) if one["state"] == "next"]
    new = f"[{gate.host}]:{gate.port} {announced['publicKey']}\n"
    knows_old = Visitor(place, tmp_path / "old", old)
    knows_both = Visitor(place, tmp_path / "both", old + new)
    knows_new = Visitor(place, tmp_path / "new", new)
    knows_rsa = Visitor(place, tmp_path / "rsa", rsa)

    # Announced, and not in use yet.
    knows_old.comes_in()
    knows_both.comes_in()
    knows_rsa.comes_in()
    knows_new.is_warned()
    assert announced["fingerprint"] not in fingerprints(gate)

    transport = sign_in(endpoint)
    sftp = paramiko.SFTPClient.from_transport(transport)
    assert sftp is not None
    following.rename(current)
    gate.signal(signal.SIGHUP)
    eventually(lambda: announced["fingerprint"] in fingerprints(gate), "the new key is in use")

    knows_both.comes_in()
    knows_new.comes_in()
    knows_rsa.comes_in()
    knows_old.is_warned()
    # Whoever was in stays in.
    assert sftp.listdir("/") == []
    transport.close()


def test_a_key_of_a_further_type_serves_those_who_know_it(
    make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate(ssh={"profile": "compatible"}).start()
    place = Place(gate)
    key = tmp_path / "ecdsa"
    keygen("-q", "-t", "ecdsa", "-N", "", "-C", "", "-f", key)
    public = key.with_suffix(".pub").read_text()
    visitor = Visitor(place, tmp_path / "visitor", f"[{gate.host}]:{gate.port} {public}")
    # OpenSSH calls a host changed whose key of another type it knows.
    visitor.is_warned()
    target = gate.keys / "ssh_host_ecdsa_key"
    target.touch(0o600)
    target.write_bytes(key.read_bytes())
    gate.signal(signal.SIGHUP)
    eventually(lambda: "configuration read again" in gate.log(), "the keys are read again")
    visitor.comes_in()
    # The others are offered as before.
    Sftp(place.endpoint(), tmp_path / "other").batch("pwd")


@pytest.mark.parametrize("damage", ["garbage", "exposed", "missing"])
def test_a_key_that_cannot_be_used_is_not_taken_over(
    damage: str, make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    gate = make_gate().start()
    client = Sftp(Place(gate).endpoint(), tmp_path)
    client.batch("pwd")
    key = gate.keys / "ssh_host_ed25519_key"
    match damage:
        case "garbage":
            key.write_text("not a key\n")
        case "exposed":
            key.chmod(0o644)
        case "missing":
            key.unlink()
    gate.signal(signal.SIGHUP)
    eventually(lambda: str(key) in gate.log(), "the key is named in the log")
    client.batch("pwd")

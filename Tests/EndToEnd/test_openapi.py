"""The gate's OpenAPI document: valid, complete, and true for whatever a generator thinks of.

That every other test's calls follow it is seen to in control.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from accounts import FILE_PERMISSIONS, KEY_TYPES, KeyRing, Place, make_person
from bridge import Bridge
from description import Exchange, Undescribed
from gate import Gate

HERE = Path(__file__).resolve().parent

#: How many requests are made up for each operation; on top come the corners of every schema.
EXAMPLES = 80
SEED = "20261121"
#: Directories for the servers that are made up.
DIRECTORIES = [f"made-up-{number}" for number in range(60)]
#: Addresses and ranges, to be banned.
ADDRESSES = ["192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0"]
#: Changes that the test itself does not make, and of which a generator finds many.
MADE_UP_CHANGES = {
    "user:update", "user:ssh-key.create", "user:second-factor.create", "user:app-password.create",
    "server:update", "server:subuser.update", "revocation", "host:ban.add", "host:ban.lift",
}


def test_the_document_is_valid_openapi_3_1(gate: Gate) -> None:
    document = gate.control.call("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["info"]["version"] == gate.control.call("GET", "/healthz")["version"]
    assert len(document["paths"]) >= 24


def health(**changes: Any) -> bytes:
    return json.dumps({"status": "ok", "version": "1", "sessions": 0} | changes).encode()


@pytest.mark.parametrize(
    ("method", "target", "request_body", "status", "answer"),
    [
        ("GET", "/healthz", None, 200, health(surprise=1)),
        ("GET", "/healthz", None, 200, health(sessions="none")),
        ("GET", "/healthz", None, 200, b"well"),
        ("GET", "/healthz", None, 202, health()),
        ("GET", "/healthz?verbose=1", None, 200, health()),
        ("PUT", "/healthz", None, 200, health()),
        ("GET", "/surprise", None, 200, health()),
        ("POST", "/v1/revocations", b'{"every": true}', 200, b"{}"),
        ("DELETE", "/v1/users/ann", None, 404,
         b'{"error": {"status": 404, "code": "surprise", "message": "It is gone."}}'),
    ],
    ids=["member", "type", "no JSON", "status", "parameter", "method", "path", "field", "code"],
)
def test_an_exchange_that_the_document_does_not_have_fails_the_test_that_made_it(
    gate: Gate, method: str, target: str, request_body: bytes | None, status: int, answer: bytes
) -> None:
    description = gate.control.description
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    gone = b'{"error": {"status": 404, "code": "user_not_found", "message": "User not found."}}'
    description.check(Exchange("GET", "/healthz", headers=json_type, answer=health()))
    description.check(
        Exchange("DELETE", "/v1/users/ann", status=404, headers=json_type, answer=gone)
    )
    with pytest.raises(Undescribed):
        description.check(
            Exchange(method, target, {}, request_body, status, json_type, answer)
        )


def test_headers_and_lines_are_held_against_the_document_as_well(gate: Gate) -> None:
    description = gate.control.description
    ended = {"portcullis-revoked": "found=1, goodbye=1, kill=0, pending=0, milliseconds=12"}
    body = json.dumps({"user": str(uuid.uuid4())}).encode()
    target = "/api/deauthorize-user"
    done = Exchange("POST", target, request=body, status=204, headers=ended)
    lines = {"Content-Type": "application/jsonl"}
    line = b'{"kind":"snapshot","users":0,"keys":0,"servers":0,"subusers":0,"delegations":0}\n'
    export = Exchange("GET", "/v1/snapshot", headers=lines, answer=line)
    for good in done, export:
        description.check(good)
    for bad in (
        replace(done, headers={}),
        replace(done, headers={"Portcullis-Revoked": "all"}),
        replace(done, answer=b"{}"),
        replace(done, sent={"Portcullis-Acting-User": "ann"}),
        replace(export, headers={"Content-Type": "text/plain"}),
        replace(export, answer=line + b'{"kind":"surprise"}\n'),
    ):
        with pytest.raises(Undescribed):
            description.check(bad)


def test_a_field_that_is_null_counts_as_absent_for_gate_and_document(
    gate: Gate, place: Place
) -> None:
    # Each call here is held against the document.
    nobody = gate.control.post(
        "revocations", body={"user": None, "server": place.uuid, "all": False, "reason": None}
    )
    assert nobody["revocation"]["found"] == 0
    person = make_person(gate)
    change = {"username": None, "password": None, "passwordHash": None, "administrator": None}
    changed = gate.control.patch("users", person.name, body=change)["user"]
    assert changed["username"] == person.name and not changed["hasPassword"]


def toml(value: Any) -> str:
    """A value as TOML, which writes lists and texts as JSON does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


def drawn(**dictionaries: str) -> dict[str, Any]:
    """Fields that are mostly filled from a list of what is there."""
    return {
        name.replace("_", "."): {"dictionary": dictionary, "probability": 0.6}
        for name, dictionary in dictionaries.items()
    }


def populate(gate: Gate, ring: KeyRing) -> dict[str, Any]:
    """Something of everything, and how a generator finds it."""
    owners = [make_person(gate), make_person(gate)]
    places = [Place(gate, owner) for owner in owners]
    shared = [place.subuser(FILE_PERMISSIONS) for place in places for _ in range(3)]
    for number, place in enumerate(places):
        gate.control.post(
            "servers", place.uuid, "subusers",
            body={"user": f"invited{number}@example.org", "permissions": ["file.sftp"]},
        )
    gate.control.call(
        "PUT", f"/v1/users/{owners[0].name}/delegations/{shared[0].name}", {"permissions": ["*"]}
    )
    for name in DIRECTORIES:
        (gate.volumes / name).mkdir()
    people = owners + shared
    return {
        "owners": [owner.name for owner in owners],
        "users": [person.name for person in people] + [person.uuid for person in people],
        "uuids": [person.uuid for person in people],
        "emails": [f"{person.name}@example.org" for person in people],
        "servers": [place.uuid for place in places] + [place.short_id for place in places],
        "server-uuids": [place.uuid for place in places],
        "directories": DIRECTORIES,
        "addresses": ADDRESSES,
        "subjects": ADDRESSES + [person.name for person in people],
        "keys": [ring.public(kind) for kind in KEY_TYPES],
    }


def settings(known: dict[str, Any]) -> str:
    """What the generator has to know, and what no schema can tell it."""
    configuration = {
        "color": False,
        "warnings": False,
        "hooks": "made_up",
        "dictionaries": {name: {"values": values} for name, values in known.items()},
        "parameters": drawn(
            path_user="users", path_owner="users", path_server="servers",
            path_subject="subjects", body_address="addresses", query_user="users", query_server="servers", body_email="emails",
            body_owner="owners", body_directory="directories", body_publicKey="keys",
        ),
        "operations": [
            {
                "include-operation-id": ["addSubuser"],
                "parameters": drawn(body_user="users"),
            },
            {
                "include-operation-id": ["putUser"],
                "parameters": drawn(path_user="uuids"),
            },
            {
                "include-operation-id": ["deauthorize"],
                "parameters": drawn(body_user="uuids"),
            },
            {
                "include-operation-id": ["putServer"],
                "parameters": drawn(path_server="server-uuids"),
            },
            {
                # A directory has to be there, a key has to be one inside, a code has to be right, of
                # two parameters only one can be given, and not every text of digits and colons is
                # an address.
                "include-operation-id": [
                    "createServer", "changeServer", "putServer", "addKey", "putKey",
                    "listActivity", "setBan", "explainBan", "liftBan", "confirmSecondFactor",
                ],
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            {
                # Panels answer so where others answer 409.
                "include-operation-id": ["addPanelSubuser"],
                "checks": {"positive_data_acceptance": {"expected-statuses": [
                    "2xx", "400", "401", "404",
                ]}},
            },
        ],
    }
    tables = configuration.pop("operations")
    lines = [f"{json.dumps(name)} = {toml(value)}" for name, value in configuration.items()]
    for table in tables:
        lines += ["[[operations]]"] + [f"{json.dumps(k)} = {toml(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.timeout(400)
def test_made_up_requests_get_the_answers_that_the_document_has(
    make_gate: Callable[..., Gate], ring: KeyRing, tmp_path: Path
) -> None:
    gate = make_gate(subusers={"unknown_email": "invite"}).start()
    known = populate(gate, ring)
    (tmp_path / "settings.toml").write_text(settings(known))
    with Bridge(gate.socket) as bridge:
        address = f"http://127.0.0.1:{bridge.port}"
        finished = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli",
                "--config-file", str(tmp_path / "settings.toml"),
                "run", f"{address}/openapi.json", "--url", address,
                "--exclude-operation-id", "importSnapshot",
                # An answer that does not end; test_events.py holds it against the document.
                "--exclude-operation-id", "followEvents",
                "--seed", SEED, "--max-examples", str(EXAMPLES), "--continue-on-failure",
                "--generation-database", "none", "--output-sanitize", "false",
            ],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=380,
        )
    assert finished.returncode == 0, finished.stdout[-8000:] + finished.stderr[-2000:]
    paths = gate.control.description.document["paths"]
    operations = [name for path in paths.values() for name in path if name != "parameters"]
    # All but that of the document itself, the documents below, and the stream of events.
    assert f"{len(operations) - 3} selected" in finished.stdout, finished.stdout
    # Not everything was refused.
    done = {entry["event"] for entry in gate.control.get("activity", limit="1000")["activity"]}
    assert MADE_UP_CHANGES <= done, done

"""Mistakes of panels: what the control API refuses, and how it says so."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from accounts import Place, make_person
from clients import ClientFailure, Sftp
from gate import Gate

# Servers' directories


@pytest.mark.parametrize(
    "directory",
    ["missing", "../outside", "/etc", "link", "file", "", ".", "a/../../outside", "x" * 300],
)
def test_a_directory_that_cannot_be_a_servers_is_refused(directory: str, gate: Gate) -> None:
    place = Place(gate)
    (gate.directory / "outside").mkdir(exist_ok=True)
    link = gate.volumes / "link"
    if not link.is_symlink():
        link.symlink_to(place.files)
    (gate.volumes / "file").touch()
    refusal = gate.control.refusal(
        "POST", "servers",
        body={"name": "wrong", "owner": place.owner.name, "directory": directory},
    )
    assert refusal.status == 422 and refusal.message.endswith("."), refusal.body
    names = [server["name"] for server in gate.control.get("servers")["servers"]]
    assert "wrong" not in names


@pytest.mark.parametrize("loss", ["removed", "symlink out", "symlink beside"])
def test_a_directory_lost_later_shuts_the_server_and_nothing_else(
    loss: str, gate: Gate, place: Place, tmp_path: Path
) -> None:
    neighbour = Place(gate)
    (neighbour.files / "secret").write_text("secret")
    Sftp(place.endpoint(), tmp_path / "before").batch("pwd")
    place.files.rmdir()
    if loss == "symlink out":
        place.files.symlink_to("/etc")
    if loss == "symlink beside":
        place.files.symlink_to(neighbour.directory)
    with pytest.raises(ClientFailure, match="not available"):
        Sftp(place.endpoint(), tmp_path / "after").batch("ls /")
    Sftp(neighbour.endpoint(), tmp_path / "neighbour").batch("ls /secret")
    assert place.server["shortId"] in gate.log()
    place.files.unlink(missing_ok=True)


# Requests to the control API


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[]", b"null", b'"text"', b"{'single': 1}", b"\xff\xfe", b'{"username": 5}'],
)
def test_a_malformed_body_is_refused_as_json(body: bytes, gate: Gate) -> None:
    status, answer = gate.control.exchange("POST", "/v1/users", body)
    assert status in (400, 422)
    error = json.loads(answer)["error"]
    assert error["status"] == status and error["code"] and error["message"].endswith(".")


def test_an_unknown_key_in_a_body_is_named(gate: Gate) -> None:
    body = {"username": "somebody", "email": "somebody@example.org", "pasword": "x"}
    refusal = gate.control.refusal("POST", "users", body=body)
    assert refusal.status in (400, 422) and "pasword" in refusal.message
    assert gate.control.refusal("GET", "users", "somebody").status == 404


def test_a_body_without_end_is_refused(gate: Gate) -> None:
    try:
        status, _ = gate.control.exchange("POST", "/v1/users", b'{"x":"' + b"x" * (4 << 20))
        assert status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert gate.control.call("GET", "/healthz")["status"] == "ok"


@pytest.mark.parametrize("path", ["/v1/users", "/api/client/servers/00000000/users"])
@pytest.mark.parametrize(
    "broken",
    [b"Content-Length: 10\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
     b"Transfer-Encoding: chunked\r\n\r\nmany\r\n{}\r\n"],
    ids=["short", "without end", "uncounted"],
)
def test_a_body_that_does_not_arrive_whole_is_its_senders_mistake(
    path: str, broken: bytes, gate: Gate
) -> None:
    def exchange(rest: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(gate.socket))
            connection.sendall(b"POST %s HTTP/1.1\r\nHost: gate\r\n" % path.encode() + rest)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(1 << 16).split(b"\r\n")[0]

    before = gate.log().count(" error ")
    whole = exchange(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert whole.split()[1] in (b"422", b"404"), whole
    assert exchange(broken).split()[1] == b"400"
    assert gate.log().count(" error ") == before


@pytest.mark.parametrize(
    ("method", "segments", "status"),
    [
        ("GET", ("users", "nobody"), 404),
        ("DELETE", ("users", "nobody"), 404),
        ("GET", ("servers", "00000000"), 404),
        ("GET", ("nonsense",), 404),
        ("DELETE", ("sessions", "000000000000"), 404),
        ("PUT", ("users",), 405),
    ],
)
def test_what_does_not_exist_is_said_to_be_missing(
    method: str, segments: tuple[str, ...], status: int, gate: Gate
) -> None:
    refusal = gate.control.refusal(method, *segments)
    assert refusal.status in (status, 404) and refusal.body["error"]["status"] == refusal.status
    assert refusal.message.endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"username": "x" * 192},
        {"username": ""},
        {"username": "with space"},
        {"username": "line\nbreak"},
        {"email": "e" * 180 + "@example.org"},
        {"email": "nobody"},
        {"password": ""},
        {"password": "x" * 5000},
    ],
    ids=lambda change: next(iter(change)) + str(len(next(iter(change.values())))),
)
def test_a_user_who_cannot_be_is_refused(change: dict[str, str], gate: Gate) -> None:
    body = {"username": "acceptable", "email": "acceptable@example.org", "password": "secret123"}
    gate.control.post("users", body=body)
    gate.control.delete("users", "acceptable")
    refusal = gate.control.refusal("POST", "users", body=body | change)
    assert refusal.status == 422 and refusal.message.endswith("."), refusal.body
    assert gate.control.refusal("GET", "users", "acceptable").status == 404


def test_names_and_addresses_are_unique_without_regard_to_case(gate: Gate) -> None:
    person = make_person(gate, name="casey")
    for body in (
        {"username": "CASEY", "email": "other@example.org"},
        {"username": "other", "email": "Casey@Example.org"},
    ):
        assert gate.control.refusal("POST", "users", body=body).status in (409, 422)
    gate.control.delete("users", person.name)

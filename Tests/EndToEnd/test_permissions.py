"""What each permission of a subuser allows, and how its absence looks to a client."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients import Client, ClientFailure, Paramiko, Sftp
from operations import OPERATIONS, Operation

CASES = [
    pytest.param(operation, client, id=f"{operation.name}-{client.name}")
    for operation in OPERATIONS
    for client in operation.ways
]


def trace(folder: Path) -> dict[str, object]:
    """Everything about a tree that a client could have changed."""

    def look(path: Path) -> object:
        status = path.lstat()
        content = (
            hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
        )
        return (status.st_mode, status.st_size, status.st_mtime_ns, content)

    return {str(path.relative_to(folder)): look(path) for path in sorted(folder.rglob("*"))}


def prepared(place: Place, operation: Operation) -> Path:
    """An `/item` as the operation needs it, and nothing else but a bystander."""
    for name in ("item", "renamed", "other"):
        path = place.files / name
        if path.is_dir() and not path.is_symlink():
            for inside in path.iterdir():
                inside.unlink()
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    (place.files / "other").write_text("other")
    item = place.files / "item"
    operation.prepare(item)
    return item


def attempt(
    kind: type[Client], place: Place, person: Person, operation: Operation, home: Path
) -> object:
    client = kind(place.endpoint(person), home)
    try:
        return operation.ways[kind](client, home / "scratch")
    finally:
        client.close()


@pytest.mark.parametrize(("operation", "kind"), CASES)
def test_an_operation_works_and_is_denied_without_exactly_its_permission(
    operation: Operation, kind: type[Client], place: Place, tmp_path: Path
) -> None:
    able = place.subuser(FILE_PERMISSIONS)
    unable = place.subuser([one for one in FILE_PERMISSIONS if one != operation.needs])

    item = prepared(place, operation)
    answer = attempt(kind, place, able, operation, tmp_path / "able")
    assert operation.done(item)
    if operation.answer is not None:
        assert answer == operation.answer

    prepared(place, operation)
    before = trace(place.files)
    with pytest.raises(ClientFailure) as caught:
        attempt(kind, place, unable, operation, tmp_path / "unable")
    assert trace(place.files) == before
    expected = operation.openssh_says if kind is Sftp else f"{operation.needs} is required"
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if Paramiko in one.ways and one.name not in ("overwriting",)],
    ids=lambda one: one.name,
)
def test_an_operation_needs_no_permission_beyond_its_own(
    operation: Operation, place: Place, tmp_path: Path
) -> None:
    # paramiko's get and put look at the attributes as well, which is another request.
    further = {"download": ["file.read"], "upload of a new file": ["file.read"]}
    person = place.subuser(["file.sftp", operation.needs, *further.get(operation.name, [])])
    item = prepared(place, operation)
    attempt(Paramiko, place, person, operation, tmp_path)
    assert operation.done(item)


def test_a_denied_request_leaves_the_session_usable(place: Place, tmp_path: Path) -> None:
    (place.files / "kept").write_text("content")
    person = place.subuser(["file.sftp", "file.read", "file.read-content"])
    client = Paramiko(place.endpoint(person), tmp_path)
    for _ in range(50):
        with pytest.raises(ClientFailure, match="file.delete is required"):
            client.remove("/kept")
    assert client.list("/") == ["kept"]
    assert client.sftp.open("/kept").read() == b"content"
    client.close()


def test_reading_through_a_handle_opened_for_both_needs_its_own_permission(
    place: Place, tmp_path: Path
) -> None:
    (place.files / "item").write_text("secret")
    able = Paramiko(place.endpoint(place.subuser(FILE_PERMISSIONS)), tmp_path / "able")
    with able.sftp.open("/item", "r+") as handle:
        assert handle.read(6) == b"secret"
    able.close()
    writer = Paramiko(
        place.endpoint(place.subuser(["file.sftp", "file.update"])), tmp_path / "writer"
    )
    with (
        pytest.raises(OSError, match="file.read-content is required"),
        writer.sftp.open("/item", "r+") as handle,
    ):
        handle.read(6)
    with writer.sftp.open("/item", "w") as handle:
        handle.write(b"public")
    assert (place.files / "item").read_text() == "public"
    writer.close()


def test_without_file_sftp_nobody_signs_in_and_the_client_says_why(
    place: Place, tmp_path: Path
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    Sftp(place.endpoint(person), tmp_path / "able").batch("pwd")
    unable = place.subuser([one for one in FILE_PERMISSIONS if one != "file.sftp"])
    with pytest.raises(ClientFailure, match="file.sftp is required"):
        Sftp(place.endpoint(unable), tmp_path / "unable").batch("pwd")


def test_a_person_without_a_place_on_the_server_stays_outside(
    place: Place, tmp_path: Path
) -> None:
    other = Place(place.gate)
    Sftp(other.endpoint(), tmp_path / "own").batch("pwd")
    endpoint = place.endpoint(other.owner)
    with pytest.raises(ClientFailure):
        Sftp(endpoint, tmp_path / "other").batch("pwd")


def test_the_full_uuid_names_a_server_as_well_as_the_short_id(
    place: Place, tmp_path: Path
) -> None:
    (place.files / "here").touch()
    endpoint = place.endpoint()
    assert Sftp(endpoint, tmp_path / "short").list("/") == ["here"]
    full = replace(endpoint, user=f"{place.owner.name}.{place.uuid}")
    assert Sftp(full, tmp_path / "full").list("/") == ["here"]

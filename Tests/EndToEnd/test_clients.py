"""Everyday work with each client: sign in, list, move content both ways, tidy up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from accounts import KEY_TYPES, KeyRing, Place
from clients import ALL, Client, ClientFailure, Endpoint
from content import MEBIBYTE, digest, random_file
from reference import reference


class Target(Protocol):
    """A server's files and one account that may do everything with them."""

    files: Path

    def by_password(self) -> Endpoint: ...

    def by_key(self, kind: str) -> Endpoint: ...


class Owned:
    """The owner's view of a place in the gate."""

    def __init__(self, place: Place, ring: KeyRing):
        self.files = place.files
        self._place = place
        self._ring = ring

    def by_password(self) -> Endpoint:
        return self._place.endpoint()

    def by_key(self, kind: str) -> Endpoint:
        return self._place.endpoint(key=self._place.add_key(self._ring, kind))


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    other = reference(request.config, tmp_path)
    if other is not None:
        return other
    place = request.getfixturevalue("place")
    (place.files / "desk").mkdir()
    return Owned(place, request.getfixturevalue("ring"))


@pytest.fixture
def work(target: Target) -> Path:
    """The directory `/desk` of the server on disk, empty."""
    directory = target.files / "desk"
    for left in directory.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return directory


@pytest.fixture
def sign_in(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(kind: type[Client], endpoint: Endpoint) -> Client:
        client = kind(endpoint, tmp_path / f"home{len(made)}")
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def every(operation: str) -> list[type[Client]]:
    return [client for client in ALL if operation not in client.lacks]


def name(value: object) -> str:
    return value.name if isinstance(value, type) and issubclass(value, Client) else str(value)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_file(tmp_path_factory.mktemp("content") / "large", 100 * MEBIBYTE)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return random_file(tmp_path / "small", 100_003, seed=2)


@pytest.mark.parametrize("kind", ALL, ids=name)
def test_100_mebibytes_go_up_and_come_back_with_equal_hashes(
    kind: type[Client],
    target: Target,
    work: Path,
    sign_in: Callable[..., Client],
    large: Path,
    tmp_path: Path,
) -> None:
    client = sign_in(kind, target.by_password())
    client.put(large, "/desk/up")
    assert digest(work / "up") == digest(large)
    back = tmp_path / "back"
    client.get("/desk/up", back)
    assert digest(back) == digest(large)
    back.unlink()
    (work / "up").unlink()


@pytest.mark.parametrize("key", KEY_TYPES)
@pytest.mark.parametrize("kind", ALL, ids=name)
def test_a_key_of_each_type_signs_in(
    kind: type[Client],
    key: str,
    target: Target,
    work: Path,
    sign_in: Callable[..., Client],
    small: Path,
) -> None:
    client = sign_in(kind, target.by_key(key))
    if key in kind.unusable_keys:
        # The other way round: what the client would sign with must not get in.
        with pytest.raises(ClientFailure):
            client.put(small, "/desk/up")
        assert not (work / "up").exists()
        return
    client.put(small, "/desk/up")
    assert digest(work / "up") == digest(small)
    (work / "up").unlink()


@pytest.mark.parametrize("kind", ALL, ids=name)
def test_a_wrong_password_gets_nobody_in(
    kind: type[Client],
    target: Target,
    work: Path,
    sign_in: Callable[..., Client],
    small: Path,
) -> None:
    endpoint = target.by_password()
    sign_in(kind, endpoint).put(small, "/desk/up")
    (work / "up").unlink()
    with pytest.raises(ClientFailure):
        sign_in(kind, replace(endpoint, password="not this")).put(small, "/desk/up")
    assert not (work / "up").exists()


@pytest.mark.parametrize("kind", every("list"), ids=name)
def test_a_listing_names_every_file(
    kind: type[Client], target: Target, work: Path, sign_in: Callable[..., Client]
) -> None:
    names = ["plain", "with space", "ünïcode", "café.txt", "quote'd", ".hidden", "UPPER"]
    for one in names:
        (work / one).write_text(one)
    (work / "folder").mkdir()
    (work / "folder" / "inside").write_text("inside")
    client = sign_in(kind, target.by_password())
    listed = client.list("/desk")
    # lftp and psftp may leave hidden files out; the rest must be there, once each.
    shown = [one for one in listed if one != ".hidden"]
    assert sorted(shown) == sorted([*(one for one in names if one != ".hidden"), "folder"])
    assert client.list("/desk/folder") == ["inside"]
    for one in names:
        (work / one).unlink()
    (work / "folder" / "inside").unlink()
    (work / "folder").rmdir()


@pytest.mark.parametrize("kind", every("mkdir"), ids=name)
def test_directories_are_made_and_removed(
    kind: type[Client], target: Target, work: Path, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(kind, target.by_password())
    client.mkdir("/desk/new folder")
    assert (work / "new folder").is_dir()
    client.rmdir("/desk/new folder")
    assert not (work / "new folder").exists()


@pytest.mark.parametrize("kind", every("rename"), ids=name)
def test_a_file_is_renamed_and_deleted(
    kind: type[Client], target: Target, work: Path, sign_in: Callable[..., Client]
) -> None:
    (work / "before").write_text("content")
    client = sign_in(kind, target.by_password())
    client.rename("/desk/before", "/desk/after")
    assert not (work / "before").exists()
    assert (work / "after").read_text() == "content"
    client.remove("/desk/after")
    assert not (work / "after").exists()


@pytest.mark.parametrize("kind", every("resume_put"), ids=name)
def test_an_interrupted_upload_is_resumed(
    kind: type[Client],
    target: Target,
    work: Path,
    sign_in: Callable[..., Client],
    tmp_path: Path,
) -> None:
    whole = random_file(tmp_path / "whole", 8 * MEBIBYTE, seed=3)
    client = sign_in(kind, target.by_password())
    # Uploaded by the client itself, so that the file belongs to the account.
    partial = tmp_path / "partial"
    partial.write_bytes(whole.read_bytes()[: 3 * MEBIBYTE + 17])
    client.put(partial, "/desk/up")
    assert (work / "up").stat().st_size == 3 * MEBIBYTE + 17
    client.resume_put(whole, "/desk/up")
    assert digest(work / "up") == digest(whole)
    (work / "up").unlink()


@pytest.mark.parametrize("kind", ALL, ids=name)
def test_an_empty_file_and_an_overwrite_leave_exactly_what_was_sent(
    kind: type[Client],
    target: Target,
    work: Path,
    sign_in: Callable[..., Client],
    small: Path,
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    shorter = random_file(tmp_path / "shorter", 777, seed=4)
    client = sign_in(kind, target.by_password())
    client.put(empty, "/desk/empty")
    assert (work / "empty").stat().st_size == 0
    client.put(small, "/desk/up")
    client.put(shorter, "/desk/up")
    assert digest(work / "up") == digest(shorter)
    (work / "empty").unlink()
    (work / "up").unlink()

"""Saving with each client's own manners, by people who may not delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Place
from clients import ClientFailure, Endpoint
from saving import TARGET, WAYS, Refused, Way

#: What panels give people who edit; they may not delete.
EDITOR = [permission for permission in FILE_PERMISSIONS if permission != "file.delete"]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The new version, large enough to be uploaded aside by those who do so."""
    local = tmp_path / "new"
    local.write_bytes(b"new " * 40_000)
    return local


@pytest.fixture
def sign_in(place: Place, ring: KeyRing) -> Callable[[list[str]], Endpoint]:
    """Makes people with some permissions, who sign in with a key."""
    (place.files / TARGET[1:]).write_bytes(b"old")

    def make(permissions: list[str]) -> Endpoint:
        person = place.subuser(permissions)
        return place.endpoint(person, place.add_key(ring, "ed25519", person))

    return make


def saved(place: Place) -> bytes:
    return (place.files / TARGET[1:]).read_bytes()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_saving_takes_no_right_to_delete(
    way: Way, place: Place, sign_in: Callable[..., Endpoint], content: Path, tmp_path: Path
) -> None:
    way.save(sign_in(EDITOR), tmp_path / "home", content)
    assert saved(place) == content.read_bytes()
    assert [path.name for path in place.files.iterdir()] == [TARGET[1:]]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_without_the_right_to_change_a_file_nothing_is_saved_and_the_reason_is_told(
    way: Way, place: Place, sign_in: Callable[..., Endpoint], content: Path, tmp_path: Path
) -> None:
    rights = [right for right in EDITOR if right != "file.update"]
    with pytest.raises((ClientFailure, Refused)) as refused:
        way.save(sign_in(rights), tmp_path / "home", content)
    assert saved(place) == b"old"
    if way.shows_reason:
        assert way.needs in str(refused.value)


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.is_indirect], ids=lambda way: way.name
)
def test_without_the_right_to_make_files_an_upload_aside_is_refused_and_the_reason_is_told(
    way: Way, place: Place, sign_in: Callable[..., Endpoint], content: Path, tmp_path: Path
) -> None:
    rights = [right for right in EDITOR if right != "file.create"]
    with pytest.raises((ClientFailure, Refused)) as refused:
        way.save(sign_in(rights), tmp_path / "home", content)
    assert saved(place) == b"old"
    assert [path.name for path in place.files.iterdir()] == [TARGET[1:]]
    if way.shows_reason:
        assert "file.create" in str(refused.value)

"""The reference cases of panels about signing in that no other file has.

Their numbers are those of the panels' own tests. Elsewhere: a valid and a removed key (2, 3) in
test_clients.py and test_revocation.py; a server that is not here (7, 36) and guessing (5) in
test_sign_in.py; keys that nobody knows (6) in test_unregistered_keys.py; no file.sftp (8) in
test_permissions.py. A request without fields (1) does not exist in SSH.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Place, make_person
from clients import ClientFailure, Paramiko, Sftp
from clients.paramiko_library import connect
from waiting import eventually


def test_4_only_the_right_password_signs_in(place: Place) -> None:
    for password in ("", "wrong", place.owner.password + " ", place.owner.password.upper()):
        transport = connect(place.endpoint())
        with pytest.raises(Exception, match="Authentication failed"):
            transport.auth_password(place.endpoint().user, password, fallback=False)
        transport.close()
    transport = connect(place.endpoint())
    transport.auth_password(place.endpoint().user, place.owner.password, fallback=False)
    assert transport.is_authenticated()
    transport.close()


def test_4_an_account_without_a_password_does_not_take_the_empty_one(place: Place) -> None:
    place.gate.control.patch("users", place.owner.name, body={"password": None})
    transport = connect(place.endpoint())
    with pytest.raises(Exception, match="Authentication failed"):
        transport.auth_password(place.endpoint().user, "", fallback=False)
    transport.close()
    place.gate.control.patch("users", place.owner.name, body={"password": "another one"})
    transport = connect(place.endpoint())
    transport.auth_password(place.endpoint().user, "another one", fallback=False)
    assert transport.is_authenticated()
    transport.close()


@pytest.mark.parametrize("state", ["suspended", "installing", "restoring", "transferring"])
def test_9_a_server_that_is_not_normal_lets_nobody_in(
    state: str, place: Place, tmp_path: Path
) -> None:
    people = [place.owner, place.subuser(FILE_PERMISSIONS)]
    people.append(make_person(place.gate, administrator=True))
    for person in people:
        Sftp(place.endpoint(person), tmp_path / person.name).batch("pwd")
    place.gate.control.patch("servers", place.uuid, body={"state": state})
    for person in people:
        with pytest.raises(ClientFailure):
            Sftp(place.endpoint(person), tmp_path / person.name).batch("pwd")
    place.gate.control.patch("servers", place.uuid, body={"state": "normal"})
    for person in people:
        Sftp(place.endpoint(person), tmp_path / person.name).batch("pwd")


def test_10_a_subuser_has_exactly_their_list_and_an_administrator_everything(
    place: Place, tmp_path: Path
) -> None:
    control = place.gate.control
    foreign = Place(place.gate)
    person = place.subuser(["file.sftp", "file.read"])

    def rights(at: Place) -> list[str]:
        client = Paramiko(at.endpoint(person), tmp_path / at.short_id)
        try:
            client.list("/")
            return place.gate.session_of(person.name)["rights"]
        finally:
            client.close()
            eventually(lambda: not place.gate.sessions(), "the session has ended")

    def is_shut_out(at: Place) -> bool:
        with pytest.raises(ClientFailure):
            Sftp(at.endpoint(person), tmp_path / "out").batch("pwd")
        return True

    assert sorted(rights(place)) == ["file.read", "file.sftp"]
    assert is_shut_out(foreign)
    control.patch("users", person.name, body={"administrator": True})
    assert set(rights(place)) >= set(FILE_PERMISSIONS)
    assert set(rights(foreign)) >= set(FILE_PERMISSIONS)
    control.patch("users", person.name, body={"administrator": False})
    assert is_shut_out(foreign)
    assert sorted(rights(place)) == ["file.read", "file.sftp"]
    control.delete("servers", place.uuid, "subusers", person.name)
    assert is_shut_out(place)


def test_36_a_server_that_does_not_exist_is_refused_whoever_asks(
    place: Place, tmp_path: Path
) -> None:
    administrator = make_person(place.gate, administrator=True)
    endpoint = place.endpoint(administrator)
    Sftp(endpoint, tmp_path / "here").batch("pwd")
    for server in ("00000000", place.short_id.upper() + "x", "", place.uuid[:-1]):
        nowhere = replace(endpoint, user=f"{administrator.name}.{server}")
        with pytest.raises(ClientFailure):
            Sftp(nowhere, tmp_path / "nowhere").batch("pwd")

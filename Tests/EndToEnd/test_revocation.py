"""Taking access away while it is being used: nothing goes on once the answer has arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from accounts import FILE_PERMISSIONS, KeyRing, Person, Place, make_person
from changes import CHANGES, Change, Scene
from clients import ClientFailure, Paramiko, Sftp
from clients.paramiko_library import sign_in
from content import MEBIBYTE, random_file
from gate import Gate
from relay import Relay
from waiting import eventually

#: Slow enough that a transfer is under way whenever a test looks at it.
SLOW = 4000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return random_file(tmp_path / "source", 32 * MEBIBYTE)


@pytest.fixture
def bystander(gate: Gate, tmp_path: Path) -> Iterator[Paramiko]:
    """Somebody on another server, signed in before and after."""
    client = Paramiko(Place(gate).endpoint(), tmp_path / "bystander")
    client.list("/")
    yield client
    client.close()


@pytest.fixture
def play(
    place: Place, ring: KeyRing, source: Path, tmp_path: Path
) -> Iterator[Callable[..., Scene]]:
    scenes: list[Scene] = []

    def begin(person: Person, with_key: bool = False, download: bool = False) -> Scene:
        key = place.add_key(ring, "ed25519", person) if with_key else None
        endpoint = place.endpoint(person, key)
        client = Sftp(endpoint, tmp_path / "transfer")
        if download:
            (place.files / "down").write_bytes(source.read_bytes())
            transfer = client.start_get("/down", tmp_path / "got", SLOW)
            eventually(
                lambda: (tmp_path / "got").exists() and (tmp_path / "got").stat().st_size > 0,
                "the download has begun",
            )
        else:
            transfer = client.start_put(source, "/up", SLOW)
            up = place.files / "up"
            eventually(lambda: up.exists() and up.stat().st_size > 0, "the upload has begun")
        scene = Scene(place, person, endpoint, transfer, tmp_path / "again", ring)
        scenes.append(scene)
        return scene

    yield begin
    for scene in scenes:
        scene.transfer.kill()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_when_the_answer_arrives_the_session_is_gone(
    change: Change, place: Place, play: Callable[..., Scene], bystander: Paramiko
) -> None:
    people = {
        "subuser": lambda: place.subuser(FILE_PERMISSIONS),
        "owner": lambda: place.owner,
        "delegate": lambda: place.delegate(FILE_PERMISSIONS),
        "administrator": lambda: make_person(place.gate, administrator=True),
    }
    person = people[change.person]()
    scene = play(person, change.with_key)
    process = place.gate.process_of(person.name)

    answer = change.make(scene)
    assert process.is_reaped, "the session outlived the answer"
    size = (place.files / "up").stat().st_size

    revocation = answer["revocation"]
    assert revocation["found"] == 1
    assert revocation["endedByGoodbye"] + revocation["endedByKill"] == 1
    assert revocation["pending"] == []
    assert scene.transfer.wait() != 0
    assert (place.files / "up").stat().st_size == size
    assert bystander.list("/") == []
    assert change.after(scene)


def test_a_revocation_of_everything_ends_everybody(
    place: Place, play: Callable[..., Scene], bystander: Paramiko
) -> None:
    scene = play(place.subuser(FILE_PERMISSIONS))
    found = [one["pid"] for one in place.gate.sessions()]
    assert len(found) == 2
    answer = place.gate.control.post("revocations", body={"all": True})
    assert answer["revocation"]["found"] == 2
    assert place.gate.sessions() == []
    assert scene.transfer.wait() != 0
    with pytest.raises(ClientFailure):
        bystander.list("/")
    assert scene.sign_in()


@pytest.mark.parametrize("download", [True, False], ids=["downloading", "uploading"])
def test_a_client_is_told_why_it_is_sent_away(
    download: bool, place: Place, play: Callable[..., Scene]
) -> None:
    scene = play(place.subuser(FILE_PERMISSIONS), download=download)
    place.gate.control.post(
        "revocations", body={"user": scene.person.name, "reason": "Maintenance until nine"}
    )
    assert scene.transfer.wait() != 0
    assert "Maintenance until nine" in scene.transfer.output()


def test_a_download_ends_with_its_session(place: Place, play: Callable[..., Scene]) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    scene = play(person, download=True)
    process = place.gate.process_of(person.name)
    answer = place.permit(person, ["file.sftp", "file.read"])
    assert process.is_gone
    assert answer["revocation"]["found"] == 1
    assert scene.transfer.wait() != 0
    client = Paramiko(scene.endpoint, scene.home)
    with pytest.raises(ClientFailure, match="file.read-content is required"):
        client.get("/down", scene.home / "down")
    client.close()


def test_setting_the_same_permissions_again_disturbs_nobody(
    place: Place, play: Callable[..., Scene]
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    scene = play(person)
    answer = place.permit(person, list(reversed(FILE_PERMISSIONS)))
    assert answer["revocation"]["found"] == 0
    assert scene.transfer.is_running
    assert place.gate.session_of(person.name)["phase"] == "open"
    # The same call with a real change does end it.
    assert place.permit(person, ["file.sftp"])["revocation"]["found"] == 1


def test_a_client_that_neither_reads_nor_leaves_is_gone_all_the_same(
    place: Place, tmp_path: Path
) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    random_file(place.files / "down", 64 * MEBIBYTE)
    endpoint = place.endpoint(person)
    with Relay(endpoint.host, endpoint.port) as relay:
        client = Paramiko(endpoint.to_port(relay.port), tmp_path / "client")
        handle = client.sftp.open("/down")
        handle.prefetch()
        eventually(lambda: relay.down.passed > MEBIBYTE, "the download has begun")
        relay.down.paused.set()
        process = place.gate.process_of(person.name)
        answer = place.permit(person, ["file.sftp"])
        assert process.is_gone
        assert answer["revocation"]["found"] == 1
        assert answer["revocation"]["milliseconds"] < 2000
        client.close()


def test_a_key_that_two_people_share_is_taken_from_one_of_them_only(
    place: Place, ring: KeyRing, tmp_path: Path
) -> None:
    people = [place.subuser(FILE_PERMISSIONS) for _ in range(2)]
    clients = [
        Paramiko(
            place.endpoint(person, place.add_key(ring, "ed25519", person)), tmp_path / person.name
        )
        for person in people
    ]
    for client in clients:
        client.list("/")
    answer = place.gate.control.delete(
        "users", people[0].name, "keys", ring.fingerprint("ed25519")
    )
    assert answer["revocation"]["found"] == 1
    with pytest.raises(ClientFailure):
        clients[0].list("/")
    assert clients[1].list("/") == []
    # A revocation of the key itself means everybody who signed in with it.
    answer = place.gate.control.post(
        "revocations", body={"key": ring.fingerprint("ed25519")}
    )
    assert answer["revocation"]["found"] == 1
    with pytest.raises(ClientFailure):
        clients[1].list("/")


def test_no_sign_in_slips_through_while_access_is_taken_away(place: Place) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    endpoint = place.endpoint(person)
    is_over = threading.Event()
    successes: list[paramiko.Transport] = []

    def keep_signing_in() -> None:
        while not is_over.is_set():
            try:
                successes.append(sign_in(endpoint))
            except (paramiko.SSHException, EOFError, OSError):
                pass

    def has_session() -> bool:
        return any(one.get("username") == person.name for one in place.gate.sessions())

    threads = [threading.Thread(target=keep_signing_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(6):
            place.permit(person, FILE_PERMISSIONS)
            eventually(has_session, "somebody has signed in")
            place.permit(person, [])
            # Sign-ins that were under way at that moment must not turn into sessions later.
            for _ in range(20):
                assert not has_session()
    finally:
        is_over.set()
        for thread in threads:
            thread.join(30)
    assert len(successes) >= 6
    eventually(
        lambda: not any(one.is_active() for one in successes), "every client is disconnected"
    )


def test_the_activity_tells_of_the_revocation(place: Place, play: Callable[..., Scene]) -> None:
    person = place.subuser(FILE_PERMISSIONS)
    scene = play(person)
    place.permit(person, ["file.sftp"])
    assert scene.transfer.wait() != 0

    def events() -> list[str]:
        entries = place.gate.control.get("activity", server=place.uuid)["activity"]
        found = [entry["event"] for entry in entries]
        return found if any("subuser" in event for event in found) else []

    found = eventually(events, "the change and the session's end are recorded")
    assert any("subuser" in event and "update" in event for event in found), found

"""A host with many people: everything at once, and then one of them signs in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from accounts import KeyRing, Place, make_person
from clients import Sftp
from control import Control
from documents import changes, crowd, export, lines, put
from gate import Gate
from panel import Panel

PEOPLE = 10_000
#: Seconds; what is asked here takes thousandths of it.
PATIENCE = 15


def test_ten_thousand_people_are_imported_and_one_of_them_signs_in(
    make_gate: Callable[..., Gate], ring: KeyRing, tmp_path: Path
) -> None:
    gate = make_gate().start()
    place = Place(gate)
    guest = place.subuser(["file.sftp", "file.read"])
    key = place.add_key(ring, "ed25519", guest)
    objects = lines(export(gate)) + crowd(PEOPLE)

    done = put(gate, objects)
    assert changes(done) == {
        "users": (PEOPLE, 0, 0), "servers": (PEOPLE // 5, 0, 0), "subusers": (PEOPLE * 2, 0, 0),
    }
    assert changes(put(gate, objects)) == {}

    client = Sftp(place.endpoint(guest, key), tmp_path / "client")
    (place.files / "file").touch()
    assert client.list("/") == ["file"]


def test_endless_lists_of_permissions_keep_nobody_waiting(place: Place) -> None:
    """A subuser who may do nothing cannot keep the panel from what it has to do."""
    control = Control(place.gate.socket, timeout=PATIENCE)
    weak = Panel(control, place.subuser(["file.read"]))
    names = [f"nonsense.{number}" for number in range(50_000)]
    answers: list[str] = []

    def ask() -> None:
        body = {"email": "somebody@example.org", "permissions": names}
        answers.append(str(weak.post("client", "servers", place.uuid, "users", body=body)))

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    assert control.call("GET", "/healthz")["status"] == "ok"
    for thread in asking:
        thread.join()
    assert answers == ["403 AuthorizationException"] * 3
    # Those who may give permissions are told of every name that means nothing.
    guest = make_person(place.gate)
    added = control.post(
        "servers", place.uuid, "subusers", body={"user": guest.name, "permissions": names}
    )
    assert added["droppedPermissions"] == names

"""Two who ask for the same at once: neither is answered while what was taken away goes on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import FILE_PERMISSIONS, Person, Place
from clients import Paramiko
from control import Control

ROUNDS = 5

#: What two ask for; of a second removal there is nothing left to remove.
REQUESTS: dict[str, Callable[[Place, Person], tuple[str, str, dict | None]]] = {
    "permissions": lambda place, person: (
        "PATCH", f"/v1/servers/{place.uuid}/subusers/{person.uuid}",
        {"permissions": ["file.sftp"]},
    ),
    "state": lambda place, person: (
        "PATCH", f"/v1/servers/{place.uuid}", {"state": "suspended"}
    ),
    "disabled": lambda place, person: (
        "PATCH", f"/v1/users/{person.uuid}", {"disabled": True}
    ),
    "removal": lambda place, person: (
        "DELETE", f"/v1/servers/{place.uuid}/subusers/{person.uuid}", None
    ),
    "panel's removal": lambda place, person: (
        "DELETE", f"/api/client/servers/{place.uuid}/users/{person.uuid}", None
    ),
    "deletion": lambda place, person: ("DELETE", f"/v1/users/{person.uuid}", None),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_whoever_finds_it_done_finds_it_over(name: str, place: Place, tmp_path: Path) -> None:
    for number in range(ROUNDS):
        person = place.subuser(FILE_PERMISSIONS)
        client = Paramiko(place.endpoint(person), tmp_path / f"client{number}")
        client.list("/")
        process = place.gate.process_of(person.name)
        # It takes the whole grace to end, and so there is time for the second to be early.
        os.kill(process.id, signal.SIGSTOP)
        method, target, body = REQUESTS[name](place, person)
        start = threading.Barrier(2)
        late: list[int] = []

        def ask() -> None:
            control = Control(place.gate.socket)
            assert control.description
            start.wait()
            try:
                control.call(method, target, body)
            except AssertionError:
                pass
            if not process.is_reaped:
                late.append(process.id)

        asking = [threading.Thread(target=ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        client.close()
        assert late == [], "an answer came before the session was gone"
        if name == "state":
            place.gate.control.patch("servers", place.uuid, body={"state": "normal"})

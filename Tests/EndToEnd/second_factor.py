"""Second factors and app passwords, as people have them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyotp

from accounts import Person, Place
from gate import Gate


@dataclass
class Authenticator:
    """What is on somebody's telephone."""

    secret: str

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later or earlier."""
        return pyotp.TOTP(self.secret).at(time.time(), steps)


@dataclass
class Enrolment:
    authenticator: Authenticator
    recovery_codes: list[str]
    #: The sessions that its confirmation ended.
    ended: int


def enrol(gate: Gate, person: Person) -> Enrolment:
    """Gives somebody a second factor, and uses up the code of the step before this one."""
    made = gate.control.post("users", person.name, "second-factor", body={})
    authenticator = Authenticator(made["secret"])
    confirmed = gate.control.post(
        "users", person.name, "second-factor", "confirmation",
        body={"code": authenticator.code(-1)},
    )
    return Enrolment(authenticator, confirmed["recoveryCodes"], confirmed["sessionsEnded"])


def app_password(place: Place, name: str, server: str | None = None) -> tuple[str, str]:
    """A new app password of a place's owner and its id."""
    body = {"name": name} | ({"server": server} if server else {})
    made = place.gate.control.post("users", place.owner.name, "app-passwords", body=body)
    return made["password"], made["appPassword"]["uuid"]

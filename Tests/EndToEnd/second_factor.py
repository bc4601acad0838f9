"""Second factors and app passwords, as people have them."""

from __future__ import annotations

from dataclasses import dataclass

import authenticator
from accounts import Person, Place
from gate import Gate


@dataclass
class SecondFactor:
    """What somebody has who has set one up."""

    secret: str
    recovery_codes: list[str]
    #: How many sessions ended because they had not shown it.
    ended: int

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later or earlier."""
        return authenticator.code(self.secret, steps)


def enrol(gate: Gate, person: Person) -> SecondFactor:
    """Gives somebody a second factor, and uses up the code of the step before this one."""
    secret = gate.control.post("users", person.name, "second-factor", body={})["secret"]
    confirmed = gate.control.post(
        "users", person.name, "second-factor", "confirmation",
        body={"code": authenticator.code(secret, -1)},
    )
    return SecondFactor(secret, confirmed["recoveryCodes"], confirmed["revocation"]["found"])


def app_password(place: Place, name: str, server: str | None = None) -> tuple[str, str]:
    """A new app password of a place's owner and its id."""
    body = {"name": name} | ({"server": server} if server else {})
    made = place.gate.control.post("users", place.owner.name, "app-passwords", body=body)
    return made["password"], made["appPassword"]["uuid"]

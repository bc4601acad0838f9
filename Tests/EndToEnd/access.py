"""Whether somebody gets in, and what a connection of theirs still allows."""

from __future__ import annotations

from collections.abc import Callable

import paramiko

from accounts import Person, Place
from clients.paramiko_library import sign_in
from raw_sftp import CREATE, FOR_WRITING, HANDLE, OPEN, Attributes, RawSFTP

#: Signs somebody in at a place; the connection has no channel yet.
SignIn = Callable[[Place, Person], paramiko.Transport]


def is_refused(place: Place, person: Person) -> bool:
    """Whether the person cannot sign in there."""
    try:
        sign_in(place.endpoint(person)).close()
    except (paramiko.SSHException, EOFError, OSError):
        return True
    return False


def may_create(transport: paramiko.Transport, name: bytes) -> bool:
    """Whether a new channel lets a file be made; the connection has to work for that."""
    raw = RawSFTP(transport)
    reply = raw.request(OPEN, name, FOR_WRITING | CREATE, Attributes())
    return reply.kind == HANDLE


def is_cut(transport: paramiko.Transport) -> bool:
    """Whether neither the connection nor a new channel on it leads anywhere."""
    try:
        RawSFTP(transport)
    except (paramiko.SSHException, EOFError, OSError):
        return not transport.is_active()
    return False

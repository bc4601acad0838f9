"""A signature by a key that nobody registered tells nothing about who and what exists."""

from __future__ import annotations

from dataclasses import replace

import paramiko
import pytest

from accounts import KeyRing, Place
from clients.paramiko_library import connect


def outcome(transport: paramiko.Transport, user: str, key: paramiko.PKey) -> tuple[str, str, bool]:
    """What a client learns from one signed attempt: the answer, the banner, the connection."""
    with pytest.raises(paramiko.AuthenticationException) as caught:
        transport.auth_publickey(user, key)
    banner = transport.get_banner()
    return type(caught.value).__name__, (banner or b"").decode(), transport.is_active()


def test_a_foreign_key_learns_nothing_about_users_and_servers(place: Place, ring: KeyRing) -> None:
    endpoint = place.endpoint()
    foreign = paramiko.PKey.from_path(ring.key("ecdsa"))
    names = [
        f"{place.owner.name}.{place.short_id}",
        f"{place.owner.name}.00000000",
        f"nobody-at-all.{place.short_id}",
        "nobody-at-all.00000000",
    ]
    learned = set()
    for name in names:
        transport = connect(replace(endpoint, user=name))
        try:
            learned.add(outcome(transport, name, foreign))
        finally:
            transport.close()
    assert learned == {("AuthenticationException", "", True)}
    # The same key opens the door once it is registered.
    place.add_key(ring, "ecdsa")
    transport = connect(endpoint)
    try:
        transport.auth_publickey(endpoint.user, foreign)
        assert transport.is_authenticated()
    finally:
        transport.close()

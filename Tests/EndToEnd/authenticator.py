"""What is on somebody's telephone: codes of a secret, and pictures read from text."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pyotp
import zxingcpp

#: Points of a picture for each module; readers want a few.
SCALE = 4
#: Which of the two modules in a character are light.
BLOCKS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def code(secret: str, steps: int = 0) -> str:
    """The code of a secret in base32, so many steps from now, as somebody else's library makes it."""
    return pyotp.TOTP(secret).at(time.time(), steps)


def secret_in(uri: str) -> str:
    """The secret in what an authenticator reads from a picture."""
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp"), uri
    return parse_qs(parts.query)["secret"][0]


def read_picture(text: str) -> str | None:
    """What a QR code drawn with blocks says to somebody else's reader; None where it finds none."""
    lines = [line for line in text.splitlines() if line and set(line) <= set(BLOCKS)]
    rows = [
        b"".join(bytes([255 * BLOCKS[char][half]]) * SCALE for char in line)
        for line in lines
        for half in (0, 1)
    ]
    if not rows:
        return None
    assert len({len(row) for row in rows}) == 1
    picture = memoryview(b"".join(row for row in rows for _ in range(SCALE)))
    found = zxingcpp.read_barcodes(picture.cast("B", shape=[len(rows) * SCALE, len(rows[0])]))
    return found[0].text if len(found) == 1 else None

"""Random packets, the same ones every time: whatever comes, every one is answered once."""

from __future__ import annotations

import random
import struct
import subprocess
from collections.abc import Callable
from contextlib import closing

import pytest

from accounts import FILE_PERMISSIONS, Place
from clients.paramiko_library import sign_in
from raw_sftp import (
    BAD_MESSAGE, CREATE, EXTENDED, FOR_READING, FOR_WRITING, OK, OPEN, OPENDIR, SYMLINK, RawSFTP,
    text,
)
from test_permissions import trace

WORDS = [0, 1, 2, 3, 4, 8, 15, 26, 0o644, 4096, 0x8000_0000, 0xFFFF_FFFF]
PATHS = [b"", b"/", b"/file", b"folder", b"../x", b"/folder/new", b"new", b"n" * 256, b"\xff\n"]
#: Not those that copy or hash: files made of noise are sparse, and larger than any disk.
EXTENSIONS = [
    b"posix-rename@openssh.com", b"statvfs@openssh.com", b"fsync@openssh.com",
    b"limits@openssh.com", b"hardlink@openssh.com", b"lsetstat@openssh.com", b"x@y",
    b"fstatvfs@openssh.com", b"expand-path@openssh.com", b"home-directory",
    b"users-groups-by-id@openssh.com",
]


def noise(source: random.Random, handles: list[bytes]) -> Callable[[], tuple[int, bytes]]:
    """Makes packets that are nearly right, mostly."""

    def field() -> bytes:
        make: list[Callable[[], bytes]] = [
            lambda: text(source.choice(PATHS)), lambda: text(source.choice(handles)),
            lambda: struct.pack(">I", source.choice(WORDS)),
            lambda: struct.pack(">Q", source.choice(WORDS)),
            lambda: text(source.randbytes(source.randrange(40))),
            lambda: source.randbytes(source.randrange(9)),
        ]
        return source.choice(make)()

    def one() -> tuple[int, bytes]:
        kind = source.choice([*range(OPEN, SYMLINK + 1), EXTENDED, source.randrange(2, 256)])
        start = text(source.choice(EXTENSIONS)) if kind == EXTENDED else b""
        return kind, start + b"".join(field() for _ in range(source.randrange(6)))

    return one


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thousands_of_random_packets_get_one_reply_each(seed: int, place: Place) -> None:
    (place.files / "file").write_text("content")
    (place.files / "folder").mkdir()
    neighbour = place.gate.volumes / f"{place.directory}-neighbour"
    neighbour.mkdir()
    (neighbour / "file").write_text("kept")
    volumes, before = set(place.gate.volumes.iterdir()), trace(neighbour)
    with closing(sign_in(place.endpoint(place.subuser(FILE_PERMISSIONS)))) as transport:
        raw = RawSFTP(transport)
        # They are closed sooner or later, and remain handles to try.
        handles = [raw.open(b"/file", FOR_READING | FOR_WRITING | CREATE) for _ in range(3)]
        handles += [raw.handle(OPENDIR, b"/") for _ in range(3)]
        make = noise(random.Random(seed), handles)
        codes: dict[int, int] = {}
        for _ in range(40):
            # Noise makes the root unreadable now and then, and all that follows the same refusal.
            place.files.chmod(0o755)
            for reply in raw.pipeline(*[make() for _ in range(50)]):
                codes[reply.code] = codes.get(reply.code, 0) + 1
        place.files.chmod(0o755)
        assert raw.is_alive()
        # Noise that is only ever refused would prove little.
        assert codes[OK] > 20 and codes[-1] > 100 and codes[BAD_MESSAGE] > 100
        assert set(place.gate.volumes.iterdir()) == volumes and trace(neighbour) == before
    subprocess.run(["chmod", "-R", "u+rwX", place.files], check=True)

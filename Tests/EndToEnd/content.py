"""Files full of bytes that no compression or sparse copy can fake."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

MEBIBYTE = 1 << 20


def random_file(path: Path, size: int, seed: int = 1) -> Path:
    """Writes `size` reproducible random bytes."""
    source = random.Random(seed)
    with path.open("wb") as file:
        remaining = size
        while remaining > 0:
            chunk = min(remaining, MEBIBYTE)
            file.write(source.randbytes(chunk))
            remaining -= chunk
    return path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

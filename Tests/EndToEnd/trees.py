"""Whole trees of files: made from nothing, and compared down to the last entry."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from content import MEBIBYTE, digest

#: When the first file of a tree was changed, in seconds; each further one an hour later.
LONG_AGO = 1_000_000_000

#: Names that a program may take for something else than a name.
ODD_NAMES = (
    "plain.txt", "with blanks in it", " blank first", "ünïcode-日本語.txt", ".hidden",
    "it's", 'say "hello"', "back\\slash", "50% [off] {a,b}", "semi;colon & co",
    "#hash", "$HOME", "~", "-rf",
)
#: One more, which rclone writes with a visible sign in the place of the tab.
TABBED = "tab\there"


@dataclass(frozen=True)
class Entry:
    """What is at one path; what nobody promises to keep is None."""

    kind: str
    size: int | None = None
    digest: str | None = None
    target: str | None = None
    mode: int | None = None
    modified: int | None = None


Tree = dict[str, Entry]


def plant(root: Path, *, tabbed: bool = True, links: bool = False) -> Path:
    """Makes a tree with everything that clients stumble over."""
    names = [*ODD_NAMES, TABBED] if tabbed else ODD_NAMES
    deep = root / "one" / "two" / "three" / "four"
    folders = [deep, root / "empty", deep / "empty too", *(root / "odd" / one for one in names)]
    for folder in folders:
        folder.mkdir(parents=True)
    source = random.Random(7)
    sizes = {root / "nothing": 0, root / "large": 3 * MEBIBYTE // 2 + 17, deep / "leaf": 4096}
    sizes |= {root / "names" / one: 100 + len(one) for one in names}
    sizes |= {folder / "inside": 33 for folder in folders if folder.parent.name == "odd"}
    (root / "names").mkdir()
    for path, size in sizes.items():
        path.write_bytes(source.randbytes(size))
    if links:
        (root / "link to a file").symlink_to("names/plain.txt")
        (deep / "link to a folder").symlink_to("../../../../odd")
    age(root)
    return root


def age(root: Path) -> None:
    """Gives every file and directory a time of its own and a mode that is not everybody's."""
    # A directory's time changes with its content, so the deepest come first.
    for number, path in enumerate(reversed(list(below(root)))):
        if path.is_symlink():
            continue
        path.chmod(((0o755, 0o750) if path.is_dir() else (0o644, 0o640))[number % 2])
        when = LONG_AGO + 3600 * number
        os.utime(path, (when, when))


def below(root: Path) -> Iterator[Path]:
    """Every path beneath `root`, each directory before what it holds."""
    for path in sorted(root.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from below(path)


def tree(root: Path, keeps: Iterable[str] = ()) -> Tree:
    """Everything beneath `root`; of modes and times only those that `keeps` names."""
    return {str(path.relative_to(root)): entry(path, frozenset(keeps)) for path in below(root)}


def entry(path: Path, keeps: frozenset[str]) -> Entry:
    shown = path.lstat()
    if stat.S_ISLNK(shown.st_mode):
        return Entry("link", target=os.readlink(path))
    kind = "directory" if stat.S_ISDIR(shown.st_mode) else "file"
    kept = {
        "mode": stat.S_IMODE(shown.st_mode) if f"{kind} modes" in keeps else None,
        "modified": int(shown.st_mtime) if f"{kind} times" in keeps else None,
    }
    if kind == "directory":
        return Entry(kind, **kept)
    assert stat.S_ISREG(shown.st_mode), path
    return Entry(kind, shown.st_size, digest(path), **kept)

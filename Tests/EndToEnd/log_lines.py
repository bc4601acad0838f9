"""Reading the log as a program would."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(r' ([A-Za-z][A-Za-z0-9_.-]*)=("(?:[^"\\]|\\.)*"|[^" =]*)')
_HEAD = re.compile(r"(\S+) (trace|debug|info|notice|warning|error|critical)((?: [^\s=\"]+)+)")


@dataclass(frozen=True)
class Line:
    """One event: when, how grave, what, and its fields."""

    time: str
    level: str
    event: str
    fields: dict[str, str]


def parse(text: str) -> Line:
    """Reads `time level event key=value …`; fails where a line is anything else."""
    fields: dict[str, str] = {}
    start = _FIELD.search(text)
    end = start.start() if start else len(text)
    head = _HEAD.fullmatch(text[:end])
    assert head is not None, f"not a log line: {text!r}"
    while end < len(text):
        found = _FIELD.match(text, end)
        assert found is not None, f"not fields: {text[end:]!r} in {text!r}"
        key, value = found.groups()
        assert key not in fields, f"{key} twice in {text!r}"
        fields[key] = value[1:-1].replace('\\"', '"') if value.startswith('"') else value
        end = found.end()
    return Line(head.group(1), head.group(2), head.group(3).strip(), fields)

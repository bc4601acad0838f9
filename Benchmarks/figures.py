"""Figures of many measurements, as tables that a page of documentation can take as they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def percentile(values: Sequence[float], part: int) -> float:
    """The smallest value that is at least as large as this part of a hundred of them."""
    return sorted(values)[max(0, math.ceil(len(values) * part / 100) - 1)]


def spread(values: Sequence[float]) -> list[str]:
    """p50, p99 and the worst, or dashes where there is nothing."""
    if not values:
        return ["-"] * 3
    found = percentile(values, 50), percentile(values, 99), max(values)
    return [f"{value:.1f}" for value in found]


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose first column is text and whose others are figures."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(row: Sequence[str]) -> str:
        first, *others = zip(row, widths)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    return "\n".join(line(row) for row in [list(head), rule, *cells])

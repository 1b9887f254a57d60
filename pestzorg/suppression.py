"""Counts of people that may be published: nothing from one to four is shown, nor can it be worked out from the rest.

Knows no school and no case; a page, a paper and an API that publish the same counts take them from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

# The smallest group of which a count is told (docs/decisions/0027-what-worked.md).
LEAST = 5
Row = TypeVar("Row")


@dataclass(frozen=True)
class Line:
    """Cells that add up to a total; None is a count that is not told."""

    total: int | None
    cells: tuple[int | None, ...]


def publish(cells: Sequence[int]) -> Line:
    """The cells of one line, with what is small hidden, and what would give it away hidden beside it.

    Beside the small ones the smallest of the others hides too, with all that are as large: then a small one could as
    well be that one, also for a reader who knows this rule. Without any large one the whole line hides, zeros included.
    """
    total = sum(cells)
    small = {at for at, count in enumerate(cells) if 0 < count < LEAST}
    large = [count for count in cells if count >= LEAST]
    if not small:
        return Line(total, tuple(cells))
    if not large:
        return Line(total if total >= LEAST else None, (None,) * len(cells))
    beside = {at for at, count in enumerate(cells) if count == min(large)}
    hidden = small | beside
    return Line(total, tuple(None if at in hidden else count for at, count in enumerate(cells)))


def whole_fives(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, oldest first, without the newest ones that do not fill a group yet.

    So two looks at different days differ by nobody or by a whole group, never by the one who was added in between.
    """
    return rows[: len(rows) // LEAST * LEAST]

"""A small chart of a few values over time: where the dots stand. The drawing is templates/cases/_chart.html."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SHOWN = 8
# The highest value at the top, the lowest 50 pixels below; dots spread between these percents.
TOP, HEIGHT = 24, 50
LEFT, MIDDLE, RIGHT = 8, 50, 92


@dataclass(frozen=True)
class Point:
    """A value in the chart; `next_*` is where the line to the following one ends."""

    on: date
    value: int
    x: float
    y: int
    next_x: float | None
    next_y: int | None

    @property
    def label_y(self) -> int:
        """Where the number stands, above the dot."""
        return self.y - 12


def points(marks: Iterable[tuple[date, int]], lowest: int, highest: int) -> list[Point]:
    """The latest marks on the drawing, oldest first."""
    shown = list(marks)[-SHOWN:]
    gap = (RIGHT - LEFT) / max(1, len(shown) - 1)
    left = LEFT if len(shown) > 1 else MIDDLE
    per_value = HEIGHT / (highest - lowest)
    # Whole tenths, and a point in every language: a comma is no number in SVG.
    places = [
        (round(left + gap * n, 1), TOP + round((highest - value) * per_value))
        for n, (_on, value) in enumerate(shown)
    ]
    following = [*places[1:], (None, None)]
    return [
        Point(on, value, *here, *there)
        for (on, value), here, there in zip(shown, places, following, strict=True)
    ]

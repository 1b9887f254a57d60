"""What was measured before and after an approach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Around:
    """Two figures, and the day of the later one: in that order they may be told without telling of one."""

    known_on: date
    before: Fraction
    after: Fraction

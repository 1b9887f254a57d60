"""From answers to a level: score band, what a cyber form demands at least, and red flags. Reads no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cases.protocol import vocabulary

INDICATORS = tuple(term.key for term in vocabulary.terms("severity_indicators"))
LOWEST, SERIOUS, HIGHEST = 1, 3, 4
HOME_UNSAFE = "home_unsafe"


@dataclass(frozen=True)
class Judgement:
    """What follows from the answers, part by part, so that a page can show how it came about."""

    score: int
    band: int
    minimum: int
    has_red_flag: bool

    @property
    def level(self) -> int:
        """The proposal: the highest of the three."""
        return max(self.band, self.minimum, HIGHEST if self.has_red_flag else LOWEST)

    @property
    def floor(self) -> int:
        """Nobody goes below: a red flag, or a cyber form that is as grave as one."""
        is_acute = self.has_red_flag or self.minimum == HIGHEST
        return HIGHEST if is_acute else LOWEST

    @property
    def choices(self) -> range:
        """The levels to choose from: the proposal, and one down or up as far as the floor allows."""
        return range(max(self.floor, self.level - 1), min(HIGHEST, self.level + 1) + 1)


def judge(score: int, red_flags: Collection[str], cyber_subforms: Iterable[str]) -> Judgement:
    """Judge a whole set of answers; `score` is the sum of the eight indicators."""
    minima = [minimum_of(key) for key in cyber_subforms]
    return Judgement(score, band_of(score), max(minima, default=LOWEST), bool(red_flags))


def level_of(score: int, red_flags: Collection[str], cyber_subforms: Iterable[str]) -> int:
    """The level: the highest of score band, minimum of a cyber form, and 4 for any red flag."""
    return judge(score, red_flags, cyber_subforms).level


def band_of(score: int) -> int:
    """The level by the score alone."""
    return next(
        int(term.note["level"])
        for term in vocabulary.terms("severity_levels")
        if int(term.note["min_score"]) <= score <= int(term.note["max_score"])
    )


def minimum_of(cyber_subform: str) -> int:
    """The level that this cyber form alone leads to."""
    return int(vocabulary.term("cyber_subforms", cyber_subform).note["minimum_severity"])


def term_of(level: int) -> vocabulary.Term:
    """The level with its label and terms."""
    levels = vocabulary.terms("severity_levels")
    return next(term for term in levels if term.note["level"] == level)

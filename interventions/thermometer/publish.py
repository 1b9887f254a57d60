"""What of a run may be shown, and in which words. Every page, paper and comparison takes its figures from here.

A figure rests on at least eight pupils, a share or a spread on ten; what is too small is absent, not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.thermometer.compare import Change
from interventions.thermometer.questionnaire import Named, Version, questionnaire
from interventions.thermometer.scoring import ClassScores, Figure, Share, half_up

MEANS_FROM, SPREAD_FROM = 8, 10
LOW_RESPONSE = Fraction(7, 10)
# One or two children are not counted aloud: everybody would begin to guess.
NOT_COUNTED = range(1, 3)
TOTAL = "total"


@dataclass(frozen=True)
class Limits:
    """How many pupils a mean rests on, and a share or a spread. Never fewer than the floor."""

    means: int = MEANS_FROM
    spread: int = SPREAD_FROM

    def stricter(self, other: Limits) -> Limits:
        """The larger of both."""
        return Limits(max(self.means, other.means), max(self.spread, other.spread))


FLOOR = Limits()


@dataclass(frozen=True)
class Published:
    """The figures of a run that may be seen."""

    respondents: int
    class_size: int
    figures: dict[str, Figure]  # a subject or TOTAL -> its mean
    temperature: Figure | None
    prevalence: dict[str, Share]
    spread: dict[str, tuple[int, ...]]

    @property
    def response(self) -> Fraction:
        """Which part of the class answered."""
        return Fraction(self.respondents, self.class_size)

    @property
    def has_low_response(self) -> bool:
        """So few answered that the figures may be about another class than the whole one."""
        return self.response < LOW_RESPONSE


def publish(
    scores: ClassScores, version: Version, *, class_size: int, limits: Limits = FLOOR
) -> Published | None:
    """What may be shown; None when too few answered. A school may raise the limits, never lower them."""
    limits = limits.stricter(FLOOR)
    means, spreads = limits.means, max(limits.means, limits.spread)
    if scores.respondents < means:
        return None
    figures = {**scores.dimensions, **({TOTAL: scores.total} if scores.total else {})}
    sensitive = {item.code for item in version.items if item.sensitive}
    return Published(
        respondents=scores.respondents,
        class_size=class_size,
        figures={key: figure for key, figure in figures.items() if figure.n >= means},
        temperature=_if_enough(scores.temperature, means),
        prevalence={k: share for k, share in scores.prevalence.items() if share.n >= spreads},
        spread={
            code: counts
            for code, counts in scores.spread.items()
            if code not in sensitive and sum(counts) >= spreads
        },
    )


def changes(before: Published | None, after: Published | None) -> dict[str, Change]:
    """What can be compared: the figures that both runs may show."""
    if before is None or after is None:
        return {}
    return {
        key: Change(before.figures[key], figure)
        for key, figure in after.figures.items()
        if key in before.figures
    }


def band_of(mean: Fraction) -> Named:
    """How warm a class score is called, by its unrounded value."""
    return next(band for band in questionnaire().bands if mean >= band.at_least)


def share_text(share: Share) -> str:
    """A share in words: one and two stay together, none is none, more is a percentage."""
    return counted(share.count) or f"{half_up(Fraction(100 * share.count, share.n), 0)}%"


def counted(count: int) -> str:
    """A small number of pupils in words; empty when it is large enough for a figure."""
    if count == 0:
        return _("0 pupils")
    if count in NOT_COUNTED:
        return _("1 or 2 pupils")
    return ""


def count_text(count: int) -> str:
    """How many pupils gave an answer."""
    return counted(count) or ngettext("%(n)s pupil", "%(n)s pupils", count) % {"n": count}


def _if_enough(figure: Figure | None, least: int) -> Figure | None:
    return figure if figure is not None and figure.n >= least else None

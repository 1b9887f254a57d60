"""From the sheets of a class to its figures, unrounded. What of them may be shown is decided in `publish`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import sqrt

from interventions.thermometer.questionnaire import JUNIOR, Item, Version, questionnaire
from interventions.thermometer.sheets import Sheet

# How much of the questions somebody has to answer to count: two of the three of a subject, five of the six subjects.
ITEMS_NEEDED, DIMENSIONS_NEEDED = 2, 5
# The youngest have no subjects; they need as large a part of their nine questions.
JUNIOR_ITEMS_NEEDED = 6
# "Two or three times": the cut-off after Olweus for being bullied.
PREVALENT_FROM = 3


@dataclass(frozen=True)
class Figure:
    """The mean over the pupils with a valid score, exact; the spread with n - 1, None for fewer than two."""

    n: int
    mean: Fraction
    sd: float | None


@dataclass(frozen=True)
class Share:
    """How many of those who answered gave an answer that counts."""

    count: int
    n: int


@dataclass(frozen=True)
class ClassScores:
    """Every figure of one run. Not to be shown: see `publish`."""

    respondents: int
    dimensions: dict[str, Figure]
    total: Figure | None
    temperature: Figure | None
    prevalence: dict[str, Share]
    spread: dict[str, tuple[int, ...]]


def class_scores(sheets: Sequence[Sheet], version: Version) -> ClassScores:
    """All figures of the sheets of one run, whatever their order. The youngest have only a total."""
    is_junior = version.key == JUNIOR
    by_dimension = {} if is_junior else _dimensions(sheets, version)
    totals = [junior_total(s, version) if is_junior else total(s, version) for s in sheets]
    degrees = [None if s.temperature is None else Fraction(s.temperature) for s in sheets]
    return ClassScores(
        respondents=len(sheets),
        dimensions=by_dimension,
        total=_figure(totals),
        temperature=_figure(degrees),
        prevalence={} if is_junior else _prevalence(sheets, version),
        spread={} if is_junior else _spread(sheets, version),
    )


def dimension_score(sheet: Sheet, version: Version, dimension: str) -> Fraction | None:
    """A pupil's mean on a subject; None when fewer than two of its questions were answered."""
    scores = _scores(
        sheet, [item for item in version.items if item.dimension == dimension], version
    )
    return _mean(scores) if len(scores) >= ITEMS_NEEDED else None


def total(sheet: Sheet, version: Version) -> Fraction | None:
    """A pupil's mean over the subjects; None when fewer than five of them count."""
    keys = [dimension.key for dimension in questionnaire().dimensions]
    found = [dimension_score(sheet, version, key) for key in keys]
    scores = [score for score in found if score is not None]
    return _mean(scores) if len(scores) >= DIMENSIONS_NEEDED else None


def junior_total(sheet: Sheet, version: Version) -> Fraction | None:
    """The mean over a young pupil's questions; None when fewer than six of the nine were answered."""
    scores = _scores(sheet, version.items, version)
    return _mean(scores) if len(scores) >= JUNIOR_ITEMS_NEEDED else None


def half_up(value: Fraction | float, decimals: int) -> Decimal:
    """A figure as it is shown: rounded once, half up, and never as minus zero."""
    exact = Fraction(value)
    step = Decimal(1).scaleb(-decimals)
    # Decimal cannot hold a third; cut after enough digits that no half comes or goes.
    near = Decimal(exact.numerator) / Decimal(exact.denominator)
    return near.quantize(step, ROUND_HALF_UP) + Decimal(0)


def _dimensions(sheets: Sequence[Sheet], version: Version) -> dict[str, Figure]:
    keys = [dimension.key for dimension in questionnaire().dimensions]
    found = {key: _figure(dimension_score(s, version, key) for s in sheets) for key in keys}
    return {key: figure for key, figure in found.items() if figure is not None}


def _prevalence(sheets: Sequence[Sheet], version: Version) -> dict[str, Share]:
    found = {}
    for place, item in enumerate(version.items):
        if item.prevalence:
            marks = [sheet.marks[place] for sheet in sheets if sheet.marks[place]]
            count = sum(mark >= PREVALENT_FROM for mark in marks)
            found[item.prevalence] = Share(count, len(marks))
    return found


def _spread(sheets: Sequence[Sheet], version: Version) -> dict[str, tuple[int, ...]]:
    return {
        item.code: tuple(
            sum(sheet.marks[place] == mark for sheet in sheets)
            for mark in range(1, len(item.answers) + 1)
        )
        for place, item in enumerate(version.items)
    }


def _scores(sheet: Sheet, wanted: Sequence[Item], version: Version) -> list[Fraction]:
    pairs = zip(version.items, sheet.marks, strict=True)
    return [item.score(mark) for item, mark in pairs if mark and item in wanted]


def _figure(values: Iterable[Fraction | None]) -> Figure | None:
    scores = [value for value in values if value is not None]
    if not scores:
        return None
    mean = _mean(scores)
    return Figure(len(scores), mean, _sd(scores, mean))


def _mean(scores: Sequence[Fraction]) -> Fraction:
    return sum(scores, Fraction()) / len(scores)


def _sd(scores: Sequence[Fraction], mean: Fraction) -> float | None:
    if len(scores) < 2:
        return None
    return sqrt(sum((score - mean) ** 2 for score in scores) / (len(scores) - 1))

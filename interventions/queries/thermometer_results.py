"""What a run shows: its figures beside those of the run before, as far as they may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Generic, TypeVar

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.models import Run
from interventions.queries.thermometer_limits import limits_of
from interventions.queries.thermometer_series import are_same_pupils
from interventions.thermometer.box import lines_in
from interventions.thermometer.compare import Change
from interventions.thermometer.publish import (
    FLOOR,
    TOTAL,
    Limits,
    Published,
    band_of,
    changes,
    count_text,
    publish,
    share_text,
)
from interventions.thermometer.questionnaire import Item, Named, questionnaire, version
from interventions.thermometer.scoring import Figure, class_scores, half_up
from interventions.thermometer.sheets import sheet_of

WHOLE_CLASS = _("the class as a whole")
PREVALENCE = {
    "victimised": _("bullied two or three times or more, in four weeks"),
    "cyber_victimised": _("bullied online two or three times or more, in four weeks"),
}


T = TypeVar("T")


@dataclass(frozen=True)
class Pair(Generic[T]):
    """The same of two runs; None where it may not be seen."""

    before: T | None
    now: T | None

    @property
    def known(self) -> list[T]:
        """What may be seen of them, the one before first."""
        return [one for one in (self.before, self.now) if one is not None]


@dataclass(frozen=True)
class Prevalence:
    """How many are bullied in one way, in words without a number where few are."""

    key: str
    name: str | Promise
    texts: Pair[str]


def shown_of(run: Run, limits: Limits = FLOOR) -> Published | None:
    """The figures of a run that may be seen; None while it is not closed, and when too few answered."""
    return shown_under(limits_of(run).stricter(limits), run)


def shown_under(limits: Limits, run: Run) -> Published | None:
    """The same under these limits alone. For a page the limits of today count: `shown_of`."""
    if not run.is_closed:
        return None
    asked = version(run.version)
    sheets = [sheet_of(line, asked) for line in lines_in(run.box.answers)]
    return publish(
        class_scores(sheets, asked),
        asked,
        class_size=run.class_size or len(sheets),
        limits=limits,
    )


def _degrees(run: Published | None) -> Fraction | None:
    return run.temperature.mean if run and run.temperature else None


def _share(run: Published | None, key: str) -> str | None:
    return share_text(run.prevalence[key]) if run and key in run.prevalence else None


def answered(run: Run) -> int:
    """How many are done, for the counter on the board."""
    return len(lines_in(run.box.answers))


@dataclass(frozen=True)
class Row:
    """One subject, or the class as a whole, with the words and places that a page needs."""

    key: str
    name: str | Promise
    figure: Figure
    change: Change | None

    @property
    def before(self) -> Figure | None:
        """The run before, when it can be compared."""
        return self.change.before if self.change else None

    @property
    def band(self) -> Named:
        """How warm that is called."""
        return band_of(self.figure.mean)

    @property
    def at(self) -> int:
        """Its place on a line from 0 to 100."""
        return int(half_up(self.figure.mean, 0))

    @property
    def was_at(self) -> int | None:
        """The place of the run before."""
        return int(half_up(self.before.mean, 0)) if self.before else None

    @property
    def text(self) -> str:
        """The figure with one decimal."""
        return decimal(self.figure.mean)

    @property
    def before_text(self) -> str:
        """That of the run before."""
        return decimal(self.before.mean) if self.before else ""

    @property
    def before_band(self) -> Named | None:
        """How warm the run before was called."""
        return band_of(self.before.mean) if self.before else None

    @property
    def sd(self) -> str:
        """How far the pupils lie apart."""
        return decimal(self.figure.sd or 0)

    @property
    def before_sd(self) -> str:
        """The same of the run before."""
        return decimal(self.before.sd or 0) if self.before else ""

    @property
    def difference(self) -> str:
        """Points up or down, with a sign."""
        return signed(self.change.difference, 1) if self.change else ""

    @property
    def g(self) -> str:
        """The effect, for who asks for details."""
        return signed(self.change.g, 2) if self.change and self.change.g is not None else ""


@dataclass(frozen=True)
class Spread:
    """How many gave which answer to one question."""

    item: Item
    counts: tuple[int, ...]

    @property
    def answers(self) -> list[tuple[object, str]]:
        """Each answer with how many gave it, one and two not told apart."""
        return [
            (label, count_text(count))
            for label, count in zip(self.item.answers, self.counts, strict=True)
        ]


@dataclass
class Results:
    """A closed run beside the one before it, or beside another one of the same class."""

    run: Run
    against: Run | None = None

    @property
    def earlier(self) -> Run | None:
        """The run before, when it is closed."""
        previous = self.against or self.run.previous
        return previous if previous and previous.is_closed else None

    @cached_property
    def why_alone(self) -> str | Promise:
        """Why the run before is not shown beside this one; empty when it is, and when there is none."""
        if self.earlier is None:
            return ""
        if self.earlier.version != self.run.version:
            return _("The run before asked other questions, so they are not compared.")
        if not are_same_pupils(self.earlier, self.run):
            return _("More than one in five pupils is another one, so the runs are not compared.")
        if self._before is None:
            return _("In the run before too few pupils answered to compare with.")
        return ""

    @cached_property
    def _before(self) -> Published | None:
        return shown_of(self.earlier, limits_of(self.run)) if self.earlier else None

    @property
    def before(self) -> Published | None:
        """The figures of the run before, when the two can be compared."""
        return None if self.why_alone else self._before

    @property
    def minimum(self) -> int:
        """How many answers a figure needs."""
        return limits_of(self.run).means

    @cached_property
    def shown(self) -> Published | None:
        """The figures of this run; None when too few answered."""
        return shown_of(self.run)

    @cached_property
    def rows(self) -> list[Row]:
        """Every subject that may be seen, and the class as a whole at the end."""
        if self.shown is None:
            return []
        # Compared is by the higher of the two minimums.
        strict = shown_of(self.run, limits_of(self.earlier) if self.earlier else FLOOR)
        found = changes(self.before, strict)
        names = {d.key: str(d.name) for d in questionnaire().dimensions}
        names[TOTAL] = str(WHOLE_CLASS)
        figures = self.shown.figures
        return [Row(k, n, figures[k], found.get(k)) for k, n in names.items() if k in figures]

    @property
    def subjects(self) -> list[Row]:
        """The subjects alone."""
        return [row for row in self.rows if row.key != TOTAL]

    @property
    def total(self) -> Row | None:
        """The class as a whole."""
        return next((row for row in self.rows if row.key == TOTAL), None)

    @property
    def temperature(self) -> Pair[Fraction]:
        """How warm the class felt, from 0 to 10."""
        return Pair(_degrees(self.before), _degrees(self.shown))

    @property
    def temperatures(self) -> list[str]:
        """The same in words, as far as it may be seen."""
        return [decimal(degrees) for degrees in self.temperature.known]

    @property
    def prevalence(self) -> list[Prevalence]:
        """Who is bullied, of what may be seen of either run."""
        found = (
            Prevalence(key, name, Pair(_share(self.before, key), _share(self.shown, key)))
            for key, name in PREVALENCE.items()
        )
        return [one for one in found if one.texts.known]

    @property
    def spreads(self) -> list[Spread]:
        """How many gave which answer, of the questions of which that is shown."""
        if self.shown is None:
            return []
        counts = self.shown.spread
        return [
            Spread(i, counts[i.code]) for i in version(self.run.version).items if i.code in counts
        ]

    @property
    def has_low_response(self) -> bool:
        """In this run or in the one beside it."""
        return any(run.has_low_response for run in (self.before, self.shown) if run)


def decimal(value: Fraction | float, places: int = 1) -> str:
    """A figure in the reader's language."""
    return number_format(half_up(value, places), places)


def signed(value: Fraction | float, places: int) -> str:
    """A figure with its sign, a real minus."""
    rounded = half_up(value, places)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return sign + number_format(abs(rounded), places)

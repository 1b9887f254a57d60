"""What a board sees of the thermometer: the mean of a whole school over a school year that is over.

Three classes at least, all of the year at once, and never again after something was taken away: whoever could put two
tables beside each other would read from the difference what one class said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.utils.functional import Promise

from interventions.access.thermometer import boards_of
from interventions.models import Run
from interventions.queries.thermometer_limits import kept_by, limits_of
from interventions.queries.thermometer_results import WHOLE_CLASS, shown_under
from interventions.thermometer.publish import TOTAL, Limits, Published, band_of
from interventions.thermometer.questionnaire import FULL, Named, questionnaire
from interventions.thermometer.scoring import half_up
from schools.models import School, SchoolYear, User

LEAST_CLASSES = 3
YEARS_SHOWN = 3


@dataclass(frozen=True)
class BoardRow:
    """One subject of a whole school, in whole points: the decimals would say more than a board needs."""

    key: str
    name: str | Promise
    mean: Fraction
    change: None = None

    @property
    def at(self) -> int:
        """Its place on a line from 0 to 100."""
        return int(half_up(self.mean, 0))

    @property
    def band(self) -> Named:
        """How warm that is called."""
        return band_of(self.mean)


@dataclass(frozen=True)
class YearFigures:
    """A school in one school year."""

    year: SchoolYear
    classes: int
    rows: Sequence[BoardRow]


@dataclass(frozen=True)
class BoardSchool:
    """A school with the years of which something may be shown."""

    school: School
    years: Sequence[YearFigures]


def schools_of_board(user: User, now: datetime) -> list[BoardSchool]:
    """Every school of the boards of this reader, by name."""
    schools = School.objects.filter(board__in=boards_of(user, now)).order_by("name")
    return [BoardSchool(school, years_of(school, now)) for school in schools]


def years_of(school: School, now: datetime) -> list[YearFigures]:
    """The latest years that are over and may be shown."""
    today = now.astimezone(school.zone).date()
    over = school.years.filter(ends_on__lt=today).order_by("-starts_on")[:YEARS_SHOWN]
    return [found for year in over if (found := figures_of(school, year, today))]


def figures_of(school: School, year: SchoolYear, today: date) -> YearFigures | None:
    """The means over the classes of that year; None while it runs, for fewer than three, and once one fell away."""
    if today <= year.ends_on:
        # A class that joins tomorrow would be the difference between two tables.
        return None
    runs = _last_runs(school, year)
    at_closing = [found for run in runs if (found := _whole(run, kept_by(run)))]
    still = [found for run in runs if (found := _whole(run, limits_of(run)))]
    if len(still) < LEAST_CLASSES or len(still) != len(at_closing):
        return None
    return YearFigures(year, len(still), [_row(key, name, still) for key, name in _names()])


def _last_runs(school: School, year: SchoolYear) -> list[Run]:
    """The last run of each class that was closed within the year: what is closed later changes nothing any more."""
    found = Run.objects.filter(
        school=school,
        school_class__school_year=year,
        version=FULL,
        state=Run.State.CLOSED,
        closed_on__lte=year.ends_on,
    )
    ordered = found.select_related("school", "box").order_by("opened_on", "pk")
    return list({run.school_class_id: run for run in ordered}.values())


def _whole(run: Run, limits: Limits) -> Published | None:
    """What a class says, when all of it may be shown: then every subject rests on the same classes."""
    found = shown_under(limits, run)
    keys = {key for key, _name in _names()}
    return found if found and keys <= set(found.figures) else None


def _names() -> list[tuple[str, str | Promise]]:
    subjects = [(subject.key, str(subject.name)) for subject in questionnaire().dimensions]
    return [*subjects, (TOTAL, WHOLE_CLASS)]


def _row(key: str, name: str | Promise, classes: Sequence[Published]) -> BoardRow:
    # Each class counts the same, so that no number of pupils is told.
    means = [found.figures[key].mean for found in classes]
    return BoardRow(key, name, sum(means, Fraction()) / len(means))

"""Which runs of a class belong together, and when the next one may be."""

from __future__ import annotations

from datetime import date

from cases.queries.school_days import in_school_weeks
from interventions.models import Run
from schools.queries.calendars import calendar_for
from schools.queries.classes import pupils_of

# The questions are about four weeks: asked again sooner, two answers would be about the same days.
WEEKS_BETWEEN = 4
SAME_PUPILS = 0.8


def repeat_from(run: Run) -> date:
    """The first day on which the class may be asked again."""
    opened_on = run.opened_on or run.planned_on
    return in_school_weeks(calendar_for(run.school), opened_on, WEEKS_BETWEEN)


def are_same_pupils(before: Run, after: Run) -> bool:
    """Whether at least four out of five pupils of either run were there in the other one."""
    return are_mostly_the_same(_pupils(before), _pupils(after))


def are_mostly_the_same(first: set[int], second: set[int]) -> bool:
    """Whether two classes are one class to compare with itself."""
    together = len(first & second)
    return bool(first and second) and together >= SAME_PUPILS * max(len(first), len(second))


def _pupils(run: Run) -> set[int]:
    day = run.opened_on or run.planned_on
    return set(pupils_of(run.school_class, day).values_list("pk", flat=True))

"""The classes that somebody may look at, each with its latest run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interventions.access.classes import classes_of_this_year
from interventions.models import Run
from interventions.queries.thermometer_results import Results, Row
from schools.models import SchoolClass, User


@dataclass(frozen=True)
class ClassRow:
    """One class."""

    school_class: SchoolClass
    latest: Run | None
    may_run: bool


def class_rows(user: User, now: datetime) -> list[ClassRow]:
    """The classes of this school year, by school and name; earlier ones are reached from their cases."""
    seen = classes_of_this_year(user, "R05", now)
    run_by = set(classes_of_this_year(user, "R58", now).values_list("pk", flat=True))
    latest = {
        run.school_class_id: run
        for run in Run.objects.filter(school_class__in=seen).order_by("planned_on", "pk")
    }
    return [
        ClassRow(found, latest.get(found.pk), found.pk in run_by)
        for found in seen.order_by("school__name", "name")
    ]


@dataclass(frozen=True)
class SeriesRow:
    """One run of a class, with its total where that may be seen."""

    run: Run
    total: Row | None


def series_of(run: Run) -> list[SeriesRow]:
    """Every run of the same class, oldest first."""
    found = Run.objects.filter(school_class=run.school_class_id).select_related("previous")
    ordered = found.order_by("planned_on", "pk")
    return [row_of(one) for one in ordered]


def row_of(run: Run) -> SeriesRow:
    """One run as a line."""
    return SeriesRow(run, Results(run).total if run.is_closed else None)

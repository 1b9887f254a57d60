"""The classes that somebody may look at, each with its latest run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from interventions.access.classes import classes_of_this_year
from interventions.models import ClassRule, Run
from interventions.queries.thermometer_results import Results, Row
from schools.models import SchoolClass, User


@dataclass(frozen=True)
class ClassRow:
    """One class."""

    school_class: SchoolClass
    latest: Run | None
    may_run: bool
    may_see_runs: bool
    rules: int


def class_rows(user: User, now: datetime) -> list[ClassRow]:
    """The classes of this school year, by school and name; earlier ones are reached from their cases.

    Whoever runs an approach in a class reads its rules, and does not see what came out of its thermometer.
    """
    seen = set(classes_of_this_year(user, "R05", now).values_list("pk", flat=True))
    run_by = set(classes_of_this_year(user, "R58", now).values_list("pk", flat=True))
    latest = {
        run.school_class_id: run
        for run in Run.objects.filter(school_class__in=seen).order_by("planned_on", "pk")
    }
    in_force = Count("rules", filter=Q(rules__status=ClassRule.Status.ACTIVE))
    every = classes_of_this_year(user, "R59", now).annotate(in_force=in_force)
    return [
        ClassRow(found, latest.get(found.pk), found.pk in run_by, found.pk in seen, found.in_force)
        for found in every.order_by("school__name", "name")
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

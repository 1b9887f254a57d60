"""The card on the page of a case: how warm the pupil's class was around it. About the class, never about the pupil."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.access import Who
from cases.models import Case
from cases.queries.extra_cards import Card
from interventions.access.classes import classes_for_rule
from interventions.models import Run
from interventions.queries.thermometer_list import SeriesRow, row_of
from schools.models import SchoolClass, User


def class_card(who: Who, case: Case) -> Card | None:
    """The last run before the case and those since, for who may see that class (R05); else nothing."""
    user = who.user
    if not isinstance(user, User) or who.token is not None or case.school_class_id is None:
        return None
    seen = classes_for_rule(user, "R05", who.now).filter(pk=case.school_class_id)
    rows = _around(case, seen)
    return Card("thermometer/_case_card.html", rows) if rows else None


def _around(case: Case, seen: QuerySet[SchoolClass]) -> list[SeriesRow]:
    began = case.opened_at.astimezone(case.school.zone).date()
    found = Run.objects.filter(school_class__in=seen)
    runs = list(found.select_related("school", "previous").order_by("planned_on", "pk"))
    before = [run for run in runs if run.is_closed and run.opened_on and run.opened_on <= began]
    since = [run for run in runs if run not in before]
    return [row_of(run) for run in [*before[-1:], *since]]

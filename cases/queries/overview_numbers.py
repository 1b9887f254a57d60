"""The numbers beside the overview of a school: how many cases are where, and who handles most of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models.case import OPEN_STATUSES, CaseStatus
from schools.models import School, User

MOST_HANDLERS = 8


@dataclass(frozen=True)
class Stage:
    """How many open cases have one status; `share` is the percentage of the largest stage."""

    label: str
    count: int
    share: int


def stages_of(who: Who, school: School) -> list[Stage]:
    """How many open cases the reader knows of have each status."""
    found = visible_to(who).filter(school=school, is_open=True).order_by()
    counts = dict(found.values_list("status").annotate(count=Count("pk")))
    most = max(counts.values(), default=0)
    return [
        Stage(str(CaseStatus(status).label), counts[status], round(100 * counts[status] / most))
        for status in OPEN_STATUSES
        if status in counts
    ]


def busy_in(who: Who, school: School) -> list[tuple[User, int]]:
    """Handlers with most open cases, among the cases whose content the reader sees."""
    cases = visible_to(who, Level.VIEW).filter(school=school, is_open=True, handler__isnull=False)
    rows = (
        cases.order_by()
        .values_list("handler")
        .annotate(count=Count("pk"))
        .order_by("-count", "handler")
    )
    counts = dict(rows[:MOST_HANDLERS])
    people = User.objects.in_bulk(counts)
    return [(people[pk], count) for pk, count in counts.items()]

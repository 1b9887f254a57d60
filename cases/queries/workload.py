"""How much open work each colleague has, in numbers only, of the cases whose content the reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.access import (
    Who,
    agreements_visible_to,
    conversations_visible_to,
    talks_visible_to,
)
from cases.models import Agreement, FollowUpTalk
from cases.queries.open_work import TO_LEAD
from cases.queries.worklist import local_day
from schools.models import School, User
from schools.queries.people import staff_of


@dataclass(frozen=True)
class Load:
    """The numbers of one colleague: `late` agreements and talks, `talks` of this week, all that are `planned`."""

    person: User
    agreements: int
    late: int
    talks: int
    conversations: int
    planned: int

    @property
    def total(self) -> int:
        """What is open at all, for the order of the page."""
        return self.agreements + self.planned + self.conversations


def workload(who: Who, school: School) -> list[Load]:
    """One row per colleague who works with pupils or has open work, the busiest first. Six queries."""
    day = local_day(school, who.now)
    open_case = {"case__school": school, "case__is_open": True}
    agreements = agreements_visible_to(who).filter(status__in=Agreement.LIVING, **open_case)
    talks = talks_visible_to(who).filter(status=FollowUpTalk.Status.PLANNED, **open_case)
    conversations = conversations_visible_to(who).filter(status__in=TO_LEAD, **open_case)
    # Who does it; a pupil's or a parent's agreement is work for whoever follows up.
    doer = Coalesce("owner_staff", "responsible_staff")
    first, last = _week_of(day, school)
    late = Counter(_per(agreements.filter(standing=False, deadline__lt=day), doer))
    late.update(_per(talks.filter(planned_at__lt=_midnight(day, school)), F("conductor")))
    numbers = {
        "agreements": _per(agreements, doer),
        "talks": _per(talks.filter(planned_at__gte=first, planned_at__lt=last), F("conductor")),
        "planned": _per(talks, F("conductor")),
        "conversations": _per(conversations, F("lead")),
        "late": late,
    }
    loads = [
        Load(person, **{name: found.get(person.pk, 0) for name, found in numbers.items()})
        for person in _people(school, who.now, numbers.values())
    ]
    return sorted(loads, key=lambda load: (-load.late, -load.total, load.person.full_name))


def _per(rows: QuerySet[Any], person: Any) -> dict[int, int]:
    found = rows.order_by().annotate(does=person).values_list("does")
    return dict(found.annotate(number=Count("pk")))


def _people(school: School, now: datetime, found: Iterable[dict[int, int]]) -> QuerySet[User]:
    busy = {pk for numbers in found for pk in numbers}
    # Also somebody who works here no longer: their work waits for somebody.
    return User.objects.filter(Q(pk__in=staff_of(school, now).values("pk")) | Q(pk__in=busy))


def _week_of(day: date, school: School) -> tuple[datetime, datetime]:
    monday = day - timedelta(days=day.weekday())
    return _midnight(monday, school), _midnight(monday + timedelta(weeks=1), school)


def _midnight(day: date, school: School) -> datetime:
    return datetime.combine(day, time.min, school.zone)

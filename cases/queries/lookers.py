"""Who looked at a case: one line per person and day, from the audit log. What they read is not kept anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from cases import events
from cases.models import BreakGlass, Case
from pestzorg.audit.models import AuditEvent
from schools.models import User
from schools.roles import title_of

Day = dict[str, Any]


@dataclass(frozen=True)
class Looker:
    """One person on one day: in which roles, opened by what, and how often they saw how much."""

    day: date
    person: User | None  # None when the account is gone
    roles: tuple[str, ...]
    ways: tuple[str, ...]
    opened: int
    header: int
    listed: int
    reasons: tuple[str, ...]  # of emergency access
    by_program: bool


def days_of(case: Case) -> Any:
    """A row per person and day, the newest day first; for a pager."""
    of_each = _looks(case).values("day", "actor_id")
    return of_each.annotate(last=Max("at")).order_by("-day", "-last", "actor_id")


def lookers(case: Case, days: Sequence[Day]) -> list[Looker]:
    """The lines of these days. Two queries."""
    if not days:
        return []
    dates, actors = {day["day"] for day in days}, {day["actor_id"] for day in days}
    details = _looks(case).filter(day__range=(min(dates), max(dates)), actor_id__in=actors)
    facts = ("day", "actor_id", "verb", "role", "through", "purpose", "token_id")
    rows = list(details.values(*facts).annotate(count=Count("pk")).order_by("role", "through"))
    people = User.objects.in_bulk(actors)
    return [
        _line(case, day, people.get(day["actor_id"]), [row for row in rows if _is_of(row, day)])
        for day in days
    ]


def denied_count(case: Case) -> int:
    """How often somebody asked for this case without the right. Who it was is for the security officer."""
    return AuditEvent.objects.filter(case_uuid=case.uuid, verb=events.CASE_DENIED).count()


def way_name(through: str) -> str:
    """What opened the case, as people say it."""
    names = {
        "role": _("through this role at school"),
        "grant": _("was given access"),
        "glass": _("emergency access"),
    }
    return names.get(through, "")


def _looks(case: Case) -> Any:
    found = AuditEvent.objects.filter(case_uuid=case.uuid, verb__in=events.LOOKS)
    return found.annotate(day=TruncDate("at", tzinfo=case.school.zone))


def _is_of(row: Day, day: Day) -> bool:
    return (row["day"], row["actor_id"]) == (day["day"], day["actor_id"])


def _line(case: Case, day: Day, person: User | None, rows: list[Day]) -> Looker:
    def times(verb: str) -> int:
        return sum(row["count"] for row in rows if row["verb"] == verb)

    return Looker(
        day=day["day"],
        person=person,
        roles=_each_once(title_of(row["role"], case.school.country) for row in rows if row["role"]),
        ways=_each_once(way_name(row["through"]) for row in rows),
        opened=times(events.CASE_READ),
        header=times(events.HEADER_READ),
        listed=times(events.CASE_LISTED),
        reasons=_each_once(_reason(row["purpose"]) for row in rows),
        by_program=any(row["token_id"] for row in rows),
    )


def _reason(key: str) -> str:
    return str(BreakGlass.Reason(key).label) if key in BreakGlass.Reason.values else ""


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))

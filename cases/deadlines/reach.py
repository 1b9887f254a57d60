"""What every source of this app asks: who of these people may still see the case, and from when a mail may leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from cases.access import can_see_content
from cases.models import Case
from pestzorg.outbox.bounces import dead_among
from pestzorg.reminders.models import STAYED_UNDONE
from pestzorg.reminders.sources import Wanted, looked_up
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import School, User
from schools.queries.calendars import calendar_for
from schools.queries.people import staff_of
from schools.roles import Role


def is_urgent(case: Case) -> bool:
    """In the most serious cases a reminder waits for no hour and no school day."""
    return case.is_critical


def coordinators_of(case: Case, now: datetime) -> QuerySet[User]:
    """The coordinators of the school; which of them may see the case, `mail_about` asks."""
    return staff_of(case.school, now, (Role.COORDINATOR,))


def people_for(kind: str, people: Iterable[User | None], case: Case, now: datetime) -> list[User]:
    """Whose it is; once it stayed undone the handler and the coordinators too."""
    watching = [case.handler, *coordinators_of(case, now)] if kind in STAYED_UNDONE else []
    return [person for person in (*people, *watching) if person]


def mail_about(
    case: Case,
    people: Iterable[User],
    stand_ins: Iterable[User | None],
    path: str,
    now: datetime,
    *,
    at_once: bool = False,
) -> Wanted:
    """The answer of a source: these people, or whoever stands in for them, and a page behind login."""
    urgent = at_once or is_urgent(case)
    found = reachable(case, people, stand_ins, now, urgent=urgent)
    return Wanted(
        recipients=tuple(sorted({person.pk for person in found})),
        reference=case.reference,
        path=path,
        send_from=next_send_moment(case.school, now, any_time=urgent),
        urgent=urgent,
        school=case.school.name,
    )


def school_days_before(calendar: SchoolCalendar, day: date, count: int) -> date:
    """The day to be told in advance, also where the calendar begins later."""
    try:
        return calendar.school_days_before(day, count)
    except CalendarEnds:
        # The first days of the first school year we know: no reason to refuse what is agreed then.
        return day - timedelta(days=count)


def next_send_moment(school: School, now: datetime, *, any_time: bool = False) -> datetime:
    """From when a mail may leave; at once where nobody opened the school year."""
    try:
        calendar = looked_up(("calendar", school.pk), lambda: calendar_for(school))
        return calendar.next_send_moment(now, any_time=any_time)
    except CalendarEnds:
        # A school year that nobody opened yet must not swallow a reminder: better early than never.
        return now


def reachable(
    case: Case,
    people: Iterable[User],
    stand_ins: Iterable[User | None],
    now: datetime,
    *,
    urgent: bool = False,
) -> list[User]:
    """Who of them may still see the case; else the first stand-in who may; else the coordinators.

    What is urgent passes over whom mail does not reach, unless it reaches none of all these.
    """
    groups: list[Iterable[User]] = [people, *([person] for person in stand_ins if person)]
    deaf: list[User] = []
    for group in [*groups, coordinators_of(case, now)]:
        found = [person for person in group if _sees(person, case, now)]
        if found and not (urgent and _are_deaf(found)):
            return found
        deaf = deaf or found
    return deaf


def _are_deaf(people: list[User]) -> bool:
    return len(dead_among({person.pk: person.email for person in people})) == len(people)


def _sees(person: User, case: Case, now: datetime) -> bool:
    """The mail itself asks again before it leaves."""
    key = ("sees", person.pk, case.pk)
    return looked_up(key, lambda: can_see_content(person, case, now))

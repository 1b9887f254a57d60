"""Lists of a whole school: what is open before a holiday, and what is handed over to the next school year.

Planned per school and not per case: who has to look is asked when the day has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.deadlines.reach import next_send_moment, reachable
from cases.models import Agreement, Case
from cases.models.case import CaseStatus
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted, looked_up
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import School, SchoolYear, User
from schools.queries.calendars import calendar_for
from schools.queries.people import staff_of
from schools.roles import Role

SCHOOL_LISTS = "school_lists"
HANDOVER_BEFORE = timedelta(weeks=3)
INTAKE_CHECK_WEEK = 2
PATHS: dict[str, str] = {
    Kind.PRE_HOLIDAY_LIST: "/before-holiday/",
    Kind.HANDOVER_LIST: "/handover/",
}

Years = Iterable[tuple[date, date]]


def plan_school_lists(school: School, *, now: datetime) -> None:
    """Store the moments of the lists to come; replaces what was planned, since a school adds days off."""
    calendar = calendar_for(school)
    years = SchoolYear.objects.filter(school=school).values_list("starts_on", "ends_on")
    today = calendar.local_date(now)
    moments = [m for m in list_moments(calendar, years) if m.due_on >= today]
    plan.plan(SCHOOL_LISTS, school.uuid, moments)


def list_moments(calendar: SchoolCalendar, years: Years) -> Iterator[Moment]:
    """Every list of the known school years, about the last day on which it helps."""
    for last_day, _first in calendar.long_breaks():
        try:
            day = calendar.school_days_before(last_day, 1)
        except CalendarEnds:
            day = last_day
        yield _list(calendar, Kind.PRE_HOLIDAY_LIST, last_day, day)
    for starts_on, ends_on in years:
        last_day = calendar.previous_school_day(ends_on)
        day = calendar.previous_school_day(last_day - HANDOVER_BEFORE)
        yield _list(calendar, Kind.HANDOVER_LIST, last_day, day)
        yield from _intake_check(calendar, starts_on)


def _intake_check(calendar: SchoolCalendar, starts_on: date) -> Iterator[Moment]:
    first = calendar.next_school_day(starts_on)
    try:
        before = first - timedelta(days=first.weekday()) - timedelta(weeks=1)
        day = calendar.add_school_weeks(before, INTAKE_CHECK_WEEK)
    except CalendarEnds:
        return
    yield _list(calendar, Kind.HANDOVER_LIST, day, day)


def _list(calendar: SchoolCalendar, kind: Kind, due_on: date, day: date) -> Moment:
    return Moment(kind, due_on, calendar.send_moment(day))


class SchoolListSource:
    """Reminds of a list while it helps and something is on it."""

    name = SCHOOL_LISTS

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Who has something on this list; None when nobody has, or the day is over."""
        school = looked_up(("school", source_uuid), lambda: School.objects.get(uuid=source_uuid))
        if due_on < now.astimezone(school.zone).date():
            return None
        people = _people_of(school, kind, now)
        if not people:
            return None
        return Wanted(
            recipients=tuple(sorted({person.pk for person in people})),
            reference="",  # a list is about no case alone
            path=PATHS[kind],
            send_from=next_send_moment(school, now),
            urgent=False,
            school=school.name,
        )


def _people_of(school: School, kind: str, now: datetime) -> list[User]:
    cases = Case.objects.filter(school=school, is_open=True).select_related("school", "handler")
    if kind == Kind.PRE_HOLIDAY_LIST:
        is_open = Agreement.objects.filter(status__in=Agreement.LIVING)
        return _handlers(cases.filter(pk__in=is_open.values("case")), now)
    running = cases.exclude(status=CaseStatus.REPORTED)
    coordinators = staff_of(school, now, (Role.COORDINATOR,))
    able = (person for person in coordinators if _sees_one_of(running, person, now))
    return [*_handlers(running, now), *able]


def _sees_one_of(cases: QuerySet[Case], person: User, now: datetime) -> bool:
    readable = visible_to(Who(person, now), Level.VIEW)
    return cases.filter(pk__in=readable.values("pk")).exists()


def _handlers(cases: Iterable[Case], now: datetime) -> list[User]:
    """Who handles them, and of a case that nobody does, or may see, the coordinators who may."""
    return [person for case in cases for person in reachable(case, [], [case.handler], now)]

"""On which mornings an agreement is reminded of, from its day alone. Whom that concerns: agreements.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cases.deadlines.reach import is_urgent, school_days_before
from cases.models import Case
from cases.queries.school_days import in_school_days
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from schools.calendar import SchoolCalendar

DAY = timedelta(days=1)
UPCOMING_BEFORE, OVERDUE_AFTER = 2, 1
# Something grave waits for nobody: its coordinator hears of it together with its owner.
ESCALATION_AFTER, SERIOUS_ESCALATION_AFTER = 3, 1


def when_it_stays_open(case: Case, day: date, calendar: SchoolCalendar) -> Moment:
    """What was planned for `day` and then forgotten comes to handler and coordinators, as an agreement does."""
    fires_at = _escalation(day, calendar, serious=case.is_serious)
    return Moment(Kind.STAYED_OPEN, day, fires_at, is_urgent(case))


def ladder(
    due_on: date, calendar: SchoolCalendar, *, serious: bool
) -> Iterator[tuple[Kind, datetime]]:
    """Before a deadline, on it, and twice after it, each at 7:30 of a school day."""
    yield Kind.UPCOMING, calendar.send_moment(school_days_before(calendar, due_on, UPCOMING_BEFORE))
    # The same day, unless an all-days deadline falls in a weekend: then the last school day before it.
    yield Kind.DUE_TODAY, calendar.send_moment(calendar.previous_school_day(due_on))
    yield Kind.OVERDUE, calendar.send_moment(calendar.add_school_days(due_on, OVERDUE_AFTER))
    yield Kind.ESCALATION, _escalation(due_on, calendar, serious=serious)


def ladder_of_all_days(due_on: date, calendar: SchoolCalendar) -> Iterator[tuple[Kind, datetime]]:
    """The same for what is most serious and does not stop in weekends and holidays: on plain days."""
    yield Kind.UPCOMING, calendar.send_moment(due_on - UPCOMING_BEFORE * DAY)
    yield Kind.DUE_TODAY, calendar.send_moment(due_on)
    yield Kind.OVERDUE, calendar.send_moment(due_on + OVERDUE_AFTER * DAY)
    yield Kind.ESCALATION, calendar.send_moment(due_on + SERIOUS_ESCALATION_AFTER * DAY)


def looking_back(
    review_on: date, calendar: SchoolCalendar, *, serious: bool
) -> Iterator[tuple[Kind, datetime]]:
    """A standing agreement is looked back on; it is never late, only forgotten."""
    yield Kind.REVIEW_DUE, calendar.send_moment(calendar.next_school_day(review_on))
    yield Kind.STAYED_OPEN, _escalation(review_on, calendar, serious=serious)


def _escalation(day: date, calendar: SchoolCalendar, *, serious: bool) -> datetime:
    after = SERIOUS_ESCALATION_AFTER if serious else ESCALATION_AFTER
    return calendar.send_moment(in_school_days(calendar, day, after))

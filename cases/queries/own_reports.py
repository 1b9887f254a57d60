"""What a reporter gets to know: who reads the report and by when they hear something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from cases.models import Report
from schools.calendar import CalendarEnds
from schools.models import School, User
from schools.queries.calendars import calendar_for
from schools.queries.people import staff_of
from schools.roles import Role, title_of

SOON = (Report.Urgency.TODAY, Report.Urgency.NOW)
END_OF_DAY = time(17)


@dataclass(frozen=True)
class Promise:
    """Who reads a report, and the day on which the reporter hears what happens; None when nobody can tell."""

    receiver: User | None
    receiver_title: str
    answer_on: date | None
    is_today: bool


def promise_of(school: School, urgency: str, at: datetime, reporter: User) -> Promise:
    """The promise that belongs to a report of this moment."""
    coordinators = staff_of(school, at, (Role.COORDINATOR,)).exclude(pk=reporter.pk)
    day = _answer_on(school, urgency, at)
    return Promise(
        receiver=coordinators.first(),
        receiver_title=title_of(Role.COORDINATOR, school.country),
        answer_on=day,
        is_today=day == at.astimezone(school.zone).date(),
    )


def _answer_on(school: School, urgency: str, at: datetime) -> date | None:
    local = at.astimezone(school.zone)
    waits_a_day = urgency not in SOON or local.time() >= END_OF_DAY
    try:
        return calendar_for(school).add_school_days(local.date(), int(waits_a_day))
    except CalendarEnds:
        return None

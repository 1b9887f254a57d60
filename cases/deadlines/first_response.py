"""New reports: half-way to the first response and on its last day, until somebody handles the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from cases.deadlines.reach import coordinators_of, mail_about
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.queries.first_talk import first_talk_of_report
from cases.queries.managers import managers_of
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.queries.calendars import calendar_for

# Two names, since one thing is reminded of once per kind and day, and half-way may be the last day as well.
HALF_WAY, LIMIT = "report_half_way", "report_limit"
# A third for what turned out to be more serious: what was told about the same day before must not stand in its way.
HASTENED = "report_hastened"

Urgency = Report.Urgency
# "Not safe right now" waits for no morning: at once, and again while the pupil is still at school.
ONCE_MORE_AFTER = timedelta(hours=1)


def plan_first_response(report: Report, *, now: datetime, first: str = HALF_WAY) -> None:
    """Remind until somebody takes the report up: at two moments, both about the same last day."""
    case, is_urgent = report.case, report.urgency == Urgency.NOW
    calendar = calendar_for(case.school)
    due_on = first_talk_of_report(report, calendar)
    moments = _moments(calendar, due_on, is_urgent=is_urgent, now=now)
    for name, fires_at in zip((first, LIMIT), moments, strict=True):
        moment = Moment(Kind.FIRST_RESPONSE, due_on, fires_at, is_urgent)
        plan.plan(name, case.uuid, [moment])


def hasten_first_response(report: Report, *, now: datetime) -> None:
    """It is more urgent than it was reported: remind anew, whatever the coordinators were told before."""
    plan.plan(HALF_WAY, report.case.uuid, [])
    plan_first_response(report, now=now, first=HASTENED)


def cancel_first_response(case: Case, now: datetime) -> None:
    """Somebody handles it from now on."""
    for name in (HALF_WAY, LIMIT, HASTENED):
        plan.cancel(name, case.uuid, now)


def _moments(
    calendar: SchoolCalendar, due_on: date, *, is_urgent: bool, now: datetime
) -> Iterator[datetime]:
    last_morning = now + ONCE_MORE_AFTER if is_urgent else calendar.send_moment(due_on)
    yield now if is_urgent else _half_way(calendar, now, last_morning)
    yield last_morning


def _half_way(calendar: SchoolCalendar, now: datetime, last_morning: datetime) -> datetime:
    try:
        return calendar.half_way(now, last_morning)
    except CalendarEnds:
        return last_morning


class FirstResponseSource:
    """Reminds the coordinators of a report that nobody took up."""

    def __init__(self, name: str) -> None:
        self.name = name

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """The coordinators, else who manages the case; None once somebody looks at it."""
        found = Case.objects.select_related("school", "report").filter(
            uuid=source_uuid, status=CaseStatus.REPORTED, handler=None
        )
        case = found.first()
        if case is None:
            return None
        people = [seer.user for seer in managers_of(case, now)]
        at_once = case.report.urgency == Urgency.NOW
        path = f"/cases/{source_uuid}/"
        return mail_about(case, coordinators_of(case, now), people, path, now, at_once=at_once)

"""Talks of aftercare that were counted where nobody had opened the school year yet: on their school weeks after all."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from cases import events
from cases.deadlines import opens_on, plan_aftercare
from cases.models import AftercareCheck, Case
from cases.models.case import CaseStatus
from cases.services.closing.records import record
from cases.services.sharing import lock
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import School
from schools.queries.calendars import calendar_for


def recount_checks(school: School, *, now: datetime) -> int:
    """Move each check that is on another day than its school weeks say; returns how many.

    Leaves alone what people moved, what may be held already, and what still lies beyond the known school years.
    """
    calendar = calendar_for(school)
    cases = school.cases.filter(status=CaseStatus.AFTERCARE, aftercare_checks__weeks__isnull=False)
    return sum(_recount(case, calendar, now) for case in cases.distinct().order_by("pk"))


@transaction.atomic
def _recount(case: Case, calendar: SchoolCalendar, now: datetime) -> int:
    locked = lock(case)
    moved = 0
    for check in locked.aftercare_checks.filter(status=AftercareCheck.Status.PLANNED):
        counted = _counted(locked, check, calendar)
        if counted and counted != check.due_on and not _may_be_held(check, calendar, now):
            check.due_on = counted
            write(check, None, now, ["due_on"])
            plan_aftercare(check, calendar, now=now)
            record(None, events.AFTERCARE_CHECK_MOVED, locked, now, check.uuid)
            moved += 1
    return moved


def _counted(case: Case, check: AftercareCheck, calendar: SchoolCalendar) -> date | None:
    """The day that its school weeks say; None when people chose another, or the calendar does not reach so far."""
    if case.aftercare_on is None or check.weeks is None or check.moved_from:
        return None
    try:
        return calendar.add_school_weeks(case.aftercare_on, check.weeks)
    except CalendarEnds:
        return None


def _may_be_held(check: AftercareCheck, calendar: SchoolCalendar, now: datetime) -> bool:
    """Somebody may have an appointment; not in what turned out to be a holiday."""
    if not calendar.is_school_day(check.due_on):
        return False
    return opens_on(check, calendar) <= calendar.local_date(now)

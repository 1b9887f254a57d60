"""Aftercare begins: what is still open goes along, and the three checks are planned by themselves."""

from __future__ import annotations

from datetime import date, datetime

from cases import events
from cases.deadlines import plan_aftercare
from cases.models import AftercareCheck, Agreement, Closing
from cases.models.case import CaseStatus
from cases.queries.school_days import in_school_weeks
from cases.services.closing.records import record
from pestzorg.posting.versions import write
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

LADDER = (2, 6, 12)  # school weeks


def enter_aftercare(actor: User, closing: Closing, *, now: datetime) -> None:
    """`active` -> `aftercare`. The caller holds the lock on the case, and has decided."""
    case = closing.case
    calendar = calendar_for(case.school)
    today = calendar.local_date(now)
    closing.status = Closing.Status.IN_FORCE
    closing.save()
    case.status, case.aftercare_on = CaseStatus.AFTERCARE, today
    case.save(update_fields=["status", "aftercare_on"])
    for agreement in case.agreements.filter(status=Agreement.Status.OPEN):
        agreement.status = Agreement.Status.CARRIED_OVER
        write(agreement, actor, now, ["status"])
    for weeks in LADDER:
        add_check(actor, closing, in_school_weeks(calendar, today, weeks), calendar, weeks, now=now)
    record(actor, events.AFTERCARE_BEGUN, case, now, closing.uuid)


def add_check(
    actor: User,
    closing: Closing,
    due_on: date,
    calendar: SchoolCalendar,
    weeks: int | None = None,
    *,
    now: datetime,
) -> AftercareCheck:
    """Plan one check and its reminders."""
    check = AftercareCheck(case=closing.case, closing=closing, weeks=weeks, due_on=due_on)
    write(check, actor, now)
    plan_aftercare(check, calendar, now=now)
    return check

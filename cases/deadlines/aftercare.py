"""Aftercare: five school days before a check and on its day, to the handler; later to the coordinators too."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for, school_days_before
from cases.models import AftercareCheck
from cases.models.case import CaseStatus
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar

AFTERCARE = "aftercare_check"
DAYS_BEFORE = 5


def plan_aftercare(check: AftercareCheck, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Store the moments of a planned check, none of one that is over. Replaces what was planned."""
    if not check.is_planned:
        plan.cancel(AFTERCARE, check.uuid, now)
        return
    days = {
        Kind.AFTERCARE_SOON: opens_on(check, calendar),
        Kind.AFTERCARE_DUE: check.due_on,
    }
    moments = [
        Moment(kind, check.due_on, calendar.send_moment(day), is_urgent(check.case))
        for kind, day in days.items()
    ]
    moments.append(when_it_stays_open(check.case, check.due_on, calendar))
    plan.plan_to_come(AFTERCARE, check.uuid, moments, now)


def opens_on(check: AftercareCheck, calendar: SchoolCalendar) -> date:
    """From this day on the talk may be held: five school days before it is due."""
    return school_days_before(calendar, check.due_on, DAYS_BEFORE)


class AftercareSource:
    """Reminds the handler of a planned check."""

    name = AFTERCARE

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this check now, or None when it was held, moved, or the case was opened again."""
        found = AftercareCheck.objects.select_related("case__school", "case__handler").filter(
            uuid=source_uuid,
            status=AftercareCheck.Status.PLANNED,
            due_on=due_on,
            case__status=CaseStatus.AFTERCARE,
        )
        check = found.first()
        if check is None:
            return None
        case = check.case
        people = people_for(kind, [case.handler], case, now)
        return mail_about(case, people, [], f"/cases/{case.uuid}/aftercare/{source_uuid}/", now)

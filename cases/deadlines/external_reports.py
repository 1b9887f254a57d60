"""Reports outside school: on the day on which somebody looks what came of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import ExternalReport
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar

EXTERNAL_REPORT = "external_report"


def plan_check(report: ExternalReport, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Remind on the day of the check while something is to be expected; replaces what was planned."""
    if not report.is_open or report.check_on is None:
        plan.cancel(EXTERNAL_REPORT, report.uuid, now)
        return
    # Police and platforms do not stop in holidays: the day stays the day that was chosen.
    fires_at = calendar.send_moment(report.check_on)
    moment = Moment(Kind.REVIEW_DUE, report.check_on, fires_at, is_urgent(report.case))
    moments = [moment, when_it_stays_open(report.case, report.check_on, calendar)]
    plan.plan(EXTERNAL_REPORT, report.uuid, moments)


class ExternalReportSource:
    """Reminds whoever was named to check, else the handler."""

    name = EXTERNAL_REPORT

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this check now, or None when it ended, moved, or its case closed."""
        found = ExternalReport.objects.select_related("case__school", "case__handler", "checked_by")
        report = found.filter(
            uuid=source_uuid, check_on=due_on, closed_on=None, case__is_open=True
        ).first()
        if report is None:
            return None
        case = report.case
        people = people_for(kind, [report.checked_by], case, now)
        path = f"/cases/{case.uuid}/external/{source_uuid}/"
        return mail_about(case, people, [case.handler], path, now)

"""Severity: on the day on which it is looked at again, and once more when nobody did."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import Case
from cases.models.case import REVIEWED
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar

REVIEW = "severity_review"


def plan_review(case: Case, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Remind the handler on the day of the next review; replaces the one before."""
    if case.next_review_on is None:
        plan.cancel(REVIEW, case.uuid, now)
        return
    fires_at = calendar.send_moment(case.next_review_on)
    moment = Moment(Kind.REVIEW_DUE, case.next_review_on, fires_at, is_urgent(case))
    forgotten = when_it_stays_open(case, case.next_review_on, calendar)
    plan.plan(REVIEW, case.uuid, [moment, forgotten])


class ReviewSource:
    """Reminds the handler of a case in progress."""

    name = REVIEW

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this review now, or None when a newer assessment moved it, or nothing is in progress."""
        found = Case.objects.select_related("school", "handler").filter(
            uuid=source_uuid, next_review_on=due_on, status__in=REVIEWED
        )
        case = found.first()
        if case is None:
            return None
        people = people_for(kind, [case.handler], case, now)
        return mail_about(case, people, [], f"/cases/{source_uuid}/severity/", now)

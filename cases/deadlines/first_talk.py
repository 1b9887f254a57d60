"""The first talk with the pupil: on the last day for it, and once more after it, until somebody sits down with them.

A report that was taken up is not heard yet: the term of the field ends with a talk, not with a handler.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from cases.deadlines.reach import coordinators_of, is_urgent, mail_about
from cases.models import Case, Conversation, Report
from cases.models.case import GOING_ON, CaseStatus
from cases.queries.school_days import in_school_days
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

FIRST_TALK = "first_talk"
# Where every hour counts, whoever just took it up gets one to sit down together.
ROOM_TO_BEGIN = timedelta(hours=1)


def plan_first_talk(case: Case, *, now: datetime) -> None:
    """Remind handler, lead and coordinators of the last day, and the next school day; nothing once the talk began."""
    due_on = case.first_talk_due_on
    if due_on is None or not _waits(case):
        plan.cancel(FIRST_TALK, case.uuid, now)
        return
    calendar, urgent = calendar_for(case.school), _is_urgent(case)
    morning = calendar.send_moment(due_on)
    fires_at = max(morning, now + ROOM_TO_BEGIN) if urgent else morning
    limit = Moment(Kind.FIRST_TALK, due_on, fires_at, urgent)
    forgotten = _forgotten(case, due_on, calendar, now)
    plan.plan_to_come(FIRST_TALK, case.uuid, [limit, forgotten], now)


def tell_of_first_talk(case: Case, now: datetime) -> None:
    """Whoever handles the case or leads the talk after the mail went out is reminded too."""
    if case.first_talk_due_on and _waits(case):
        plan.ask_again(FIRST_TALK, case.uuid, case.first_talk_due_on, now)


class FirstTalkSource:
    """Reminds those who can bring the talk about."""

    name = FIRST_TALK

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail, or None when somebody talked with the pupil, the term moved, or the case ended."""
        found = Case.objects.select_related("school", "handler", "report").filter(
            uuid=source_uuid, first_talk_due_on=due_on, status__in=(CaseStatus.ASSESSING, *GOING_ON)
        )
        case = found.first()
        if case is None or not _waits(case):
            return None
        people = [*_leads(case), *([case.handler] if case.handler else [])]
        people += coordinators_of(case, now)
        return mail_about(case, people, [], f"/cases/{source_uuid}/", now, at_once=_is_urgent(case))


def _waits(case: Case) -> bool:
    """Somebody looks into the report, or a conversation has not begun."""
    return case.status == CaseStatus.ASSESSING or _not_begun(case).exists()


def _not_begun(case: Case) -> QuerySet[Conversation]:
    return case.conversations.filter(status=Conversation.Status.NOT_STARTED)


def _leads(case: Case) -> list[User]:
    return [conversation.lead for conversation in _not_begun(case).select_related("lead")]


def _is_urgent(case: Case) -> bool:
    """While nobody weighed it, the words of the reporter count."""
    unweighed = case.severity is None and case.report.urgency == Report.Urgency.NOW
    return unweighed or is_urgent(case)


def _forgotten(case: Case, due_on: date, calendar: SchoolCalendar, now: datetime) -> Moment:
    """The school day after the last day, whatever the level; never the day on which somebody took it up."""
    last_day = max(due_on, calendar.local_date(now))
    fires_at = calendar.send_moment(in_school_days(calendar, last_day, 1))
    return Moment(Kind.STAYED_OPEN, due_on, fires_at, _is_urgent(case))

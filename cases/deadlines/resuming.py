"""Paused conversations: on the day on which they go on at the latest, to whoever leads; later to others too."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.first_talk import tell_of_first_talk
from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import Conversation
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar

RESUME = "conversation"


def plan_resume(conversation: Conversation, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Remind on the day to go on; not at all once the conversation goes on, or is over."""
    if not conversation.is_paused or conversation.resume_by is None:
        plan.cancel(RESUME, conversation.uuid, now)
        return
    day, fires_at = conversation.resume_by, calendar.send_moment(conversation.resume_by)
    moment = Moment(Kind.RESUME, day, fires_at, is_urgent(conversation.case))
    moments = [moment, when_it_stays_open(conversation.case, day, calendar)]
    plan.plan_to_come(RESUME, conversation.uuid, moments, now)


def tell_new_lead(conversation: Conversation, now: datetime) -> None:
    """Whoever takes over a conversation that waits, to begin or to go on, is reminded too if the mail went out."""
    tell_of_first_talk(conversation.case, now)
    if conversation.is_paused and conversation.resume_by:
        plan.ask_again(RESUME, conversation.uuid, conversation.resume_by, now)


class ResumeSource:
    """Reminds the lead of a conversation that waits."""

    name = RESUME

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this pause now, or None when it is over, moved, or its case closed."""
        found = Conversation.objects.select_related("case__school", "case__handler", "lead").filter(
            uuid=source_uuid,
            status=Conversation.Status.PAUSED,
            resume_by=due_on,
            case__is_open=True,
        )
        conversation = found.first()
        if conversation is None:
            return None
        case = conversation.case
        path = f"/cases/{case.uuid}/conversations/{source_uuid}/"
        people = people_for(kind, [conversation.lead], case, now)
        return mail_about(case, people, [case.handler], path, now)

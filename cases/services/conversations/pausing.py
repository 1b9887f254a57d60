"""A conversation pauses until a day. Its lead is reminded on that day, unless it went on before."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_resume
from cases.models import Conversation
from cases.queries.pausing import problems_of_day
from cases.services.conversations.records import locked, record
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User
from schools.queries.calendars import calendar_for

Status = Conversation.Status
PAUSE = ("status", "paused_reason", "resume_by", "later_reason")


@transaction.atomic
def pause_conversation(
    actor: User,
    conversation: Conversation,
    *,
    paused_reason: str,
    resume_by: date,
    now: datetime,
    later_reason: str = "",
) -> None:
    """Pause, or move the day of a pause; plans the reminder. An open sitting ends first: that asks the mini step 7.

    Refuses a day without school, one after five school days, and in a serious case one after a single school day
    without a `later_reason`.
    """
    mine = locked(conversation)
    if mine.status not in {Status.IN_PROGRESS, Status.PAUSED}:
        raise broken(None, _("This conversation is not going on."), "state")
    if mine.sittings.filter(ended_at=None).exists():
        raise broken(None, _("End the talk first."), "open")
    without = (
        [] if paused_reason else [Problem("paused_reason", _("Choose why you stop."), "required")]
    )
    refuse_if(without + problems_of_day(mine.case, resume_by, later_reason, now))
    begin_pause(actor, mine, paused_reason, resume_by, now=now, later_reason=later_reason)


def begin_pause(
    actor: User,
    conversation: Conversation,
    paused_reason: str,
    resume_by: date,
    *,
    now: datetime,
    later_reason: str = "",
) -> None:
    """The same without a question about the day. The caller holds the lock."""
    conversation.status, conversation.paused_reason = Status.PAUSED, paused_reason
    conversation.resume_by, conversation.later_reason = resume_by, later_reason
    conversation.clean_fields()
    write(conversation, actor, now, PAUSE)
    plan_resume(conversation, calendar_for(conversation.case.school), now=now)
    record(actor, events.CONVERSATION_PAUSED, conversation, now)


def end_pause(conversation: Conversation, status: str, now: datetime) -> None:
    """It goes on, or is over: nobody is reminded any more. The caller holds the lock and saves `PAUSE`."""
    conversation.status, conversation.paused_reason = status, ""
    conversation.resume_by, conversation.later_reason = None, ""
    plan_resume(conversation, calendar_for(conversation.case.school), now=now)

"""Stopping for today: a mini step 7 closes every sitting, and what is not done pauses until a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Sitting
from cases.queries.pausing import day_to_resume, has_to_go_on, problems_of_day
from cases.services.conversations.pausing import begin_pause
from cases.services.conversations.records import locked, record
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User


@transaction.atomic
def end_sitting(
    actor: User,
    sitting: Sitting,
    *,
    now: datetime,
    ended_because: str,
    recap_read_aloud: bool,
    next_contact_at: datetime | None,
    safety_score: int | None = None,
    handover_note: str = "",
    resume_by: date | None = None,
    later_reason: str = "",
) -> None:
    """Close a sitting: agreements read aloud and a next contact. Refuses without them, and a sitting that has ended.

    While anything is left to talk about the conversation pauses, until `resume_by` or the day of the next contact.
    """
    conversation = locked(sitting.conversation)
    mine = _still_open(sitting)
    goes_on = has_to_go_on(conversation)
    problems = [*_mini_step_7(ended_because, next_contact_at, now, recap=recap_read_aloud)]
    if goes_on and resume_by:
        problems += problems_of_day(conversation.case, resume_by, later_reason, now)
    refuse_if(problems)
    mine.ended_at, mine.ended_because = now, ended_because
    mine.recap_read_aloud, mine.next_contact_at = recap_read_aloud, next_contact_at
    mine.safety_score_end, mine.handover_note = safety_score, handover_note
    mine.full_clean()
    mine.save()
    record(actor, events.SITTING_ENDED, conversation, now, number=mine.number)
    if goes_on and next_contact_at:
        day = resume_by or day_to_resume(conversation.case, next_contact_at, now)
        begin_pause(actor, conversation, ended_because, day, now=now, later_reason=later_reason)


def _still_open(sitting: Sitting) -> Sitting:
    # Read again under the lock: steps may have been touched since the page was opened.
    found = Sitting.objects.get(pk=sitting.pk)
    if found.ended_at is not None:
        raise broken(None, _("This talk has ended already."), "ended")
    return found


def _mini_step_7(
    ended_because: str, next_contact_at: datetime | None, now: datetime, *, recap: bool
) -> Iterator[Problem]:
    if not ended_because:
        yield Problem("ended_because", _("Choose why you stop."), "required")
    if not recap:
        yield Problem(
            "recap_read_aloud", _("Go through the agreements together first."), "required"
        )
    if next_contact_at is None:
        yield Problem("next_contact_at", _("Choose a day and a time."), "required")
    elif next_contact_at <= now:
        yield Problem("next_contact_at", _("This moment is already over."), "past")

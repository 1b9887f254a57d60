"""Completing a conversation. The case goes on: agreements and follow-up talks stay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cases import events
from cases.models import Conversation
from cases.queries.completeness import missing_for_completion
from cases.queries.resuming import review_problems
from cases.services.conversations.pausing import PAUSE, end_pause
from cases.services.conversations.records import locked, record
from pestzorg.errors import refuse_if
from schools.models import User

Status = Conversation.Status


@transaction.atomic
def complete_conversation(actor: User, conversation: Conversation, *, now: datetime) -> None:
    """Completed: steps 1-8 done, a next talk with the pupil planned, step 10 done or skipped. The case stays active.

    Refuses while a resume check asks for an assessment.
    """
    mine = locked(conversation)
    if mine.status == Status.COMPLETED:
        return
    refuse_if([*review_problems(mine), *missing_for_completion(mine)])
    mine.completed_at = now
    end_pause(mine, Status.COMPLETED, now)
    mine.save(update_fields=[*PAUSE, "completed_at"])
    mine.sittings.filter(ended_at=None).update(
        ended_at=now, ended_because="finished", recap_read_aloud=True
    )
    record(actor, events.CONVERSATION_COMPLETED, mine, now)

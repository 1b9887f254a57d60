"""A conversation is stopped for good before it is completed, and it is known why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Conversation
from cases.services.conversations.pausing import PAUSE, end_pause
from cases.services.conversations.records import locked, record
from pestzorg.errors import broken
from schools.models import User

Status = Conversation.Status


@transaction.atomic
def discontinue_conversation(
    actor: User, conversation: Conversation, reason: str, *, now: datetime
) -> None:
    """No sitting follows; agreements and follow-up talks stay. Refuses without a reason, and while a talk goes on."""
    mine = locked(conversation)
    if mine.is_over:
        raise broken(None, _("This conversation is over."), "over")
    if mine.sittings.filter(ended_at=None).exists():
        raise broken(None, _("End the talk first."), "open")
    if not reason:
        raise broken("reason", _("Write in a few words why."), "required")
    mine.discontinued_at, mine.discontinued_reason = now, reason
    mine.clean_fields()
    end_pause(mine, Status.DISCONTINUED, now)
    mine.save(update_fields=[*PAUSE, "discontinued_at", "discontinued_reason"])
    record(actor, events.CONVERSATION_DISCONTINUED, mine, now)

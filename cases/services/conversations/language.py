"""In which language a talk is held."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cases import events
from cases.models import Conversation
from cases.services.conversations.records import record
from pestzorg.posting.versions import write
from schools.models import User


@transaction.atomic
def set_language(
    actor: User, conversation: Conversation, language: str, *, now: datetime, interpreter: bool
) -> None:
    """Keep the language, and whether somebody interprets. Refuses a language that is not in the list."""
    conversation.language, conversation.interpreter = language, interpreter
    conversation.clean_fields()
    write(conversation, actor, now, ["language", "interpreter"])
    record(actor, events.LANGUAGE_SET, conversation, now)

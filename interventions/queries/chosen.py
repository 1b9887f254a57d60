"""Which method step 8 chose, for whoever begins it without choosing again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.models import Case, Conversation
from interventions.protocol import methods
from interventions.queries.step_8 import step_8_of
from pestzorg.errors import broken


def chosen_method(case: Case, named: str) -> tuple[Conversation, str]:
    """The latest conversation with the method that is named, or else the one that its step 8 chose.

    Refuses while there is neither. Whether the two agree is for the service to say.
    """
    conversation = case.conversations.last()
    record = step_8_of(conversation)
    chosen = named or str((record and record.answer("method")) or "")
    if conversation is None or not chosen:
        raise broken(None, _("Step 8 decides first which approach fits."), "step_8")
    if chosen not in methods():
        raise broken("method", _("Choose from the list."), "required")
    return conversation, chosen

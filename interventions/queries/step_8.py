"""Step 8 of a conversation: whether there will be an approach with the class, and which."""

from __future__ import annotations

from cases.models import Conversation, StepRecord
from cases.protocol.step_numbers import CLASS_APPROACH


def step_8_of(conversation: Conversation | None) -> StepRecord | None:
    """What it says so far, with its conversation; None before anybody opened it."""
    if conversation is None:
        return None
    record = conversation.step_records.filter(step=CLASS_APPROACH).first()
    if record is not None:
        record.conversation = conversation
    return record

"""The life of a conversation, one file per verb: sittings begin and end; it pauses, goes on, is completed."""

from cases.services.conversations.completing import complete_conversation
from cases.services.conversations.correcting import correct_sitting
from cases.services.conversations.discontinuing import discontinue_conversation
from cases.services.conversations.language import set_language
from cases.services.conversations.leading import change_lead
from cases.services.conversations.pausing import pause_conversation
from cases.services.conversations.records import step_records
from cases.services.conversations.sittings import (
    Attending,
    begin_sitting,
    open_sitting,
)
from cases.services.conversations.starting import start_conversation
from cases.services.conversations.stopping import end_sitting

__all__ = [
    "Attending",
    "begin_sitting",
    "change_lead",
    "complete_conversation",
    "correct_sitting",
    "discontinue_conversation",
    "end_sitting",
    "open_sitting",
    "pause_conversation",
    "set_language",
    "start_conversation",
    "step_records",
]

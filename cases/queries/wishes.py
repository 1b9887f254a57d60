"""What the pupils of a case do not want to happen."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Case, Conversation, StepRecord
from cases.models.step_record import Visibility
from cases.protocol.step_numbers import STORY
from cases.wishes import Plan, goes_against


@dataclass(frozen=True)
class NotWish:
    """In the pupil's words. `is_for_few`: only lead and managers read it, so a refusal that others get quotes nothing."""

    words: str
    is_for_few: bool


def wish_against(
    case: Case, plan: Plan, conversation: Conversation | None = None
) -> NotWish | None:
    """What a pupil does not want of this plan: the pupil of its conversation, without one anybody whom the case is about."""
    for record in _told(case, conversation):
        words = str(record.answer("not_wishes"))
        if goes_against(words, plan):
            return NotWish(words, record.visibility == Visibility.HANDLER_ONLY)
    return None


def _told(case: Case, conversation: Conversation | None) -> list[StepRecord]:
    """Per pupil the latest story that names a wish: a next conversation begins empty, and takes none back."""
    found = StepRecord.objects.filter(conversation__case=case, step=STORY)
    if conversation is not None:
        found = found.filter(conversation__target=conversation.target_id)
    told = found.select_related("conversation").order_by("conversation")
    return list({r.conversation.target_id: r for r in told if r.answer("not_wishes")}.values())

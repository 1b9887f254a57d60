"""What the pupil of a case does not want to happen."""

from __future__ import annotations

from cases.models import Case, StepRecord
from cases.models.step_record import Visibility

STORY = 2


def not_wish_of(case: Case) -> str:
    """In the pupil's words, from the latest conversation; empty when nothing was named."""
    record = _story(case)
    return str(record.answer("not_wishes") or "") if record else ""


def is_for_few(case: Case) -> bool:
    """Whether the story is for the lead and managers alone; then a refusal that others get must not quote it."""
    record = _story(case)
    return record is not None and record.visibility == Visibility.HANDLER_ONLY


def _story(case: Case) -> StepRecord | None:
    told = StepRecord.objects.filter(conversation__case=case, step=STORY)
    return told.order_by("conversation").last()

"""What the pupil of a case does not want to happen."""

from __future__ import annotations

from cases.models import Case, StepRecord

STORY = 2


def not_wish_of(case: Case) -> str:
    """In the pupil's words, from the latest conversation; empty when nothing was named."""
    told = StepRecord.objects.filter(conversation__case=case, step=STORY).order_by("conversation")
    record = told.last()
    return str(record.answer("not_wishes") or "") if record else ""

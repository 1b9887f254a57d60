"""What the pages of a conversation show beside the step itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cases.access import Who, may_read_step
from cases.models import Case, Conversation, StepRecord
from cases.models.step_record import StepStatus

STORY = 2


@dataclass(frozen=True)
class RailStep:
    """One line of the rail with the ten steps."""

    number: int
    title: str
    state: str
    state_label: str
    href: str
    current: bool


def rail(case: Case, records: list[StepRecord], current: int | None = None) -> list[RailStep]:
    """The ten steps with their state, for the rail and the bar."""
    return [
        RailStep(
            number=record.step,
            title=str(record.definition.title),
            state=record.status,
            state_label=str(StepStatus(record.status).label),
            href=reverse("conversation:step", args=[case.uuid, record.step]),
            current=record.step == current,
        )
        for record in records
    ]


def first_open_step(records: list[StepRecord]) -> int:
    """Where to go on: the first step that is not settled, else the last."""
    return next((record.step for record in records if not record.is_settled), len(records))


@dataclass(frozen=True)
class Pinned:
    """The pupil's own words about what should and should not happen; shown wherever plans are made."""

    wishes: str
    not_wishes: str


def pinned(who: Who, records: list[StepRecord]) -> Pinned | None:
    """Wishes and not-wishes of step 2, when this person may read that step and something was said."""
    story = records[STORY - 1]
    if not may_read_step(who, story):
        return None
    wishes, not_wishes = story.answer("wishes") or "", story.answer("not_wishes") or ""
    return Pinned(wishes, not_wishes) if wishes or not_wishes else None


def records_with(conversation: Conversation, records: list[StepRecord]) -> list[StepRecord]:
    """The same records, each knowing its conversation, so that nothing is read again."""
    for record in records:
        record.conversation = conversation
    return records


def last_score(who: Who, conversation: Conversation, records: list[StepRecord]) -> Any:
    """The last safety score in this conversation out of what this person may read, or None."""
    scores = [
        s.safety_score_start
        for s in conversation.sittings.all()
        if s.safety_score_start is not None
    ]
    at_end, at_begin = (
        record.answer("safety_score") if may_read_step(who, record) else None
        for record in (records[6], records[0])
    )
    if at_end is not None:
        return at_end
    return scores[-1] if scores else at_begin

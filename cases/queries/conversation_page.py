"""What the pages of a conversation show beside the step itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from cases.access import Who, may_read_step
from cases.models import Conversation, StepRecord
from cases.models.step_record import StepStatus
from cases.protocol.step_numbers import STORY

# Handy, never locked: the pupil's own part first, then who helps, when to talk again, and what the class does.
SUGGESTED = (1, 2, 3, 4, 5, 6, 7, 10, 9, 8)


@dataclass(frozen=True)
class RailStep:
    """One line of the rail with the ten steps."""

    number: int
    title: str
    state: str
    state_label: str
    href: str
    current: bool
    suggested: bool = False


def url_of(conversation: Conversation, name: str, *args: object) -> str:
    """The address of a page of this conversation."""
    own = [conversation.uuid] if conversation.named else []
    return reverse(f"conversation:{name}", args=[conversation.case.uuid, *own, *args])


def own_url_of(conversation: Conversation, name: str, *args: object) -> str:
    """The address that means this conversation also after another one began: forms are sent there, and drafts wait there."""
    own = [conversation.case.uuid, conversation.uuid, *args]
    return reverse(f"conversation:{name}", args=own)


def rail(records: list[StepRecord], current: int | None = None) -> list[RailStep]:
    """The ten steps with their state, for the rail and the bar."""
    handy = first_open_step(records)
    return [
        RailStep(
            number=record.step,
            title=str(record.definition.title),
            state=record.status,
            state_label=str(StepStatus(record.status).label),
            href=url_of(record.conversation, "step", record.step),
            current=record.step == current,
            suggested=record.step == handy and not record.is_settled,
        )
        for record in records
    ]


def first_open_step(records: list[StepRecord]) -> int:
    """Where to go on: the first untouched step in the suggested order, else the first that is not settled, else the last.

    What waits to be written up does not hold up the talk.
    """
    in_order = [records[number - 1] for number in SUGGESTED]
    untouched = [record.step for record in in_order if record.status == StepStatus.NOT_STARTED]
    unsettled = [record.step for record in in_order if not record.is_settled]
    return next(iter([*untouched, *unsettled]), len(records))


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

"""The history of a conversation: every sitting with where, who, how long, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from cases.access import Who, may_read_handover, may_read_step
from cases.models import Attendee, Conversation, LeadChange, Sitting, StepRecord
from cases.protocol import vocabulary
from cases.queries.conversation_page import url_of


@dataclass(frozen=True)
class Held:
    """One sitting as one reader sees it."""

    sitting: Sitting
    people: list[str]
    score_start: int | None
    note: str  # for next time; empty for who may not read it
    what_changed: str

    @property
    def minutes(self) -> int | None:
        """How long it took, None while it is going on."""
        ended = self.sitting.ended_at
        return (
            None if ended is None else round((ended - self.sitting.started_at).total_seconds() / 60)
        )

    @property
    def href(self) -> str:
        """Where it is corrected."""
        return url_of(self.sitting.conversation, "sitting", self.sitting.number)

    @property
    def steps(self) -> str:
        """The numbers of the steps that were touched."""
        return ", ".join(map(str, self.sitting.steps_touched))


def sittings_held(who: Who, conversation: Conversation, records: list[StepRecord]) -> list[Held]:
    """Every sitting, the latest first."""
    reads = may_read_handover(who, conversation)
    found = conversation.sittings.order_by("-number").prefetch_related(
        "attendees__staff", "attendees__participant"
    )
    for sitting in found:
        sitting.conversation = conversation
    return [
        Held(
            sitting,
            [named(person) for person in sitting.attendees.all()],
            _score_at_start(who, sitting, records),
            sitting.handover_note if reads else "",
            sitting.what_changed if reads else "",
        )
        for sitting in found
    ]


def handovers(who: Who, conversation: Conversation) -> list[LeadChange]:
    """Who led before, the latest first; the note only for who may read what is left for the next time."""
    found = list(conversation.lead_changes.order_by("-changed_at").select_related("former", "lead"))
    if not may_read_handover(who, conversation):
        for change in found:
            change.handover_note = ""
    return found


def _score_at_start(who: Who, sitting: Sitting, records: list[StepRecord]) -> int | None:
    # The first sitting has no resume check: there step 1 asks the same question.
    if sitting.number > 1 or not may_read_step(who, records[0]):
        return sitting.safety_score_start
    score: int | None = records[0].answer("safety_score")
    return score


def named(person: Attendee) -> str:
    """Somebody who was there, by name, or by what they were there for."""
    kind = vocabulary.label("attendee_kinds", person.kind)
    plain = person.staff or person.participant
    return str(person) if plain else f"{person} ({kind.lower()})" if person.name else kind

"""The second mark of step 9: the first round of talks was held, and progress was congratulated. Closing asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cases.access import Who, may_read_step
from cases.models import FollowUpTalk, StepRecord
from cases.queries.belonging import HELD, talks_of
from cases.queries.step_rules.follow_up import expected


@dataclass(frozen=True)
class Fulfilment:
    """Whom nobody talked with yet, and whose progress nobody named to them yet."""

    talked: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    to_congratulate: list[str] = field(default_factory=list)

    @property
    def is_fulfilled(self) -> bool:
        """Everybody was talked with once, and heard it when something got better."""
        return not (self.waiting or self.to_congratulate)


def first_round_for(who: Who, record: StepRecord) -> Fulfilment | None:
    """The mark of step 9 for who may read that step, once there is something to say."""
    if not may_read_step(who, record):
        return None
    talks = list(talks_of(record.conversation))
    return fulfilment(record, talks) if talks or record.is_settled else None


def fulfilment(record: StepRecord, talks: Iterable[FollowUpTalk] | None = None) -> Fulfilment:
    """How far the first round is; `record` is step 9. `talks` are those of its conversation, when they are at hand."""
    known = talks_of(record.conversation) if talks is None else talks
    found = Fulfilment()
    for name, own in _parties(
        record, [talk for talk in known if talk.status == HELD and talk.held_on]
    ):
        (found.talked if own else found.waiting).append(name)
        if any(t.is_better for t in own) and not any(t.congratulated for t in own):
            found.to_congratulate.append(name)
    return found


def _parties(
    record: StepRecord, held: list[FollowUpTalk]
) -> Iterable[tuple[str, list[FollowUpTalk]]]:
    target = record.conversation.target
    for person in [target, *expected(record)]:
        yield person.name, [talk for talk in held if talk.with_participant_id == person.pk]
    if not record.answer("parents_without_talk"):
        yield _("the parents"), [talk for talk in held if talk.with_role == "parent"]

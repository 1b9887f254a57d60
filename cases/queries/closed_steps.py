"""Which steps of a case are closed to a reader, and with them the lists that only those steps show."""

from __future__ import annotations

from collections import defaultdict

from cases.access import Who, may_read_step
from cases.models import Case, Conversation, StepRecord
from cases.models.step_record import Visibility
from cases.protocol.step_numbers import STORY

# Kept on the case, so each of its conversations shows the same rows.
OF_THE_CASE = frozenset({"incidents", "evidence", "people", "parent_contacts"})


def closed_steps(who: Who, case: Case) -> dict[Conversation, frozenset[int]]:
    """The steps that this reader may not read, by conversation that has any; what nobody opened yet is open."""
    found: defaultdict[Conversation, set[int]] = defaultdict(set)
    private = StepRecord.objects.filter(
        conversation__case=case, visibility=Visibility.HANDLER_ONLY
    ).select_related("conversation")
    for record in private.defer("answers", "summary", "skip_note", "private_note"):
        record.conversation.case = case
        if not may_read_step(who, record):
            found[record.conversation].add(record.step)
    return {conversation: frozenset(steps) for conversation, steps in found.items()}


def may_read_list(who: Who, case: Case, name: str) -> bool:
    """A list is open to whom a step that shows it is open, in every conversation of the case."""
    return all(
        not shown or shown - closed
        for conversation, closed in closed_steps(who, case).items()
        for shown in [_steps_with(conversation, name)]
    )


def lists_of(who: Who, record: StepRecord) -> list[str]:
    """The lists on the page of this step, without those another conversation tells in a closed step."""
    lists = list(record.definition.lists)
    if not OF_THE_CASE.intersection(lists):
        return lists
    closed = closed_steps(who, record.conversation.case).values()
    is_closed = any(record.step in steps for steps in closed)
    return [name for name in lists if not (is_closed and name in OF_THE_CASE)]


def may_read_notes_on_people(who: Who, case: Case) -> bool:
    """What is noted about the others is told in step 2; their part in the case is known to all who read it."""
    return not any(STORY in closed for closed in closed_steps(who, case).values())


def _steps_with(conversation: Conversation, name: str) -> frozenset[int]:
    return frozenset(step.number for step in conversation.edition.steps if name in step.lists)

"""The ten records of a conversation, and the line in the log that every verb of this room writes."""

from __future__ import annotations

from datetime import datetime

from cases.models import Conversation, StepRecord
from pestzorg.audit import log
from schools.models import User


def step_records(conversation: Conversation) -> list[StepRecord]:
    """The ten records in order; made on first use."""
    have = {record.step: record for record in conversation.step_records.all()}
    missing = [n for n in range(1, 11) if n not in have]
    if missing:
        StepRecord.objects.bulk_create(
            [StepRecord(conversation=conversation, step=n) for n in missing], ignore_conflicts=True
        )
        conversation.refresh_from_db(fields=["step_records"])  # forgets what was prefetched
        have = {record.step: record for record in conversation.step_records.all()}
    return [have[n] for n in range(1, 11)]


def locked(conversation: Conversation) -> Conversation:
    """The conversation as it is now, locked until the transaction ends."""
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)


def record(
    actor: User,
    verb: str,
    conversation: Conversation,
    now: datetime,
    rule: str = "R17",
    **facts: int,
) -> None:
    """One event about this conversation."""
    case = conversation.case
    log.record(
        actor,
        verb,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=conversation.uuid,
        rule=rule,
        **facts,
    )

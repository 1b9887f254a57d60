"""What a settled step said before it was changed is kept; and a step that was left out can be taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cases import events
from cases.models import Conversation, StepRecord, StepVersion
from cases.models.step_record import StepStatus
from cases.protocol import Field
from pestzorg.audit import log
from schools.models import User

TICKS = ("bool", "must_be_true")


def keep_version(actor: User, record: StepRecord, *, now: datetime) -> StepVersion:
    """Keep the step as `record` says it now, in the transaction that changes it. The caller locks the case."""
    return StepVersion.objects.create(
        record=record,
        number=record.versions.count() + 1,
        status=record.status,
        answers=record.answers,
        summary=record.summary,
        skip_reason=record.skip_reason,
        skip_note=record.skip_note,
        visibility=record.visibility,
        sitting=record.last_sitting,
        settled_at=record.completed_at,
        settled_by=record.completed_by,
        replaced_at=now,
        replaced_by=actor,
    )


def reopen_left_out(
    actor: User, conversation: Conversation, step: int, *, now: datetime
) -> StepRecord | None:
    """A step that was left out is open again after all. Does nothing when it was not left out."""
    record = conversation.step_records.filter(step=step, status=StepStatus.SKIPPED).first()
    if record is None:
        return None
    keep_version(actor, record, now=now)
    # Only the state, so that a page about this step that is being saved is not taken for an older one.
    StepRecord.objects.filter(pk=record.pk).update(status=StepStatus.REOPENED)
    record.refresh_from_db(fields=["status"])
    note_reopened(actor, record, now=now)
    return record


def says_the_same(record: StepRecord, answers: dict[str, Any], summary: str) -> bool:
    """Whether these words mean what the step says already: a form may order ticks and end lines otherwise."""
    fields = record.definition.fields
    old, new = meaning_of(fields, record.answers), meaning_of(fields, answers)
    return old == new and _plain(record.summary) == _plain(summary)


def meaning_of(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What these answers say, however a form ordered its ticks and ended its lines: equal when they mean the same."""
    # A question that is not a tick can be answered with no; an empty tick says nothing.
    ticks = {q.key for q in fields if q.kind in TICKS and not _is_yes_no(q)}
    return {
        key: _plain(value)
        for key, value in answers.items()
        if value is not False or key not in ticks
    }


def _is_yes_no(question: Field) -> bool:
    return question.kind == "bool" and question.required


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def note_reopened(actor: User, record: StepRecord, *, now: datetime) -> None:
    """One line in the log: a settled step is open again."""
    case = record.conversation.case
    log.record(
        actor,
        events.STEP_REOPENED,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=record.uuid,
        rule="R17",
        step=record.step,
    )

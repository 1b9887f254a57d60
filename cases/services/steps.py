"""Saving and finishing the ten steps. Saving is always possible; finishing needs everything required."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import StepRecord
from cases.models.step_record import StepStatus
from cases.queries.completeness import missing_for_done
from cases.queries.step_rules import LIVING_TALKS
from cases.services.answers import check_answers
from cases.services.conversations import open_sitting
from cases.services.talks import plan_follow_up
from pestzorg.audit import log
from pestzorg.errors import Problem, RuleBroken, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User

CLOSE_AND_AGREE = 7


@transaction.atomic
def save_step(
    actor: User,
    record: StepRecord,
    answers: dict[str, Any],
    *,
    now: datetime,
    summary: str | None = None,
    visibility: str | None = None,
) -> StepRecord:
    """Keep what is known so far, also half filled. A finished step that lost something is open again.

    Raises Stale when somebody else wrote the record since it was read.
    """
    refuse_if(check_answers(record, answers))
    record.answers = {key: value for key, value in answers.items() if value not in (None, "", [])}
    record.summary = record.summary if summary is None else summary
    record.visibility = visibility or record.visibility
    _touch(record)
    record.status = _status_after_save(record, now)
    _validate(record)
    write(record, actor, now)
    _record(actor, events.STEP_SAVED, record, now)
    return record


@transaction.atomic
def complete_step(actor: User, record: StepRecord, *, now: datetime) -> StepRecord:
    """Mark a step done. Refuses with everything that is still missing; what was saved stays saved."""
    refuse_if(missing_for_done(record, now))
    if record.step == CLOSE_AND_AGREE:
        _plan_next_contact(actor, record, now)
    record.status, record.completed_at, record.completed_by = StepStatus.DONE, now, actor
    record.skip_reason = ""
    write(record, actor, now, ["status", "completed_at", "completed_by", "skip_reason"])
    _record(actor, events.STEP_DONE, record, now)
    return record


@transaction.atomic
def skip_step(
    actor: User, record: StepRecord, reason: str, *, now: datetime, note: str = ""
) -> StepRecord:
    """Leave a step out with a reason, only where the protocol allows it; `other` needs a note."""
    if reason not in record.definition.skip_reasons:
        raise broken("skip_reason", _("This step cannot be left out."), "skip")
    if reason == "other" and not note:
        raise broken("skip_note", _("Write in a few words why."), "required")
    record.status, record.skip_reason, record.skip_note = StepStatus.SKIPPED, reason, note
    write(record, actor, now, ["status", "skip_reason", "skip_note"])
    _record(actor, events.STEP_SKIPPED, record, now, reason=reason)
    return record


def _status_after_save(record: StepRecord, now: datetime) -> str:
    if record.status in {StepStatus.DONE, StepStatus.REOPENED}:
        return StepStatus.REOPENED if missing_for_done(record, now) else record.status
    return StepStatus.IN_PROGRESS


def _touch(record: StepRecord) -> None:
    sitting = open_sitting(record.conversation)
    if sitting is None:
        return
    record.first_sitting = record.first_sitting or sitting
    record.last_sitting = sitting
    if record.step not in sitting.steps_touched:
        sitting.steps_touched = sorted({*sitting.steps_touched, record.step})
        sitting.save(update_fields=["steps_touched"])


def _plan_next_contact(actor: User, record: StepRecord, now: datetime) -> None:
    """The next contact of step 7 becomes a follow-up talk, unless that talk is planned already."""
    conversation = record.conversation
    at = datetime.fromisoformat(record.answers["next_contact_at"]).replace(
        tzinfo=conversation.case.school.zone
    )
    living = conversation.case.talks.filter(status__in=LIVING_TALKS)
    if living.filter(with_participant=conversation.target, planned_at=at).exists():
        return
    try:
        plan_follow_up(
            actor,
            conversation.case,
            conductor=conversation.lead,
            planned_at=at,
            with_role="target",
            with_participant=conversation.target,
            purposes=["check_safety"],
            conversation=conversation,
            now=now,
        )
    except RuleBroken as error:
        first = error.problems[0]
        raise broken("next_contact_at", first.message, first.code) from error


def _validate(record: StepRecord) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])


def _record(actor: User, verb: str, record: StepRecord, now: datetime, **facts: str) -> None:
    case = record.conversation.case
    log.record(
        actor,
        verb,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=record.uuid,
        rule="R17",
        step=record.step,
        **facts,
    )

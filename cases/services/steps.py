"""Saving and finishing the ten steps. Saving is always possible; finishing needs everything required."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_step
from cases.models import StepRecord
from cases.models.step_record import StepStatus
from cases.protocol.step_numbers import CLOSE_AND_AGREE
from cases.queries.completeness import missing_for_done, order_problems
from cases.queries.resuming import review_problems
from cases.queries.signals import TELLING_STEPS
from cases.queries.step_rules import postponing
from cases.services.alarms import look_for_signals
from cases.services.answers import check_answers
from cases.services.conversations import open_sitting
from cases.services.named_moments import new_moment_of, plan_new_moment, plan_next_contact
from cases.services.sharing import lock
from cases.services.step_versions import keep_version, note_reopened, says_the_same
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User

SETTLING = ("status", "skip_reason", "skip_note")


@transaction.atomic
def save_step(
    actor: User,
    record: StepRecord,
    answers: dict[str, Any],
    *,
    now: datetime,
    summary: str | None = None,
    visibility: str | None = None,
    private_note: str | None = None,
) -> StepRecord:
    """Keep what is known so far, also half filled. What a settled step said before is kept as a version of it.

    It is open again when something is missing now, or when it says something else in a later sitting.
    What is None stays as it is: whoever may not read the private note cannot empty it either.

    Raises Stale when somebody else wrote the record since it was read.
    """
    lock(record.conversation.case)
    refuse_if(check_answers(record, answers) or postponing(record, answers, now))
    moment = new_moment_of(record)
    if private_note is not None:
        record.private_note = private_note
    words = record.summary if summary is None else summary
    _say(actor, record, answers, words, visibility or record.visibility, now)
    plan_new_moment(actor, record, moment, now=now)
    plan_step(record, now=now)
    _record(actor, events.STEP_SAVED, record, now)
    if record.step in TELLING_STEPS:
        look_for_signals(actor, record.conversation.case, now=now)
    return record


@transaction.atomic
def complete_step(actor: User, record: StepRecord, *, now: datetime) -> StepRecord:
    """Mark a step done. Refuses with everything that is still missing; what was saved stays saved."""
    lock(record.conversation.case)
    refuse_if([*review_problems(record.conversation), *missing_for_done(record, now)])
    if record.step == CLOSE_AND_AGREE:
        plan_next_contact(actor, record, now=now)
    if record.status == StepStatus.SKIPPED:
        keep_version(actor, record, now=now)
    record.status, record.completed_at, record.completed_by = StepStatus.DONE, now, actor
    record.skip_reason = record.skip_note = ""
    write(record, actor, now, [*SETTLING, "completed_at", "completed_by"])
    _record(actor, events.STEP_DONE, record, now)
    return record


@transaction.atomic
def skip_step(
    actor: User, record: StepRecord, reason: str, *, now: datetime, note: str = ""
) -> StepRecord:
    """Leave a step out with a reason and a note that explains it, only where the protocol allows it.

    Refuses it before step 1 is done, and while something new asks for an assessment, as finishing does.
    """
    lock(record.conversation.case)
    if reason not in record.definition.skip_reasons:
        raise broken("skip_reason", _("This step cannot be left out."), "skip")
    refuse_if([*review_problems(record.conversation), *order_problems(record)])
    if not note:
        raise broken("skip_note", _("Write in a few words why."), "required")
    if record.status == StepStatus.DONE:
        keep_version(actor, record, now=now)
    record.status, record.skip_reason, record.skip_note = StepStatus.SKIPPED, reason, note
    write(record, actor, now, SETTLING)
    _record(actor, events.STEP_SKIPPED, record, now, reason=reason)
    return record


def _say(
    actor: User,
    record: StepRecord,
    answers: dict[str, Any],
    summary: str,
    visibility: str,
    now: datetime,
) -> None:
    given = {key: value for key, value in answers.items() if value not in (None, "", [])}
    # A row of the same page may have opened the step again.
    record.refresh_from_db(fields=["status"])
    was_settled, differs = record.is_settled, not says_the_same(record, given, summary)
    if was_settled and differs:
        keep_version(actor, record, now=now)
    # After the version: old words keep the readers they were written for.
    record.answers, record.summary, record.visibility = given, summary, visibility
    _touch(record)
    record.status = _status_after_save(record, now, differs=differs)
    _validate(record)
    write(record, actor, now)
    if was_settled and not record.is_settled:
        note_reopened(actor, record, now=now)


def _status_after_save(record: StepRecord, now: datetime, *, differs: bool) -> str:
    match record.status:
        case StepStatus.DONE:
            later = differs and _in_later_sitting(record)
            return StepStatus.REOPENED if later or missing_for_done(record, now) else record.status
        case StepStatus.SKIPPED:
            return StepStatus.REOPENED if differs else record.status
        case StepStatus.REOPENED:
            return record.status
    return StepStatus.IN_PROGRESS


def _in_later_sitting(record: StepRecord) -> bool:
    if record.completed_at is None:
        return False
    # Mending a word afterwards is not talking about it anew.
    return record.conversation.sittings.filter(started_at__gt=record.completed_at).exists()


def _touch(record: StepRecord) -> None:
    sitting = open_sitting(record.conversation)
    if sitting is None:
        return
    record.first_sitting = record.first_sitting or sitting
    record.last_sitting = sitting
    if record.step not in sitting.steps_touched:
        sitting.steps_touched = sorted({*sitting.steps_touched, record.step})
        sitting.save(update_fields=["steps_touched"])


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

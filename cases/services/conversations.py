"""Starting, pausing and completing the ten-step conversation; sittings begin and end here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Conversation, Sitting, StepRecord
from cases.queries.completeness import missing_for_completion
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User

Status = Conversation.Status


@transaction.atomic
def begin_sitting(
    actor: User,
    conversation: Conversation,
    *,
    now: datetime,
    safety_score: int | None = None,
    what_changed: str = "",
    new_incident: bool | None = None,
    still_agrees: bool | None = None,
) -> Sitting:
    """Start talking. From the second sitting on, the resume check is asked first."""
    locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    if locked.status in {Status.COMPLETED, Status.DISCONTINUED}:
        raise broken(
            None, _("This conversation is completed. Plan a follow-up talk instead."), "completed"
        )
    number = locked.sittings.count() + 1
    if locked.sittings.filter(ended_at=None).exists():
        raise broken(None, _("The conversation is open already."), "open")
    if number > 1:
        refuse_if(
            _not_asked(
                safety_score=safety_score, new_incident=new_incident, still_agrees=still_agrees
            )
        )
    sitting = Sitting.objects.create(
        conversation=locked,
        number=number,
        started_at=now,
        safety_score_start=safety_score,
        what_changed=what_changed,
        new_incident=new_incident,
        still_agrees=still_agrees,
    )
    _mark_started(locked, now)
    _record(actor, events.SITTING_BEGUN, locked, now, number=number)
    return sitting


@transaction.atomic
def end_sitting(
    actor: User,
    sitting: Sitting,
    *,
    now: datetime,
    ended_because: str,
    recap_read_aloud: bool,
    next_contact_at: datetime | None,
    safety_score: int | None = None,
    handover_note: str = "",
) -> None:
    """Close a sitting with a mini step 7: agreements read aloud and a next contact. Refuses without them."""
    problems = []
    if not ended_because:
        problems.append(Problem("ended_because", _("Choose why you stop."), "required"))
    if not recap_read_aloud:
        problems.append(
            Problem("recap_read_aloud", _("Go through the agreements together first."), "required")
        )
    if next_contact_at is None:
        problems.append(Problem("next_contact_at", _("Choose a day and a time."), "required"))
    elif next_contact_at <= now:
        problems.append(Problem("next_contact_at", _("This moment is already over."), "past"))
    refuse_if(problems)
    sitting.ended_at = now
    sitting.ended_because = ended_because
    sitting.recap_read_aloud = recap_read_aloud
    sitting.next_contact_at = next_contact_at
    sitting.safety_score_end = safety_score
    sitting.handover_note = handover_note
    sitting.full_clean()
    sitting.save()
    _record(actor, events.SITTING_ENDED, sitting.conversation, now, number=sitting.number)


@transaction.atomic
def complete_conversation(actor: User, conversation: Conversation, *, now: datetime) -> None:
    """Completed: steps 1-8 done, a next talk with the pupil planned, step 10 done or skipped. The case stays active."""
    locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    if locked.status == Status.COMPLETED:
        return
    refuse_if(missing_for_completion(locked))
    locked.status, locked.completed_at = Status.COMPLETED, now
    locked.save(update_fields=["status", "completed_at"])
    locked.sittings.filter(ended_at=None).update(
        ended_at=now, ended_because="finished", recap_read_aloud=True
    )
    _record(actor, events.CONVERSATION_COMPLETED, locked, now)


def open_sitting(conversation: Conversation) -> Sitting | None:
    """The sitting that is going on, if any."""
    return conversation.sittings.filter(ended_at=None).first()


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


def _not_asked(**asked: object) -> list[Problem]:
    return [
        Problem(key, _("Ask this before you go on."), "required")
        for key, value in asked.items()
        if value is None
    ]


def _mark_started(conversation: Conversation, now: datetime) -> None:
    conversation.status = Status.IN_PROGRESS
    conversation.started_at = conversation.started_at or now
    conversation.save(update_fields=["status", "started_at"])


def _record(
    actor: User, verb: str, conversation: Conversation, now: datetime, **facts: int
) -> None:
    case = conversation.case
    log.record(
        actor,
        verb,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=conversation.uuid,
        rule="R17",
        **facts,
    )

"""The lists of the conversation: what happened, who is involved, what was tried, parents, measures, helpers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_asking
from cases.models import (
    Agreement,
    Case,
    Conversation,
    Evidence,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    SupportPerson,
)
from cases.protocol.step_numbers import SUPPORT_PERSONS
from cases.services.alarms import look_for_signals
from cases.services.measures import follow_measure
from cases.services.sharing import lock
from cases.services.step_versions import reopen_left_out
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import Stale, write
from schools.models import User

Row = TypeVar(
    "Row",
    Incident,
    Evidence,
    Participant,
    PriorAction,
    ParentContact,
    SupportPerson,
    SelfProtectionMeasure,
)


SUPPORT_ASKED = (
    *("answer", "answered_on", "asked_by", "ask_before", "tasks", "what_they_do"),
    *("relationship", "reminders_allowed"),
)
NOT_ASKED = SupportPerson.Answer.NOT_ASKED
CHILDREN = ("friend", "classmate", "older_pupil")
WITHOUT_TALK = ("without_talk", "without_talk_note")


@transaction.atomic
def put_incident(
    actor: User, case: Case, row: Incident | None, *, now: datetime, **values: Any
) -> Incident:
    """Write down, or correct, something that happened. Refuses a day in the future."""
    happened_on = values.get("happened_on")
    if happened_on and happened_on > now.astimezone(case.school.zone).date():
        raise broken("happened_on", _("This day is still to come."), "future")
    incident = _put(actor, case, row or Incident(case=case, recorded_at=now), values, now)
    look_for_signals(actor, case, now=now)
    return incident


def put_participant(
    actor: User, case: Case, row: Participant | None, *, now: datetime, **values: Any
) -> Participant:
    """Name somebody and the part they play.

    Refuses a pupil of another school, an "other reason" without it, and another part for whose conversation this is.
    """
    pupil = values.get("pupil")
    if pupil and pupil.school_id != case.school_id:
        raise broken("pupil", _("Choose a pupil of this school."), "pupil")
    row = row or Participant(case=case)
    if row.pk and values.get("role", row.role) != row.role and row.conversations.exists():
        told = _("There is a conversation with this pupil, so this part stays.")
        raise broken("role", told, "conversation")
    why = {name: values.get(name, getattr(row, name)) for name in WITHOUT_TALK}
    if why["without_talk"] == Participant.WithoutTalk.OTHER and not why["without_talk_note"]:
        raise broken("without_talk_note", _("Write in a few words why."), "required")
    return _put(actor, case, row, values, now)


def put_prior_action(
    actor: User,
    conversation: Conversation,
    row: PriorAction | None,
    *,
    now: datetime,
    **values: Any,
) -> PriorAction:
    """What the pupil tried; step 4 adds whether it helped."""
    return _put(
        actor, conversation.case, row or PriorAction(conversation=conversation), values, now
    )


def put_parent_contact(
    actor: User, case: Case, row: ParentContact | None, *, now: datetime, **values: Any
) -> ParentContact:
    """A contact that took place, about the pupil of a `conversation` when one is given.

    Refuses a moment in the future, and a conversation of another case.
    """
    conversation = values.get("conversation")
    if conversation and conversation.case_id != case.pk:
        raise broken("conversation", _("Choose from the list."), "foreign")
    if values.get("held_at") and values["held_at"] > now:
        raise broken(
            "held_at", _("This moment is still to come. Plan it as a follow-up talk."), "future"
        )
    return _put(actor, case, row or ParentContact(case=case), values, now)


@transaction.atomic
def put_evidence(
    actor: User, case: Case, row: Evidence | None, *, now: datetime, **values: Any
) -> Evidence:
    """Describe what shows that something happened. Keeps no file; refuses what belongs to another case."""
    incident = values.get("incident")
    if incident and incident.case_id != case.pk:
        raise broken("incident", _("Choose from the list."), "foreign")
    seen_on = values.get("seen_on")
    if seen_on and seen_on > now.astimezone(case.school.zone).date():
        raise broken("seen_on", _("This day is still to come."), "future")
    evidence = _put(actor, case, row or Evidence(recorded_at=now), values, now)
    look_for_signals(actor, case, now=now)
    return evidence


@transaction.atomic
def put_support_person(
    actor: User,
    conversation: Conversation,
    row: SupportPerson | None,
    *,
    now: datetime,
    linked_agreements: Collection[Agreement] | None = None,
    **values: Any,
) -> SupportPerson:
    """Somebody who helps, and their answer. Who is not asked yet is asked by somebody before a day, with a reminder.

    Refuses agreements of another case, and reminders for children. What is None stays as it is.
    """
    case, row = conversation.case, row or SupportPerson(conversation=conversation)
    lock(case)
    told = {name: values.get(name, getattr(row, name)) for name in SUPPORT_ASKED}
    refuse_if(_support_problems(case, told, linked_agreements or ()))
    if told["answer"] != NOT_ASKED and not told["answered_on"]:
        values["answered_on"] = now.astimezone(case.school.zone).date()
    saved = _put(actor, case, row, values, now)
    if linked_agreements is not None:
        saved.linked_agreements.set(linked_agreements)
    plan_asking(saved, now=now)
    reopen_left_out(actor, conversation, SUPPORT_PERSONS, now=now)
    return saved


def _support_problems(
    case: Case, told: dict[str, Any], linked: Collection[Agreement]
) -> list[Problem]:
    planned = told["answer"] != NOT_ASKED or (told["asked_by"] and told["ask_before"])
    asked = (
        ("ask_before", _("Who asks this person, and before which day?"), not planned),
        (
            "tasks",
            _("What does this person help with?"),
            not (told["tasks"] or told["what_they_do"]),
        ),
        (
            "reminders_allowed",
            _("Only adults may get reminders."),
            told["reminders_allowed"] and told["relationship"] in CHILDREN,
        ),
        (
            "linked_agreements",
            _("Choose from the list."),
            any(agreement.case_id != case.pk for agreement in linked),
        ),
    )
    return [Problem(field, sentence, "required") for field, sentence, missing in asked if missing]


@transaction.atomic
def put_measure(
    actor: User,
    conversation: Conversation,
    key: str,
    *,
    now: datetime,
    seen: int | None = None,
    **values: Any,
) -> SelfProtectionMeasure:
    """What was decided about one of the nine measures; offered, never imposed. Refuses a tenth.

    What hangs on it follows: see measures.py. `seen` is the version that was compared with, 0 for none; raises Stale
    when it is another by now.
    """
    if key not in {measure.key for measure in conversation.edition.measures}:
        raise broken(None, _("Choose from the list."), "unknown_term")
    # Two people may fill in the same measure for the first time at once. Its agreement locks the case too: case first.
    lock(conversation.case)
    row = conversation.measures.filter(key=key).first()
    if seen is not None and seen != (row.version if row else 0):
        raise Stale(key)
    day_before, was_reported = (row.deadline, row.is_reported) if row else (None, False)
    row = row or SelfProtectionMeasure(conversation=conversation, key=key)
    measure = _put(actor, conversation.case, row, values, now)
    follow_measure(actor, measure, day_before, now=now, was_reported=was_reported)
    return measure


@transaction.atomic
def _put(actor: User, case: Case, row: Row, values: dict[str, Any], now: datetime) -> Row:
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        refuse_if(
            [Problem(_field(name, row), texts[0]) for name, texts in error.message_dict.items()]
        )
    write(row, actor, now)
    log.record(
        actor,
        events.ITEM_RECORDED,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=row.uuid,
        rule="R17",
        kind=row._meta.model_name,
    )
    return row


def _field(name: str, row: Model) -> str | None:
    return name if name in {f.name for f in row._meta.fields} else None

"""The lists of the conversation: what happened, who is involved, what was tried, parents, measures, helpers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import (
    Case,
    Conversation,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    SupportPerson,
)
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import Stale, write
from schools.models import User

Row = TypeVar(
    "Row", Incident, Participant, PriorAction, ParentContact, SupportPerson, SelfProtectionMeasure
)


SUPPORT_ASKED = ("answer", "asked_by", "ask_before", "tasks", "what_they_do")


def put_incident(
    actor: User, case: Case, row: Incident | None, *, now: datetime, **values: Any
) -> Incident:
    """Write down, or correct, something that happened. Refuses a day in the future."""
    happened_on = values.get("happened_on")
    if happened_on and happened_on > now.astimezone(case.school.zone).date():
        raise broken("happened_on", _("This day is still to come."), "future")
    return _put(actor, case, row or Incident(case=case, recorded_at=now), values, now)


def put_participant(
    actor: User, case: Case, row: Participant | None, *, now: datetime, **values: Any
) -> Participant:
    """Name somebody and the part they play. Refuses a pupil of another school."""
    pupil = values.get("pupil")
    if pupil and pupil.school_id != case.school_id:
        raise broken("pupil", _("Choose a pupil of this school."), "pupil")
    return _put(actor, case, row or Participant(case=case), values, now)


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
    """A contact that took place. Refuses a moment in the future."""
    if values.get("held_at") and values["held_at"] > now:
        raise broken(
            "held_at", _("This moment is still to come. Plan it as a follow-up talk."), "future"
        )
    return _put(actor, case, row or ParentContact(case=case), values, now)


def put_support_person(
    actor: User,
    conversation: Conversation,
    row: SupportPerson | None,
    *,
    now: datetime,
    **values: Any,
) -> SupportPerson:
    """Somebody who helps, and their answer. Who is not asked yet is asked by somebody before a day."""
    row = row or SupportPerson(conversation=conversation)
    told = {name: values.get(name, getattr(row, name)) for name in SUPPORT_ASKED}
    not_asked = told["answer"] == SupportPerson.Answer.NOT_ASKED
    if not_asked and not (told["asked_by"] and told["ask_before"]):
        raise broken("ask_before", _("Who asks this person, and before which day?"), "required")
    if not told["tasks"] and not told["what_they_do"]:
        raise broken("tasks", _("What does this person help with?"), "required")
    return _put(actor, conversation.case, row, values, now)


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

    `seen` is the version that was compared with, 0 for none; raises Stale when it is another by now.
    """
    if key not in {measure.key for measure in conversation.edition.measures}:
        raise broken(None, _("Choose from the list."), "unknown_term")
    # Two people may fill in the same measure for the first time at once.
    Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    row = conversation.measures.filter(key=key).first()
    if seen is not None and seen != (row.version if row else 0):
        raise Stale(key)
    row = row or SelfProtectionMeasure(conversation=conversation, key=key)
    return _put(actor, conversation.case, row, values, now)


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

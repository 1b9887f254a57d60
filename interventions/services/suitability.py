"""Answering what the situation is like, before a method is chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Conversation
from cases.services.sharing import lock
from interventions import events
from interventions.models import SuitabilityCheck, SuitabilityVersion
from interventions.suitability import Edition, newest
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import Stale, write
from schools.models import User


@transaction.atomic
def check_suitability(
    actor: User,
    conversation: Conversation,
    answers: Mapping[str, str],
    *,
    now: datetime,
    circumstances: Collection[str] = (),
    note: str = "",
    saved: SuitabilityCheck | None = None,
) -> SuitabilityCheck:
    """Keep the answers, also half filled, in the newest edition; what stood there before stays as a version.

    `saved` is the row that was read. Refuses a closed case and what is not asked; raises Stale when somebody else
    answered since it was read.
    """
    case, asked = lock(conversation.case), newest()
    if not case.is_open:
        raise broken(None, _("This case is closed."), "closed")
    refuse_if(_unknown(asked, answers, circumstances))
    given = _given(asked, answers, circumstances, note)
    if saved is not None and saved.same_as(given):
        return saved
    row = _row(conversation, saved)
    before = _as_version(row)
    for name, value in given.items():
        setattr(row, name, value)
    _write(actor, row, now)
    if before is not None:
        # Only now: whoever was overtaken is told so, and leaves no version behind.
        before.save()
    _record(actor, row, case, now)
    return row


def _given(
    asked: Edition, answers: Mapping[str, str], circumstances: Collection[str], note: str
) -> dict[str, Any]:
    ticked = [one.key for one in asked.asked if one.key in set(circumstances)]
    return {
        "edition": asked.key,
        "answers": dict(answers),
        "circumstances": ticked,
        "note": note.strip(),
    }


def _record(actor: User, row: SuitabilityCheck, case: Case, now: datetime) -> None:
    log.record(
        actor,
        events.SUITABILITY_CHECKED,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=row.uuid,
        rule="R17",
        answered=len(row.answers),
    )


def _unknown(
    asked: Edition, answers: Mapping[str, str], circumstances: Collection[str]
) -> list[Problem]:
    told = _("This question is not part of the step.")
    choices = {one.key: {choice.key for choice in one.choices} for one in asked.indicators}
    wrong = [key for key, answer in answers.items() if answer not in choices.get(key, ())]
    problems = [Problem(key, told, "unknown") for key in wrong]
    if set(circumstances) - {one.key for one in asked.asked}:
        problems.append(Problem("circumstances", told, "unknown"))
    return problems


def _row(conversation: Conversation, saved: SuitabilityCheck | None) -> SuitabilityCheck:
    if saved is not None:
        return saved
    if SuitabilityCheck.objects.filter(conversation=conversation).exists():
        raise Stale(SuitabilityCheck._meta.label)
    return SuitabilityCheck(conversation=conversation)


def _as_version(row: SuitabilityCheck) -> SuitabilityVersion | None:
    if row.pk is None:
        return None
    return SuitabilityVersion(
        check_row=row,
        number=row.version,
        edition=row.edition,
        answers=row.answers,
        circumstances=row.circumstances,
        note=row.note,
        answered_by_id=row.changed_by_id,
        answered_at=row.changed_at,
    )


def _write(actor: User, row: SuitabilityCheck, now: datetime) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    write(row, actor, now)

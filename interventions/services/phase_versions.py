"""A phase that was held or left out is corrected with a reason; what it said before is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from interventions.models import PersonNote, PhaseRecord, PhaseVersion
from pestzorg.errors import broken
from schools.models import User

LONGEST_REASON = 500
# What was about a person, and what it becomes.
Change = tuple[PersonNote | None, Mapping[str, Any]]


def keep_if_corrected(
    actor: User,
    record: PhaseRecord,
    answers: Mapping[str, Any],
    persons: Sequence[Change],
    reason: str,
    now: datetime,
) -> None:
    """Keep a settled phase as it is stored when these words mean something else. Refuses that without a reason.

    The caller locks the intervention, and writes afterwards.
    """
    before = [(note.answers if note else {}, given) for note, given in persons]
    same = all(_meaning(old) == _meaning(new) for old, new in [(record.answers, answers), *before])
    if not record.is_settled or same:
        return
    if not reason.strip():
        raise broken("reason", _("Write in a few words why this is corrected."), "required")
    if len(reason) > LONGEST_REASON:
        told = _("Use at most %(limit)s characters.") % {"limit": LONGEST_REASON}
        raise broken("reason", told, "max_length")
    notes = record.notes.select_related("member")
    PhaseVersion.objects.create(
        record=record,
        number=PhaseVersion.objects.filter(record=record).count() + 1,
        answers=record.answers,
        persons={_key(note): note.answers for note in notes},
        reason=reason.strip(),
        replaced_at=now,
        replaced_by=actor,
    )


def _key(note: PersonNote) -> str:
    return str(note.member.uuid) if note.member else "target"


def _meaning(answers: Mapping[str, Any]) -> dict[str, Any]:
    # A form sends an empty tick as no, orders its ticks, and ends lines in its own way.
    said = {key: value for key, value in answers.items() if value not in (None, "", [], False)}
    return {key: _plain(value) for key, value in said.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value

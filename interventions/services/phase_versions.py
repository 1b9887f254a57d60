"""A phase that was held or left out is corrected with a reason; what it said before is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.protocol import Field
from cases.services.step_versions import meaning_of
from interventions.models import PersonNote, PhaseRecord, PhaseVersion
from interventions.models.phase_version import LONGEST_CORRECTION
from pestzorg.errors import broken
from schools.models import User

# The questions of a phase or about one person, what was answered, and what it becomes.
Change = tuple[Sequence[Field], Mapping[str, Any], Mapping[str, Any]]


def keep_if_corrected(
    actor: User, record: PhaseRecord, changes: Sequence[Change], reason: str, now: datetime
) -> None:
    """Keep a settled phase as it is stored when these words mean something else. Refuses that without a reason.

    The caller locks the intervention, and writes afterwards.
    """
    same = all(meaning_of(asked, old) == meaning_of(asked, new) for asked, old, new in changes)
    if not record.is_settled or same:
        return
    if not reason.strip():
        raise broken("reason", _("Write in a few words why this is corrected."), "required")
    if len(reason) > LONGEST_CORRECTION:
        told = _("Use at most %(limit)s characters.") % {"limit": LONGEST_CORRECTION}
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

"""What a phase said before it was corrected, in words; for whoever sees the phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.protocol import Field
from cases.queries.printed_answers import Printer
from interventions.models import Member, PhaseRecord, PhaseVersion
from interventions.queries.people import asked_in
from schools.models import User

NAMED = "staff"


@dataclass(frozen=True)
class VersionShown:
    """One earlier version: what was answered then, each with whom it was about."""

    version: PhaseVersion
    lines: list[tuple[str, str]]


def versions_of(record: PhaseRecord, members: Sequence[Member]) -> list[VersionShown]:
    """Earlier versions, the newest first; none of a phase that was never settled."""
    if not record.is_settled:
        return []
    found = PhaseVersion.objects.filter(record=record).select_related("replaced_by")
    return [_shown(record, one, members) for one in found]


def _shown(record: PhaseRecord, version: PhaseVersion, members: Sequence[Member]) -> VersionShown:
    lines = _lines(record.definition.fields, version.answers, "")
    for asked in asked_in(record, members):
        lines += _lines(asked.fields, version.persons.get(asked.key, {}), f"{asked.name}: ")
    return VersionShown(version, lines)


def _lines(
    fields: Sequence[Field], answers: dict[str, object], about: str
) -> list[tuple[str, str]]:
    given = [field for field in fields if answers.get(field.key) not in (None, "", [])]
    uuids = [str(answers[field.key]) for field in given if field.kind == NAMED]
    people = User.objects.filter(uuid__in=uuids) if uuids else ()
    words = Printer("file", str, {str(one.uuid): one.full_name for one in people})
    return [(f"{about}{field.label}", words.text(field, answers[field.key])) for field in given]

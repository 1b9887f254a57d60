"""What a step said before it was changed: each earlier version in words, and what became different after it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.access import Who, may_read_step
from cases.models import StepRecord, StepVersion
from cases.models.step_record import StepStatus, Visibility
from cases.protocol import vocabulary
from cases.queries.printed_answers import Line, Printer, names_in

Said = StepRecord | StepVersion


@dataclass(frozen=True)
class Change:
    """One question whose answer became another one; empty is not answered."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class VersionShown:
    """One earlier version, with what it said and what was changed after it; None when that is not for the reader."""

    version: StepVersion
    lines: list[Line]
    changes: list[Change] | None


def has_versions(record: StepRecord) -> bool:
    """Whether this step said something else before. A step that was never settled has none, and is not looked up."""
    ever = record.completed_at or record.is_settled or record.status == StepStatus.REOPENED
    return bool(ever) and record.versions.exists()


def versions_of(who: Who, record: StepRecord) -> list[VersionShown]:
    """Earlier versions that this person may read, the newest first. Who may not read the step gets none."""
    if not may_read_step(who, record):
        return []
    stored = _stored(record)
    newer: list[Said] = [record, *stored]
    words = _Words(names_in(newer))
    return [
        VersionShown(version, words.lines(version), words.changes(version, after) if told else None)
        for version, after in zip(stored, newer, strict=False)
        # What became different is told in the words of the next version, which may be private.
        for told in [isinstance(after, StepRecord) or _may_read(who, after)]
        if _may_read(who, version)
    ]


def readable_versions(who: Who, record: StepRecord) -> list[StepVersion]:
    """The same versions as they are stored, for programs."""
    return [v for v in _stored(record) if may_read_step(who, record) and _may_read(who, v)]


def _stored(record: StepRecord) -> list[StepVersion]:
    related = ("settled_by", "replaced_by", "sitting")
    stored = list(record.versions.select_related(*related))
    for version in stored:
        version.record = record
    return stored


def _may_read(who: Who, version: StepVersion) -> bool:
    # Asked with the visibility of then: opening a step up later opens no old words.
    then = StepRecord(conversation=version.record.conversation, visibility=version.visibility)
    return version.visibility != Visibility.HANDLER_ONLY or may_read_step(who, then)


@dataclass(frozen=True)
class _Words:
    names: dict[str, str]

    def lines(self, said: Said) -> list[Line]:
        """Everything that was answered, in the order of the questions."""
        return [Line(label, text) for label, text in self._all(said).items() if text]

    def changes(self, before: Said, after: Said) -> list[Change]:
        """What reads differently."""
        old, new = self._all(before), self._all(after)
        return [Change(label, old[label], new[label]) for label in old if old[label] != new[label]]

    def _all(self, said: Said) -> dict[str, str]:
        printer = Printer("staff", str, self.names)
        found = {
            str(question.label): printer.text(question, value)
            if (value := said.answer(question.key)) not in (None, "", [])
            else ""
            for question in said.definition.fields
        }
        left_out = said.skip_reason and vocabulary.label("skip_reasons", said.skip_reason)
        reason = ": ".join(filter(None, [left_out, said.skip_note]))
        return {**found, _("Summary in your own words"): said.summary, _("Left out"): reason}

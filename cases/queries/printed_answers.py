"""Answers in words, as a paper shows them: only what the edition prints for this reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.models import StepRecord, StepVersion
from cases.protocol import Choice, Field
from pestzorg.web.templatetags.pestzorg_ui import day, moment
from schools.models import SchoolClass, User

NAMED = ("staff", "leader", "class_group")
Hide = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """A question and its answer; a line without text says everything in its label."""

    label: str
    text: str = ""


@dataclass(frozen=True)
class Printer:
    """Turns answers into lines for one audience; free text goes through `hide` first."""

    audience: str
    hide: Hide
    names: dict[str, str]

    def lines(self, record: StepRecord) -> list[Line]:
        """The answers of a step that are printed for this audience, in the order of the questions."""
        printed = (q for q in record.definition.fields if self.audience in q.printed)
        lines = (self._line(question, record.answer(question.key)) for question in printed)
        return [line for line in lines if line is not None]

    def _line(self, question: Field, value: Any) -> Line | None:
        if value is None or value in ("", []):
            return None
        label = self._words(question)
        # A tick that says something true needs no "yes" behind it.
        if question.kind == "must_be_true" or (question.kind == "bool" and not question.required):
            return Line(label) if value else None
        return Line(label if label.endswith("?") else f"{label}:", self.text(question, value))

    def _words(self, said: Field | Choice) -> str:
        return str((self.audience == "pupil" and said.for_pupil) or said.label)

    def text(self, question: Field, value: Any) -> str:
        """One answer in words."""
        if question.kind in ("choice", "multi"):
            chosen = [value] if question.kind == "choice" else value
            return "; ".join(self._words(c) for c in question.choices if c.key in chosen)
        if question.kind in NAMED:
            return self.names.get(value, "")
        return IN_WORDS.get(question.kind, self.hide)(value)


IN_WORDS: dict[str, Callable[[Any], str]] = {
    "bool": lambda value: _("Yes") if value else _("No"),
    "must_be_true": lambda value: _("Yes") if value else _("No"),
    "score": lambda value: _("%(score)s out of 10") % {"score": value},
    # Moments are kept as the school's wall-clock time, so there is no zone to think of.
    "date": lambda value: day(date.fromisoformat(value)),
    "datetime": lambda value: moment(datetime.fromisoformat(value)),
}


def names_in(records: Iterable[StepRecord | StepVersion]) -> dict[str, str]:
    """The members of staff and the classes that are answers, by their uuid."""
    uuids = {
        record.answer(question.key)
        for record in records
        for question in record.definition.fields
        if question.kind in NAMED and record.answer(question.key)
    }
    people = User.objects.filter(uuid__in=uuids)
    classes = SchoolClass.objects.filter(uuid__in=uuids)
    return {str(p.uuid): p.full_name for p in people} | {str(c.uuid): c.name for c in classes}

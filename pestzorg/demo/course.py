"""How far a scenario has come at its school, and what its names mean there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.models import Case, Conversation
from cases.protocol import Step
from pestzorg.demo import scenario as s
from pestzorg.demo.people import Place


@dataclass
class Course:
    """One scenario at its school; `case` is there once it was reported."""

    scenario: s.Scenario
    place: Place
    case: Case | None = None

    @property
    def conversation(self) -> Conversation:
        """The conversation of the case, as it is now."""
        return Conversation.objects.get(case=self.case)

    def the_case(self) -> Case:
        """The case; there is none before the report."""
        if self.case is None:
            raise LookupError("nothing was reported yet")
        return self.case


def stored(step: Step, answers: s.Answers, place: Place) -> dict[str, Any]:
    """Answers as the service keeps them: uuids for names, ISO words for days, lists."""
    return {key: _word(value) for key, value in named(step, answers, place).items()}


def named(step: Step, answers: s.Answers, place: Place) -> s.Answers:
    """Answers with the uuid of a colleague, or of the class, where the scenario has a name."""
    kinds = {question.key: question.kind for question in step.fields}
    return {key: _named(kinds[key], value, place) for key, value in answers.items()}


def _named(kind: str, value: Any, place: Place) -> Any:
    if kind == "staff":
        return str(place.staff[value].uuid)
    return str(place.school_class.uuid) if kind == "class_group" else value


def _word(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value

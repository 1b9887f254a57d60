"""Whether answers to a step fit the protocol: known questions, known choices, sensible lengths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.protocol import Field
from pestzorg.errors import Problem
from schools.models import Membership, MembershipRole, School, SchoolClass
from schools.roles import Role

HIGHEST_SCORE = 10


def check_answers(record: StepRecord, answers: dict[str, Any]) -> list[Problem]:
    """One problem per answer that cannot be stored. Empty answers are fine: a step may be half filled."""
    return fit_problems(record.definition.fields, answers, record.conversation.case.school)


def fit_problems(
    asked: Iterable[Field], answers: Mapping[str, Any], school: School
) -> list[Problem]:
    """The same for any list of questions of a protocol."""
    fields = {field.key: field for field in asked}
    problems = [
        Problem(key, _("This question is not part of the step."), "unknown")
        for key in answers.keys() - fields
    ]
    for key in answers.keys() & fields.keys():
        value = answers[key]
        if value not in (None, "", []) and not _fits(fields[key], value, school):
            problems.append(
                Problem(
                    key,
                    _too_long(fields[key], value) or _("This answer does not fit the question."),
                    "fit",
                )
            )
    return problems


def _too_long(field: Field, value: Any) -> Any:
    if field.kind in {"char", "text"} and isinstance(value, str):
        return _("Use at most %(limit)s characters.") % {"limit": field.max_length}
    return None


def _fits(field: Field, value: Any, school: School) -> bool:
    keys = [choice.key for choice in field.choices]
    match field.kind:
        case "bool" | "must_be_true":
            return isinstance(value, bool)
        case "score":
            return (
                isinstance(value, int)
                and not isinstance(value, bool)
                and 0 <= value <= HIGHEST_SCORE
            )
        case "choice":
            return value in keys
        case "multi":
            return isinstance(value, list) and all(key in keys for key in value)
        case "char" | "text":
            return isinstance(value, str) and len(value) <= field.max_length
        case _:
            return isinstance(value, str) and _refers(field.kind, value, school)


def _refers(kind: str, value: str, school: School) -> bool:
    try:
        match kind:
            case "date":
                return bool(date.fromisoformat(value))
            case "datetime":
                # The wall clock of the school; an offset would silently be dropped later.
                return datetime.fromisoformat(value).tzinfo is None
            case "staff":
                return Membership.objects.filter(school=school, user__uuid=UUID(value)).exists()
            case "leader":
                # Also somebody who has left since: they decided when they were there.
                return MembershipRole.objects.filter(
                    membership__school=school,
                    membership__user__uuid=UUID(value),
                    role=Role.PRINCIPAL,
                ).exists()
            case _:
                return SchoolClass.objects.filter(school=school, uuid=UUID(value)).exists()
    except ValueError:
        return False

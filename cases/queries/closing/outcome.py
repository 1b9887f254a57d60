"""What a talk of aftercare cannot do without, and which verdict fits its answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from cases.models import AftercareCheck, Agreement
from cases.queries.closing.own_criteria import SAFE_ENOUGH
from pestzorg.errors import Problem

Verdict, Compared = AftercareCheck.Verdict, AftercareCheck.Compared
# At this one the parents are contacted at the latest.
WITH_PARENTS = 6


def asks_parents(check: AftercareCheck) -> bool:
    """The parents hear from school at this talk, or somebody writes why not."""
    return check.weeks == WITH_PARENTS


def outcome_problems(check: AftercareCheck, reviewed: Collection[Agreement]) -> list[Problem]:
    """What is not said yet."""
    return [*_missing(check, reviewed), *_verdict(check)]


def _missing(check: AftercareCheck, reviewed: Collection[Agreement]) -> Iterator[Problem]:
    living = check.case.agreements.filter(status__in=Agreement.LIVING)
    asked = (
        ("safety_score", _("Ask the pupil for a grade."), check.safety_score is None),
        ("new_incident", _("Choose yes or no."), check.new_incident is None),
        ("compared", _("Please choose."), not check.compared),
        (
            "agreements_reviewed",
            _("Go through the agreements that are still open."),
            not reviewed and living.exists(),
        ),
        ("helpers_active", _("Please choose."), not check.helpers_active),
        (
            "class_teacher_signal",
            _("Write in a few words what the class teacher sees."),
            not check.class_teacher_signal,
        ),
        ("parents_contacted", _("Choose yes or no."), check.parents_contacted is None),
        (
            "parents_reason",
            _("At this talk the parents hear from school. Write why not."),
            asks_parents(check) and check.parents_contacted is False and not check.parents_reason,
        ),
        ("verdict", _("Please choose."), not check.verdict),
    )
    yield from (Problem(name, told, "required") for name, told, missing in asked if missing)


def _verdict(check: AftercareCheck) -> Iterator[Problem]:
    if check.compared == Compared.WORSE and check.verdict not in {"", Verdict.RELAPSE}:
        yield Problem("verdict", _WORSE, "worse")
    elif check.verdict == Verdict.OK and _is_doubtful(check) and not check.note:
        yield Problem("note", _("The answers raise doubt. Why is it good all the same?"), "doubt")
    elif check.verdict == Verdict.RELAPSE and not check.note:
        yield Problem("note", _("Write in a few words what happened."), "required")


def _is_doubtful(check: AftercareCheck) -> bool:
    grade = check.safety_score
    return bool(check.new_incident) or (grade is not None and grade < SAFE_ENOUGH)


_WORSE = _("The pupil says that it is worse. Then it is a relapse, and the case opens again.")

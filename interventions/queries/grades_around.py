"""How safe the pupil felt when an approach began and when it was over. A fixed number of questions for many at once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch

from cases.models import StepRecord
from cases.protocol.step_numbers import CLOSE_AND_AGREE, SAFE_SETTING
from cases.queries.scores import Score, scores
from interventions.models import Intervention
from interventions.queries.around import Around

_STEPS = StepRecord.objects.filter(step__in=[SAFE_SETTING, CLOSE_AND_AGREE])
GRADES: tuple[Any, ...] = (
    "conversation__sittings",
    Prefetch(
        "conversation__step_records",
        _STEPS.select_related("first_sitting", "last_sitting"),
        to_attr="graded_steps",
    ),
    "case__talks",
    "case__aftercare_checks",
)


def grades_around(intervention: Intervention) -> Around | None:
    """The last grade until the day it began, and the one at its end or the first one after it; None without both.

    The rows of GRADES were prefetched.
    """
    case, conversation = intervention.case, intervention.conversation
    if case is None or conversation is None or intervention.ended_at is None:
        return None
    zone, steps = intervention.school.zone, getattr(conversation, "graded_steps", ())
    checks = case.aftercare_checks.all()
    found = scores(conversation, steps, case.talks.all(), zone, checks)
    began = intervention.started_at.astimezone(zone).date()
    before = [score.grade for score in found if score.on <= began]
    after = _at_the_end(intervention, found, intervention.ended_at.astimezone(zone).date())
    if not before or after is None:
        return None
    return Around(after[0], Fraction(before[-1]), Fraction(after[1]))


def _at_the_end(
    intervention: Intervention, found: list[Score], ended: date
) -> tuple[date, int] | None:
    given = intervention.outcome.get("safety_score") if intervention.outcome else None
    if isinstance(given, int):
        return ended, given
    return next(((score.on, score.grade) for score in found if score.on >= ended), None)

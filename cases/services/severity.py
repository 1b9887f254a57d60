"""How serious a case is: eight indicators, red flags, and what a cyber form demands at least."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Case, SeverityAssessment
from cases.protocol import vocabulary
from pestzorg.audit import log
from pestzorg.errors import Problem, refuse_if
from schools.models import User

INDICATORS = (
    "frequency",
    "duration",
    "impact",
    "power",
    "reach",
    "isolation",
    "persistence",
    "ground",
)
HIGHEST = 4


def level_of(score: int, red_flags: list[str], cyber_subforms: list[str]) -> int:
    """The level: the highest of score band, minimum of a cyber form, and 4 for any red flag."""
    if red_flags:
        return HIGHEST
    bands = vocabulary.terms("severity_levels")
    band = next(
        int(t.note["level"])
        for t in bands
        if int(t.note["min_score"]) <= score <= int(t.note["max_score"])
    )
    minima = [
        int(vocabulary.term("cyber_subforms", key).note["minimum_severity"])
        for key in cyber_subforms
    ]
    return max([band, *minima])


@transaction.atomic
def assess_severity(
    actor: User,
    case: Case,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    *,
    now: datetime,
) -> SeverityAssessment:
    """Keep a new assessment and set the level on the case. Refuses a missing indicator."""
    missing = [key for key in INDICATORS if indicators.get(key) not in range(4)]
    refuse_if([Problem(key, _("Choose one of the four."), "required") for key in missing])
    scores = {key: int(indicators[key] or 0) for key in INDICATORS}
    subforms = [sub for incident in case.incidents.all() for sub in incident.cyber_subforms]
    assessment = SeverityAssessment(
        case=case,
        **scores,
        red_flags=red_flags,
        score=sum(scores.values()),
        level=level_of(sum(scores.values()), red_flags, subforms),
        assessed_by=actor,
        assessed_at=now,
    )
    assessment.full_clean()
    assessment.save()
    case.severity = assessment.level
    case.save(update_fields=["severity"])
    log.record(
        actor,
        events.SEVERITY_ASSESSED,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        level=assessment.level,
    )
    return assessment

"""Step 6: the nine measures. All are discussed, none is compulsory, and in a critical case some cannot wait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import SelfProtectionMeasure, StepRecord
from cases.protocol import Measure
from pestzorg.errors import Problem
from schools.queries.calendars import calendar_for

AGREED = SelfProtectionMeasure.Status.AGREED


def measures_discussed(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for an answer to each of the nine, and for owner and day of what was agreed."""
    measures = {measure.key: measure for measure in record.conversation.measures.all()}
    found = (_problem(d, measures.get(d.key)) for d in record.conversation.edition.measures)
    return [problem for problem in found if problem]


def urgent_measures(record: StepRecord) -> list[Problem]:
    """Evidence, support and a complaint, as far as nobody asked about them: these cannot wait when it is critical."""
    conversation = record.conversation
    answered = set(conversation.measures.exclude(status="").values_list("key", flat=True))
    urgent = (m for m in conversation.edition.measures if m.always_discussed_when_critical)
    asked = _("This is critical: discuss this one now, also when the rest waits.")
    return [Problem(f"measure-{m.key}", asked, "urgent") for m in urgent if m.key not in answered]


def postponing(record: StepRecord, answers: dict[str, Any], now: datetime) -> list[Problem]:
    """What stands against discussing the rest later; nothing when nobody asks for that, or it was decided before."""
    day = answers.get("postponed_to")
    if not day or day == record.answer("postponed_to"):
        return []
    case = record.conversation.case
    if not case.is_critical:
        return [Problem("postponed_to", _("Only when it is critical can this wait."), "severity")]
    problems = urgent_measures(record)
    if date.fromisoformat(day) < calendar_for(case.school).local_date(now):
        problems.append(Problem("postponed_to", _("This day is already over."), "past"))
    if not answers.get("postponed_reason"):
        problems.append(Problem("postponed_reason", _("Write in a few words why."), "required"))
    return problems


def _problem(definition: Measure, measure: SelfProtectionMeasure | None) -> Problem | None:
    field = f"measure-{definition.key}"
    if measure is None or not measure.status:
        return Problem(field, _("Choose one of the answers."), "required")
    if measure.status == AGREED and not measure.owner:
        return Problem(field, _("Who does this?"), "owner")
    if measure.status == AGREED and definition.has_deadline and not measure.deadline:
        return Problem(field, _("By when?"), "deadline")
    return None

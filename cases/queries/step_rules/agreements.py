"""Step 7: somebody at school does something too, and every agreement has one owner and a day."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, StepRecord
from cases.queries.belonging import agreements_of
from cases.queries.step_rules.measures import urgent_measures
from pestzorg.errors import Problem


def agreements_made(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for an agreement of the school. That each has an owner and a day is refused where agreements are made."""
    return [*_agreements(record), *_urgent(record)]


def _agreements(record: StepRecord) -> list[Problem]:
    made = agreements_of(record.conversation).exclude(status=Agreement.Status.CANCELLED)
    owners = set(made.values_list("owner_type", flat=True))
    if not owners:
        return [Problem("agreements", _("Make at least one agreement."), "required")]
    if Agreement.OwnerType.STAFF not in owners:
        asked = _(
            "At least one agreement is for somebody at school: the pupil does not carry this alone."
        )
        return [Problem("agreements", asked, "staff")]
    return []


def _urgent(record: StepRecord) -> list[Problem]:
    if not record.conversation.case.is_critical or not urgent_measures(record):
        return []
    asked = _("This is critical: talk about evidence, support and a complaint first (step 6).")
    return [Problem("agreements", asked, "urgent")]

"""Step 8: a decision about the class that the pupil can live with, looked at again in time."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.protocol import vocabulary
from cases.queries.wishes import wish_against
from cases.wishes import Plan
from pestzorg.errors import Problem
from schools.queries.calendars import calendar_for


def approach_decided(record: StepRecord, now: datetime) -> list[Problem]:
    """Refuses a method without the consent it needs, one against the pupil's wish, and a review that is over."""
    decision = record.answer("decision")
    if decision == "not_now":
        return _review(record, now)
    if decision != "yes":
        return []
    if record.answer("target_consent") == "withheld" and _needs_consent(record.answer("method")):
        refused = _("The pupil does not want this. Choose an approach that does not need consent.")
        return [Problem("method", refused, "consent")]
    return _against_wish(record)


def _needs_consent(method: str | None) -> bool:
    methods = vocabulary.terms("class_methods")
    return any(term.key == method and term.note["needs_consent"] for term in methods)


def _review(record: StepRecord, now: datetime) -> list[Problem]:
    on = record.answer("review_on")
    today = calendar_for(record.conversation.case.school).local_date(now)
    if on and date.fromisoformat(on) < today:
        return [
            Problem("review_on", _("This day is over. Decide again, or choose a new day."), "past")
        ]
    return []


def _against_wish(record: StepRecord) -> list[Problem]:
    if record.answer("protection_note"):
        return []
    plan = Plan(method=record.answer("method") or "")
    wish = wish_against(record.conversation.case, plan, record.conversation)
    if wish is None:
        return []
    if wish.is_for_few:
        unquoted = _("The pupil does not want this. Say why, and how you protect the pupil.")
        return [Problem("protection_note", unquoted, "wish")]
    asked = _("The pupil does not want this: “%(wish)s”. Say why, and how you protect the pupil.")
    return [Problem("protection_note", asked % {"wish": wish.words}, "wish")]

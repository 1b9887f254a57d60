"""Step 3: the parents know, or will know soon, or there is a good reason why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import FollowUpTalk, StepRecord
from cases.queries.belonging import over_before, parent_contacts_of
from cases.queries.step_rules.planned import any_by, last_day, living_talks
from pestzorg.errors import Problem
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.queries.calendars import calendar_for

TALK_WITHIN = 3


def parents_involved(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for what each answer about the parents brings along. The rest of the step is data."""
    status = record.answer("parents_status")
    if status == "pupil_objects":
        return _objection(record)
    if record.answer("parents_part_skipped"):
        return []
    if status == "informed_by_school" and not _spoken(record):
        return [Problem("parent_contacts", _contact_asked(record), "required")]
    if status == "planned" and not _planned_in_time(record, now):
        asked = _("Plan the talk with the parents within 3 school days (step 9).")
        return [Problem("parents_status", asked, "talk")]
    return []


def _objection(record: StepRecord) -> list[Problem]:
    if not record.conversation.case.is_critical:
        return []
    decision = record.answer("leadership_decision")
    if not decision:
        asked = _("In this situation the school leader decides whether parents are told.")
        return [Problem("parents_status", asked, "critical")]
    if decision == "tell" and not (_spoken(record) or _with_parents(record)):
        asked = _("The school leader wants the parents to know. Plan that talk (step 9).")
        return [Problem("leadership_decision", asked, "talk")]
    return []


def _contact_asked(record: StepRecord) -> Any:
    over = over_before(record.conversation)
    if over is None:
        return _("Write down the contact with the parents.")
    asked = _(
        "Write down the contact with the parents after the last conversation, that ended on %(day)s."
    )
    return asked % {"day": day(over)}


def _spoken(record: StepRecord) -> bool:
    return parent_contacts_of(record.conversation).exists()


def _planned_in_time(record: StepRecord, now: datetime) -> bool:
    case = record.conversation.case
    last = last_day(case, TALK_WITHIN, now)
    return any_by(_with_parents(record), last, calendar_for(case.school))


def _with_parents(record: StepRecord) -> list[FollowUpTalk]:
    return list(living_talks(record.conversation).filter(with_role="parent"))

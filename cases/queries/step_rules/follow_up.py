"""Step 9: everybody who matters has a talk, or a reason why not. Whether they were held is `cases/queries/fulfilment.py`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases.models import FollowUpTalk, Participant, StepRecord
from cases.queries.step_rules.planned import any_by, last_day, living_talks
from pestzorg.errors import Problem
from schools.queries.calendars import calendar_for

INVOLVED_ROLES = {"alleged_bully", "assistant", "reinforcer", "bully_victim"}
MILD = 1
WITHIN, WITHIN_WHEN_MILD = 5, 10


def follow_up_planned(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for a talk with the pupil soon, and with or about everybody who joined in and the parents."""
    talks = list(living_talks(record.conversation))
    return [
        *_with_pupil(record, talks, now),
        *_with_others(record, talks),
        *_with_parents(record, talks),
    ]


def _with_pupil(record: StepRecord, talks: list[FollowUpTalk], now: datetime) -> list[Problem]:
    conversation, case = record.conversation, record.conversation.case
    days = WITHIN_WHEN_MILD if case.severity == MILD else WITHIN
    own = [talk for talk in talks if talk.with_participant_id == conversation.target_id]
    if any_by(own, last_day(case, days, now), calendar_for(case.school)):
        return []
    asked = _("Plan a talk with the pupil within %(days)s school days.") % {"days": days}
    return [Problem("talks", asked, "target")]


def _with_others(record: StepRecord, talks: list[FollowUpTalk]) -> list[Problem]:
    seen = {talk.with_participant_id for talk in talks}
    asked = _("Plan a talk with %(name)s, or say why not.")
    return [
        Problem("people", asked % {"name": person.name}, "person")
        for person in expected(record)
        if person.pk not in seen
    ]


def expected(record: StepRecord) -> list[Participant]:
    """Who bullied or joined in, as far as nobody wrote down why there is no talk with them."""
    people = record.conversation.case.participants
    return list(people.filter(role__in=INVOLVED_ROLES, without_talk="").order_by("id"))


def _with_parents(record: StepRecord, talks: list[FollowUpTalk]) -> list[Problem]:
    if record.answer("parents_without_talk") or any(talk.with_role == "parent" for talk in talks):
        return []
    asked = _("Plan a talk with the parents, or say why not.")
    return [Problem("parents_without_talk", asked, "parents")]

"""Step 1: the talk really took place, and who is in danger is safe today."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, StepRecord
from cases.queries.step_rules.planned import PLANNED, any_by, last_day
from pestzorg.errors import Problem
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.queries.calendars import calendar_for

NOT_YET = frozenset({"not_now", "no"})
# severity -> school days within which somebody who does not want to talk now is asked again; 0 is the same day
ASKED_AGAIN_WITHIN = {3: 1, 4: 0}
ELSE_WITHIN = 3


def talk_begun(record: StepRecord, now: datetime) -> list[Problem]:
    """Refuses a pupil who did not want to talk yet, and danger without an agreement for that same day."""
    return [*_not_yet(record, now), *_danger(record, now)]


def new_moment_until(record: StepRecord, now: datetime) -> date:
    """The last day for the new moment when the pupil does not want to talk now."""
    case = record.conversation.case
    return last_day(case, ASKED_AGAIN_WITHIN.get(case.severity or 0, ELSE_WITHIN), now)


def _not_yet(record: StepRecord, now: datetime) -> list[Problem]:
    if record.answer("consent_to_talk") not in NOT_YET:
        return []
    until = new_moment_until(record, now)
    if _has_moment(record, until, now):
        later = _("The pupil does not want to talk yet. Finish this step after the new moment.")
        return [Problem("consent_to_talk", later, "consent")]
    asked = _("The talk has not taken place yet. Plan another moment, on %(day)s at the latest.")
    return [Problem("consent_to_talk", asked % {"day": day(until)}, "moment")]


def _has_moment(record: StepRecord, until: date, now: datetime) -> bool:
    conversation = record.conversation
    with_pupil = conversation.case.talks.filter(
        with_participant=conversation.target, status=PLANNED, planned_at__gte=now
    )
    return any_by(with_pupil, until, calendar_for(conversation.case.school))


def _danger(record: StepRecord, now: datetime) -> list[Problem]:
    if record.answer("immediate_danger") is not True or _due_that_day(record, now):
        return []
    asked = _("Make at least one agreement for today, so that the pupil is safe.")
    return [Problem("immediate_danger", asked, "danger")]


def _due_that_day(record: StepRecord, now: datetime) -> bool:
    case = record.conversation.case
    today = now.astimezone(case.school.zone).date()
    planned = record.answer("planned_at")
    # The talk may be written down a day later; the agreement was for the day itself.
    told_on = datetime.fromisoformat(planned).date() if planned else today
    between = (min(told_on, today), max(told_on, today))
    # A Saturday is shifted to a school day, and was meant for Saturday all the same.
    on_the_day = Q(deadline__range=between) | Q(deadline_asked__range=between)
    kept = case.agreements.exclude(status=Agreement.Status.CANCELLED)
    return kept.filter(on_the_day).exists()

"""What a level brings along: the next review, the terms for first talk and parents, and who hears of it.

Also a review that cannot wait for its day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cases.deadlines import hasten_reminders, plan_anew, plan_first_talk, plan_review
from cases.models import Case, Conversation, SeverityAssessment
from cases.models.case import REVIEWED
from cases.notices import cancel_alarm, plan_attention
from cases.queries.first_talk import first_talk_due_on
from cases.queries.judging import HIGHEST, HOME_UNSAFE, SERIOUS, term_of
from cases.queries.school_days import in_school_days
from schools.calendar import SchoolCalendar
from schools.queries.calendars import calendar_for

CASE_FIELDS = ("severity", "next_review_on", "parents_due_on", "first_talk_due_on", "alarm_at")


def follow_level(
    assessment: SeverityAssessment, *, now: datetime, has_new_leader: bool = False
) -> None:
    """Put level and terms on the case, plan the review, and tell who has to know. Replaces what an earlier one set."""
    case, before = assessment.case, assessment.case.severity
    calendar = calendar_for(case.school)
    case.severity = assessment.level
    case.next_review_on = review_on(assessment, calendar)
    case.parents_due_on = _parents_due_on(assessment, before, calendar)
    case.first_talk_due_on = _first_talk_due_on(case, before, calendar, calendar.local_date(now))
    case.alarm_at = None
    case.save(update_fields=CASE_FIELDS)
    cancel_alarm(case, now)
    plan_review(case, calendar, now=now)
    plan_first_talk(case, now=now)
    _plan_again(case, before, calendar, now)
    if has_new_leader or (assessment.level == HIGHEST and before != HIGHEST):
        plan_attention(assessment, now)


def review_today(case: Case, *, now: datetime) -> None:
    """Something new happened: a case in progress is assessed again today. The caller locks the case."""
    fresh = Case.objects.select_related("school").get(pk=case.pk)
    calendar = calendar_for(fresh.school)
    today = calendar.local_date(now)
    is_asked = fresh.next_review_on is not None and fresh.next_review_on <= today
    if fresh.status not in REVIEWED or is_asked:
        return
    fresh.next_review_on = today
    fresh.save(update_fields=["next_review_on"])
    plan_review(fresh, calendar, now=now)


def review_on(assessment: SeverityAssessment, calendar: SchoolCalendar) -> date:
    """When the level is looked at again: while it is critical and not calm yet the next day, school or not."""
    today = calendar.local_date(assessment.assessed_at)
    if assessment.level == HIGHEST and not assessment.stable:
        return today + timedelta(days=1)
    term = term_of(SERIOUS if assessment.stable else assessment.level)
    return in_school_days(calendar, today, int(term.note["review_after_school_days"]))


def _first_talk_due_on(
    case: Case, before: int | None, calendar: SchoolCalendar, today: date
) -> date | None:
    """Moves with the level until somebody has talked with the pupil."""
    due = case.first_talk_due_on
    begun = case.conversations.exclude(status=Conversation.Status.NOT_STARTED)
    if due is None or case.severity in {None, before} or begun.exists():
        return due
    level = case.severity or HIGHEST
    counted = first_talk_due_on(case, level, calendar)
    if counted >= today:
        return counted
    # It became more serious after the shorter term was over: count from today, but never past the old day.
    within = int(term_of(level).note["first_talk_within_school_days"])
    return min(due, in_school_days(calendar, today, within))


def _parents_due_on(
    assessment: SeverityAssessment, before: int | None, calendar: SchoolCalendar
) -> date | None:
    term, due = term_of(assessment.level).note, assessment.case.parents_due_on
    # Where home is not safe, no date may push somebody to call home.
    if not term["tells_parents"] or HOME_UNSAFE in assessment.red_flags:
        return None
    if due is not None and assessment.level == before:
        return due
    today = calendar.local_date(assessment.assessed_at)
    fresh = in_school_days(calendar, today, int(term["parents_within_school_days"]))
    return fresh if due is None or assessment.level < (before or 0) else min(due, fresh)


def _plan_again(case: Case, before: int | None, calendar: SchoolCalendar, now: datetime) -> None:
    was, level = before or 0, case.severity or 0
    crossed = {line for line in (SERIOUS, HIGHEST) if (was < line) != (level < line)}
    if crossed:
        plan_anew(case, calendar, now=now)
    if HIGHEST in crossed and level == HIGHEST:
        hasten_reminders(case, now)

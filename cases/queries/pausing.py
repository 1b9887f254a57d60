"""Until when a conversation may pause: at most five school days, one when it is serious."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cases.models import Case, Conversation
from pestzorg.errors import Problem
from schools.calendar import CalendarEnds
from schools.queries.calendars import calendar_for

MOST, MOST_WHEN_SERIOUS = 5, 1  # school days
# Step 8 is decided by the team, and keeps no conversation with the pupil open.
WITHOUT_PUPIL = (8,)


def has_to_go_on(conversation: Conversation) -> bool:
    """Whether anything is left to talk about with the pupil."""
    records = conversation.step_records.exclude(step__in=WITHOUT_PUPIL)
    settled = sum(record.is_settled for record in records)
    return settled < len(conversation.edition.steps) - len(WITHOUT_PUPIL)


def last_day_to_resume(case: Case, now: datetime, *, with_reason: bool = False) -> date:
    """The last day that is allowed; in a serious case four school days more with a reason."""
    days = MOST_WHEN_SERIOUS if case.is_serious and not with_reason else MOST
    calendar = calendar_for(case.school)
    return calendar.add_school_days(calendar.local_date(now), days)


def day_to_resume(case: Case, next_contact_at: datetime, now: datetime) -> date:
    """The day of the next contact, where that is early enough."""
    calendar = calendar_for(case.school)
    contact_on = calendar.local_date(next_contact_at)
    try:
        last = last_day_to_resume(case, now)
        return min(calendar.next_school_day(min(contact_on, last)), last)
    except CalendarEnds:
        # A school year that nobody opened yet keeps no talk from ending.
        return min(contact_on, calendar.local_date(now) + timedelta(weeks=1))


def problems_of_day(case: Case, day: date, later_reason: str, now: datetime) -> list[Problem]:
    """What is wrong with this day to go on at the latest."""
    try:
        return _problems(case, day, later_reason, now)
    except CalendarEnds:
        unknown = _("The school year of this day is not in the calendar yet.")
        return [Problem("resume_by", unknown, "calendar")]


def _problems(case: Case, day: date, later_reason: str, now: datetime) -> list[Problem]:
    calendar = calendar_for(case.school)
    if day < calendar.local_date(now):
        return [Problem("resume_by", _("This day is already over."), "past")]
    if day > last_day_to_resume(case, now, with_reason=True):
        return [Problem("resume_by", _("Choose a day within five school days."), "late")]
    if not calendar.is_school_day(day):
        return [Problem("resume_by", _("There is no school on that day."), "no_school")]
    if day > last_day_to_resume(case, now) and not later_reason:
        return [Problem("later_reason", _LATER, "required")]
    return []


_LATER = _("This is serious: go on within one school day, or say why later.")

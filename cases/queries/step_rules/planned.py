"""Talks that are planned or held, seen from a step: with whom, and by which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from cases.models import Case, Conversation, FollowUpTalk
from cases.queries.belonging import talks_of
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.queries.calendars import calendar_for

PLANNED = FollowUpTalk.Status.PLANNED
LIVING_TALKS = (PLANNED, FollowUpTalk.Status.HELD)


def living_talks(conversation: Conversation) -> QuerySet[FollowUpTalk]:
    """Talks of this conversation that are to come or took place; one that was dropped or missed is none."""
    return talks_of(conversation).filter(status__in=LIVING_TALKS)


def last_day(case: Case, school_days: int, now: datetime) -> date:
    """The last day for something that is due within so many school days; 0 is the same day."""
    calendar = calendar_for(case.school)
    today = calendar.local_date(now)
    try:
        return calendar.add_school_days(today, school_days)
    except CalendarEnds:
        # The next school year was not opened yet: no reason to ask for a day that nobody can name.
        return calendar.last


def any_by(talks: Iterable[FollowUpTalk], last: date, calendar: SchoolCalendar) -> bool:
    """Whether one of these talks is on or before this day, as the school counts days."""
    return any(calendar.local_date(talk.planned_at) <= last for talk in talks)

"""By when somebody has talked with the pupil."""

from __future__ import annotations

from datetime import date

from cases.models import Case
from cases.queries.judging import term_of
from cases.queries.school_days import in_school_days
from schools.calendar import SchoolCalendar


def first_talk_due_on(case: Case, level: int, calendar: SchoolCalendar) -> date:
    """The clock of the first response starts at the report, not at the assessment."""
    reported_on = calendar.local_date(case.opened_at)
    within = int(term_of(level).note["first_talk_within_school_days"])
    return in_school_days(calendar, reported_on, within)

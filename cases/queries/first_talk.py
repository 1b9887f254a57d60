"""By when somebody has talked with the pupil."""

from __future__ import annotations

from datetime import date

from cases.models import Case, Report
from cases.queries.judging import term_of
from cases.queries.school_days import in_school_days
from schools.calendar import SchoolCalendar

Urgency = Report.Urgency
# Of the two usual levels the one with the shorter term.
LEVEL_OF_URGENCY = {Urgency.NOW: 4, Urgency.TODAY: 3, Urgency.THIS_WEEK: 2}


def first_talk_due_on(case: Case, level: int, calendar: SchoolCalendar) -> date:
    """The clock of the first response starts at the report, not at the assessment."""
    reported_on = calendar.local_date(case.opened_at)
    within = int(term_of(level).note["first_talk_within_school_days"])
    return in_school_days(calendar, reported_on, within)


def first_talk_of_report(report: Report, calendar: SchoolCalendar) -> date:
    """The same while nobody weighed it: the level that is nearest to the words of the reporter."""
    level = LEVEL_OF_URGENCY[Report.Urgency(report.urgency)]
    return first_talk_due_on(report.case, level, calendar)

"""Days to come that somebody may plan on, also beyond the school years that are known."""

from __future__ import annotations

from datetime import date, timedelta

from schools.calendar import CalendarEnds, SchoolCalendar


def in_school_days(calendar: SchoolCalendar, day: date, count: int) -> date:
    """So many school days on; counts weeks of five days where nobody opened the next school year yet."""
    try:
        return calendar.add_school_days(day, count)
    except CalendarEnds:
        return day + timedelta(days=count * 7 // 5)


def in_school_weeks(calendar: SchoolCalendar, day: date, count: int) -> date:
    """So many school weeks on; plain weeks where nobody opened the next school year yet."""
    try:
        return calendar.add_school_weeks(day, count)
    except CalendarEnds:
        return day + timedelta(weeks=count)

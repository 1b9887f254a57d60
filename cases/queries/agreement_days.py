"""On which school day an agreement falls that was asked for on a day without school."""

from __future__ import annotations

from datetime import date

from cases.models import Case
from schools.calendar import SchoolCalendar


def days_for(
    case: Case, calendar: SchoolCalendar, asked: date, today: date, *, all_days: bool = False
) -> tuple[date, ...]:
    """The school days it may become, the proposal first: one, or two when the case is serious.

    Something grave is done earlier rather than later, but never before it was agreed; whoever agrees it may
    still choose the day after.
    """
    if all_days or calendar.is_school_day(asked):
        return (asked,)
    after, before = calendar.next_school_day(asked), calendar.previous_school_day(asked)
    if not case.is_serious or before < today <= asked:
        return (after,)
    return (before, after)

"""The school-day calendar of a school, read from its years and closed days."""

from __future__ import annotations

from datetime import date

from schools.calendar import SchoolCalendar
from schools.models import HolidayPeriod, School, SchoolYear


def calendar_for(school: School) -> SchoolCalendar:
    """All school years of the school as one calendar. Two queries; ask once and pass it on."""
    years = list(SchoolYear.objects.filter(school=school).values_list("starts_on", "ends_on"))
    closed = HolidayPeriod.objects.filter(school_year__school=school).values_list(
        "starts_on", "ends_on"
    )
    first = min((starts for starts, _ends in years), default=date.max)
    last = max((ends for _starts, ends in years), default=date.min)
    return SchoolCalendar(closed, first, last, school.zone)

"""Dutch closed days per region, from the ministry's regulations as the holidays library lists them.

Not here: a second May week, the Friday after Ascension and Good Friday; schools choose those.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import holidays

from schools.holidays.periods import HolidaysUnknown, Period

SUBDIVISIONS = {"noord": "Noord", "midden": "Midden", "zuid": "Zuid"}

# The library's English name -> our key, in both tables. A public day that is missing here is open.
BREAKS = {
    "Autumn Break": "autumn",
    "Christmas Break": "christmas",
    "Spring Break": "spring",
    "May Break": "may",
    "Summer Break": "summer",
}
PUBLIC_DAYS = {
    "New Year's Day": "new_year",
    "Easter Monday": "easter_monday",
    "King's Day": "kings_day",
    "Liberation Day": "liberation_day",
    "Ascension Day": "ascension",
    "Pentecost Monday": "whit_monday",
    "Christmas Day": "christmas_day",
    "Second Day of Christmas": "boxing_day",
}

# The summer before stands first: 1 August always lies inside it.
COMPLETE_YEAR = ["summer", "autumn", "christmas", "spring", "may", "summer"]

# Stcrt. 2024, 19237 lists later years too, but no published school calendar has confirmed them yet.
PROVISIONAL_FROM = date(2027, 8, 1)


def school_year(starting_year: int) -> tuple[date, date]:
    """Give the first and last day of the administrative school year."""
    return date(starting_year, 8, 1), date(starting_year + 1, 7, 31)


def closed_periods(region: str, starting_year: int) -> list[Period]:
    """Give all closed periods that touch the school year, whole. Refuses a year with gaps."""
    years = (starting_year, starting_year + 1)
    first, last = school_year(starting_year)
    breaks = [p for p in _school_holidays(region, years) if p.touches(first, last)]
    # The library stays silent about what is not published: half of 2030-31, nothing of 2031-32.
    if [p.name for p in breaks] != COMPLETE_YEAR:
        raise HolidaysUnknown(region, starting_year)
    return breaks + [p for p in _public_days(years) if p.touches(first, last)]


def _school_holidays(region: str, years: Iterable[int]) -> list[Period]:
    days = holidays.country_holidays(
        "NL",
        subdiv=SUBDIVISIONS[region],
        years=years,
        expand=False,
        language="en_US",
        categories=("school",),
    )
    return _merge_days({day: BREAKS[name] for day, name in days.items()})


def _merge_days(names: Mapping[date, str]) -> list[Period]:
    """Join neighbouring days of one name: the library has a row for every day."""
    spans: list[tuple[str, date, date]] = []
    for day in sorted(names):
        name, start = names[day], day
        if spans and spans[-1][0] == name and spans[-1][2] == day - timedelta(days=1):
            start = spans.pop()[1]
        spans.append((name, start, day))
    return [Period(name, start, end, start >= PROVISIONAL_FROM) for name, start, end in spans]


def _public_days(years: Iterable[int]) -> list[Period]:
    # Liberation Day is "optional" in the library: a day off for employers once in five years.
    days = holidays.country_holidays(
        "NL", years=years, expand=False, language="en_US", categories=("public", "optional")
    )
    return [
        Period(PUBLIC_DAYS[name], day, day)
        for day in days
        for name in days.get_list(day)
        if day.weekday() < 5 and name in PUBLIC_DAYS
    ]

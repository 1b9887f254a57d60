"""Flemish closed days, by the rules of the Flemish government's decisions of 1991 and 2001.

Not here: pedagogical study days and local days off; each school chooses those.
"""

from datetime import date, timedelta

import holidays

from schools.holidays.periods import HolidaysUnknown, Period

# From the decision of 31 August 2001 to the last Easter (2100) the holidays library has.
KNOWN_YEARS = range(2001, 2100)

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


def school_year(starting_year: int) -> tuple[date, date]:
    """Give the first and last day of the administrative school year."""
    return date(starting_year, 9, 1), date(starting_year + 1, 8, 31)


def closed_periods(starting_year: int) -> list[Period]:
    """Give all closed periods of the school year. Refuses years without a known rule."""
    if starting_year not in KNOWN_YEARS:
        raise HolidaysUnknown("flanders", starting_year)
    following = starting_year + 1
    easter = _easter_sunday(following)
    return [
        _autumn(starting_year),
        _christmas(starting_year),
        _weeks("carnival", easter - 48 * _DAY, 1),  # the 7th Monday before Easter
        _easter_holiday(easter),
        Period("summer", date(following, 7, 1), date(following, 8, 31)),
        *_single_days(starting_year, easter),
    ]


def _autumn(year: int) -> Period:
    all_saints = date(year, 11, 1)
    is_sunday = all_saints.weekday() == 6
    return _weeks("autumn", all_saints + _DAY if is_sunday else _monday_of(all_saints), 1)


def _christmas(year: int) -> Period:
    christmas = date(year, 12, 25)
    monday = _monday_of(christmas)
    return _weeks("christmas", monday + _WEEK if christmas.weekday() >= 5 else monday, 2)


def _easter_holiday(easter: date) -> Period:
    if easter.month == 3:
        return _weeks("easter", easter + _DAY, 2)
    if easter > date(easter.year, 4, 15):
        # Two weeks and a day: Easter Monday closes the holiday.
        return Period("easter", easter - 13 * _DAY, easter + _DAY)
    return _weeks("easter", _monday_of(date(easter.year, 4, 7)), 2)  # the first Monday of April


def _single_days(starting_year: int, easter: date) -> list[Period]:
    ascension = easter + 39 * _DAY
    days = {
        "armistice_day": date(starting_year, 11, 11),
        "easter_monday": easter + _DAY,
        "labour_day": date(easter.year, 5, 1),
        "ascension": ascension,
        "day_after_ascension": ascension + _DAY,
        "whit_monday": easter + 50 * _DAY,
    }
    return [Period(name, day, day) for name, day in days.items() if day.weekday() < 5]


def _weeks(name: str, monday: date, count: int) -> Period:
    return Period(name, monday, monday + count * _WEEK - _DAY)


def _monday_of(day: date) -> date:
    return day - day.weekday() * _DAY


def _easter_sunday(year: int) -> date:
    public = holidays.country_holidays("BE", years=year, expand=False, language="en_US")
    return public.get_named("Easter Sunday", lookup="exact")[0]

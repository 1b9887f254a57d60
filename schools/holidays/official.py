"""The one door to official holidays: which days are closed by government in a region and year.

Local days of a school are not here; the school adds those to its own calendar.
"""

from datetime import date
from functools import cache

from schools.holidays import flanders, netherlands
from schools.holidays.periods import HolidaysUnknown, Period

__all__ = ["REGIONS", "HolidaysUnknown", "Period", "official_periods", "school_year_bounds"]

# Dutch regions go by municipality, never by province: Gelderland alone has all three.
REGIONS = ("noord", "midden", "zuid", "flanders")


def school_year_bounds(region: str, starting_year: int) -> tuple[date, date]:
    """Give the first and last day of the school year that starts in `starting_year`."""
    _require_region(region)
    if region == "flanders":
        return flanders.school_year(starting_year)
    return netherlands.school_year(starting_year)


def official_periods(region: str, starting_year: int) -> list[Period]:
    """Give all official closed periods that touch the school year, sorted by first day.

    Periods are whole, so the Dutch summer stands in the year it ends and in the year it opens.
    Public days inside a holiday are listed too. Refuses (HolidaysUnknown) an incomplete year.
    """
    _require_region(region)
    return list(_sorted_periods(region, starting_year))


@cache
def _sorted_periods(region: str, starting_year: int) -> tuple[Period, ...]:
    if region == "flanders":
        periods = flanders.closed_periods(starting_year)
    else:
        periods = netherlands.closed_periods(region, starting_year)
    return tuple(sorted(periods, key=lambda period: (period.starts_on, period.name)))


def _require_region(region: str) -> None:
    if region not in REGIONS:
        raise ValueError(f"unknown region {region!r}; known are {', '.join(REGIONS)}")

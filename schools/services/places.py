"""Founding schools and opening their years."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from schools.holidays.official import official_periods, school_year_bounds
from schools.models import Board, HolidayPeriod, School, SchoolYear


@transaction.atomic
def found_school(board: Board, *, name: str, code: str, region: str, years: range) -> School:
    """A school with its school years and official holidays. Country follows from the region."""
    country = "be" if region == "flanders" else "nl"
    school = School(board=board, name=name, code=code, country=country, holiday_region=region)
    school.full_clean()
    school.save()
    for starting_year in years:
        open_school_year(school, starting_year)
    return school


@transaction.atomic
def open_school_year(school: School, starting_year: int) -> SchoolYear:
    """One school year with the official holidays of the region; refuses years without published holidays."""
    starts_on, ends_on = school_year_bounds(school.holiday_region, starting_year)
    year = SchoolYear.objects.create(
        school=school,
        name=f"{starting_year}-{starting_year + 1}",
        starts_on=starts_on,
        ends_on=ends_on,
    )
    HolidayPeriod.objects.bulk_create(
        HolidayPeriod(
            school_year=year,
            name=period.name,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            source=HolidayPeriod.Source.OFFICIAL,
            provisional=period.provisional,
        )
        for period in official_periods(school.holiday_region, starting_year)
    )
    return year


def close_days(
    school: School, name: str, starts_on: date, ends_on: date | None = None
) -> HolidayPeriod:
    """Local days without school: a study day, an extra May week, the day after Ascension."""
    year = school.years.get(starts_on__lte=starts_on, ends_on__gte=starts_on)
    period = HolidayPeriod(
        school_year=year, name=name, starts_on=starts_on, ends_on=ends_on or starts_on
    )
    period.full_clean()
    period.save()
    return period

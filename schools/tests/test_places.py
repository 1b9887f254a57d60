"""Founding schools, opening their years, and the calendar that comes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from schools.calendar import CalendarEnds
from schools.holidays.official import HolidaysUnknown, official_periods
from schools.models import Board, HolidayPeriod, School
from schools.queries.calendars import calendar_for
from schools.services.places import close_days, found_school, open_school_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> Board:
    return Board.objects.create(name="Stichting Waterrijk")


def found(board: Board, region: str = "midden", code: str = "vaart", **changes: Any) -> School:
    values = {"name": f"De {code}", "years": range(2025, 2027), **changes}
    return found_school(board, code=code, region=region, **values)


# ── founding ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("region", "country", "zone"),
    [
        ("noord", "nl", "Europe/Amsterdam"),
        ("midden", "nl", "Europe/Amsterdam"),
        ("zuid", "nl", "Europe/Amsterdam"),
        ("flanders", "be", "Europe/Brussels"),
    ],
)
def test_the_country_follows_from_the_region(
    board: Board, region: str, country: str, zone: str
) -> None:
    school = found(board, region)
    assert (school.country, str(school.zone)) == (country, zone)


@pytest.mark.parametrize("code", ["", "De Vaart", "vaart/7", "VAART"])
def test_a_code_is_small_letters_figures_and_dashes(board: Board, code: str) -> None:
    with pytest.raises(ValidationError):
        found(board, code=code)
    assert not School.objects.exists()


def test_a_code_is_used_once(board: Board) -> None:
    found(board)
    with pytest.raises(ValidationError):
        found(board, name="Een ander")
    assert School.objects.count() == 1


@pytest.mark.parametrize("region", ["", "midden ", "limburg"])
def test_an_unknown_region_is_refused(board: Board, region: str) -> None:
    with pytest.raises(ValidationError):
        found(board, region)


def test_a_new_school_shows_its_leader_the_header_only(board: Board) -> None:
    assert found(board).principal_content is False


# ── years ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("region", "first", "last"),
    [
        ("midden", date(2025, 8, 1), date(2026, 7, 31)),
        ("flanders", date(2025, 9, 1), date(2026, 8, 31)),
    ],
)
def test_a_school_year_has_the_official_bounds(
    board: Board, region: str, first: date, last: date
) -> None:
    year = found(board, region).years.earliest("starts_on")
    assert (year.name, year.starts_on, year.ends_on) == ("2025-2026", first, last)


@pytest.mark.parametrize("region", ["noord", "midden", "zuid", "flanders"])
def test_a_school_year_is_opened_with_the_official_periods(board: Board, region: str) -> None:
    year = found(board, region).years.earliest("starts_on")
    rows = {(row.name, row.starts_on, row.ends_on) for row in year.holidays.all()}
    assert rows == {(p.name, p.starts_on, p.ends_on) for p in official_periods(region, 2025)}
    assert set(year.holidays.values_list("source", flat=True)) == {"official"}


def test_a_year_that_the_ministry_has_not_confirmed_is_provisional(board: Board) -> None:
    school = found(board, years=range(2025, 2028))
    last = school.years.latest("starts_on")
    assert last.holidays.filter(provisional=True).exists()
    assert not school.years.earliest("starts_on").holidays.filter(provisional=True).exists()


def test_a_year_without_published_holidays_is_refused_and_leaves_nothing(board: Board) -> None:
    school = found(board)
    with pytest.raises(HolidaysUnknown), transaction.atomic():
        open_school_year(school, 2040)
    assert school.years.count() == 2


def test_a_year_is_opened_once(board: Board) -> None:
    school = found(board)
    with pytest.raises(IntegrityError), transaction.atomic():
        open_school_year(school, 2025)
    assert school.years.count() == 2


# ── days of the school itself ────────────────────────────────────────────────
def test_a_study_day_closes_one_day(board: Board) -> None:
    school = found(board)
    period = close_days(school, "Studiedag", date(2025, 11, 12))
    assert (period.source, period.school_year.name) == ("local", "2025-2026")
    calendar = calendar_for(school)
    assert [calendar.is_school_day(date(2025, 11, day)) for day in (11, 12, 13)] == [
        True,
        False,
        True,
    ]


def test_a_second_week_in_may_closes_all_its_days(board: Board) -> None:
    school = found(board)
    close_days(school, "Tweede meiweek", date(2026, 5, 4), date(2026, 5, 8))
    assert calendar_for(school).next_school_day(date(2026, 5, 4)) == date(2026, 5, 11)


def test_local_days_of_one_school_leave_the_other_open(board: Board) -> None:
    one, other = found(board), found(board, code="brug")
    close_days(one, "Studiedag", date(2025, 11, 12))
    assert calendar_for(other).is_school_day(date(2025, 11, 12))


def test_days_cannot_end_before_they_begin_nor_lie_outside_every_year(board: Board) -> None:
    school = found(board)
    before = HolidayPeriod.objects.count()
    with pytest.raises(ValidationError):
        close_days(school, "Studiedag", date(2025, 11, 12), date(2025, 11, 11))
    with pytest.raises(school.years.model.DoesNotExist):
        close_days(school, "Studiedag", date(2031, 11, 12))
    assert HolidayPeriod.objects.count() == before


# ── calendar ─────────────────────────────────────────────────────────────────
def test_the_calendar_is_read_with_two_queries(
    board: Board, django_assert_num_queries: Any
) -> None:
    school = found(board)
    with django_assert_num_queries(2):
        calendar = calendar_for(school)
    with django_assert_num_queries(0):
        assert calendar.add_school_days(date(2025, 12, 19), 5) == date(2026, 1, 9)


def test_the_calendar_knows_the_years_that_were_opened_and_no_other(board: Board) -> None:
    calendar = calendar_for(found(board))
    assert (calendar.first, calendar.last) == (date(2025, 8, 1), date(2027, 7, 31))
    with pytest.raises(CalendarEnds):
        calendar.is_school_day(date(2027, 8, 1))

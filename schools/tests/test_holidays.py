"""Official holidays against the published dates of three Dutch regions and of Flanders."""

from datetime import date, timedelta

import holidays
import pytest

from schools.holidays.official import (
    REGIONS,
    HolidaysUnknown,
    Period,
    official_periods,
    school_year_bounds,
)

DUTCH = ("noord", "midden", "zuid")

# starting year, holiday, then first and last day for noord, midden and zuid
DUTCH_HOLIDAYS = [
    (2025, "autumn", "2025-10-18/2025-10-26", "2025-10-18/2025-10-26", "2025-10-11/2025-10-19"),
    (2025, "christmas", *["2025-12-20/2026-01-04"] * 3),
    (2025, "spring", "2026-02-21/2026-03-01", "2026-02-14/2026-02-22", "2026-02-14/2026-02-22"),
    (2025, "may", *["2026-04-25/2026-05-03"] * 3),
    (2025, "summer", "2026-07-04/2026-08-16", "2026-07-18/2026-08-30", "2026-07-11/2026-08-23"),
    (2026, "autumn", "2026-10-10/2026-10-18", "2026-10-17/2026-10-25", "2026-10-17/2026-10-25"),
    (2026, "christmas", *["2026-12-19/2027-01-03"] * 3),
    (2026, "spring", "2027-02-20/2027-02-28", "2027-02-20/2027-02-28", "2027-02-13/2027-02-21"),
    (2026, "may", *["2027-04-24/2027-05-02"] * 3),
    (2026, "summer", "2027-07-10/2027-08-22", "2027-07-17/2027-08-29", "2027-07-24/2027-09-05"),
    (2027, "autumn", "2027-10-16/2027-10-24", "2027-10-16/2027-10-24", "2027-10-23/2027-10-31"),
    (2027, "christmas", *["2027-12-25/2028-01-09"] * 3),
    (2027, "spring", "2028-02-19/2028-02-27", "2028-02-26/2028-03-05", "2028-02-26/2028-03-05"),
    (2027, "may", *["2028-04-29/2028-05-07"] * 3),
    (2027, "summer", "2028-07-15/2028-08-27", "2028-07-08/2028-08-20", "2028-07-22/2028-09-03"),
]

# starting year, then autumn, Christmas, carnival and Easter holiday, then the single free days
FLEMISH_YEARS = [
    (
        2025,
        ("2025-10-27/2025-11-02", "2025-12-22/2026-01-04"),
        ("2026-02-16/2026-02-22", "2026-04-06/2026-04-19"),
        ("2025-11-11", "2026-05-01", "2026-05-14", "2026-05-15", "2026-05-25"),
    ),
    (
        2026,
        ("2026-11-02/2026-11-08", "2026-12-21/2027-01-03"),
        ("2027-02-08/2027-02-14", "2027-03-29/2027-04-11"),
        ("2026-11-11", "2027-05-06", "2027-05-07", "2027-05-17"),
    ),
    (
        2027,
        ("2027-11-01/2027-11-07", "2027-12-27/2028-01-09"),
        ("2028-02-28/2028-03-05", "2028-04-03/2028-04-17"),
        ("2027-11-11", "2028-05-01", "2028-05-25", "2028-05-26", "2028-06-05"),
    ),
    (
        2028,
        ("2028-10-30/2028-11-05", "2028-12-25/2029-01-07"),
        ("2029-02-12/2029-02-18", "2029-04-02/2029-04-15"),
        ("2029-05-01", "2029-05-10", "2029-05-11", "2029-05-21"),
    ),
]

# Found in calendars that Flemish schools published for older years.
OLDER_FLEMISH_HOLIDAYS = [
    (2007, "easter", "2008-03-24/2008-04-06"),
    (2009, "autumn", "2009-11-02/2009-11-08"),
    (2018, "carnival", "2019-03-04/2019-03-10"),
    (2018, "easter", "2019-04-08/2019-04-22"),
    (2020, "easter", "2021-04-05/2021-04-18"),
    (2021, "christmas", "2021-12-27/2022-01-09"),
    (2021, "easter", "2022-04-04/2022-04-18"),
]

LONG_NAMES = {"autumn", "christmas", "spring", "may", "summer", "carnival", "easter"}


def span(period: Period) -> str:
    return f"{period.starts_on}/{period.ends_on}"


def spans(region: str, year: int, name: str) -> list[str]:
    return [span(p) for p in official_periods(region, year) if p.name == name]


def single_days(region: str, year: int) -> dict[str, str]:
    periods = official_periods(region, year)
    return {p.name: str(p.starts_on) for p in periods if p.name not in LONG_NAMES}


def weekdays_closed(periods: list[Period]) -> set[date]:
    days = {
        p.starts_on + timedelta(days=n)
        for p in periods
        for n in range((p.ends_on - p.starts_on).days + 1)
    }
    return {day for day in days if day.weekday() < 5}


@pytest.mark.parametrize(("year", "name", "noord", "midden", "zuid"), DUTCH_HOLIDAYS)
def test_dutch_holiday_equals_the_published_dates(
    year: int, name: str, noord: str, midden: str, zuid: str
) -> None:
    # The last of the name: the summer before the school year stands in the list too.
    assert [spans(region, year, name)[-1] for region in DUTCH] == [noord, midden, zuid]


@pytest.mark.parametrize("year", range(2014, 2030))
@pytest.mark.parametrize("region", DUTCH)
def test_dutch_holidays_run_from_saturday_to_sunday(region: str, year: int) -> None:
    long = [p for p in official_periods(region, year) if p.name in LONG_NAMES]
    assert len(long) == 6
    weekdays = {(p.starts_on.weekday(), p.ends_on.weekday()) for p in long}
    assert weekdays == {(5, 6)}


@pytest.mark.parametrize(("year", "first", "second", "single"), FLEMISH_YEARS)
def test_flemish_holidays_equal_the_published_dates(
    year: int, first: tuple[str, ...], second: tuple[str, ...], single: tuple[str, ...]
) -> None:
    periods = official_periods("flanders", year)
    names = ("autumn", "christmas", "carnival", "easter")
    assert [spans("flanders", year, name) for name in names] == [[s] for s in first + second]
    assert spans("flanders", year, "summer") == [f"{year + 1}-07-01/{year + 1}-08-31"]
    long = [p for p in periods if p.name in LONG_NAMES]
    alone = [p for p in periods if not any(p != q and p.touches(*ends(q)) for q in long)]
    assert [str(p.starts_on) for p in alone if p.name not in LONG_NAMES] == list(single)


def ends(period: Period) -> tuple[date, date]:
    return period.starts_on, period.ends_on


@pytest.mark.parametrize(("year", "name", "expected"), OLDER_FLEMISH_HOLIDAYS)
def test_flemish_rule_reproduces_older_years(year: int, name: str, expected: str) -> None:
    assert spans("flanders", year, name) == [expected]


@pytest.mark.parametrize("year", range(2010, 2064))
def test_flemish_rule_closes_the_same_days_as_the_holidays_library(year: int) -> None:
    first, last = school_year_bounds("flanders", year)
    theirs = holidays.country_holidays(
        "BE",
        subdiv="Flemish",
        years=(year, year + 1),
        expand=False,
        categories=("school", "public"),
    )
    expected = {day for day in theirs if first <= day <= last and day.weekday() < 5}
    assert weekdays_closed(official_periods("flanders", year)) == expected


def test_dutch_public_days_are_listed_also_inside_a_holiday() -> None:
    assert single_days("midden", 2025) == {
        "christmas_day": "2025-12-25",
        "boxing_day": "2025-12-26",
        "new_year": "2026-01-01",
        "easter_monday": "2026-04-06",
        "kings_day": "2026-04-27",
        "liberation_day": "2026-05-05",
        "ascension": "2026-05-14",
        "whit_monday": "2026-05-25",
    }


def test_kings_day_on_a_sunday_moves_to_saturday_and_is_left_out() -> None:
    assert "kings_day" not in single_days("noord", 2024)


def test_two_public_days_on_one_date_are_both_listed() -> None:
    days = single_days("noord", 2015)
    assert days["ascension"] == days["liberation_day"] == "2016-05-05"


@pytest.mark.parametrize("region", DUTCH)
def test_good_friday_and_the_friday_after_ascension_are_left_to_dutch_schools(region: str) -> None:
    closed = weekdays_closed(official_periods(region, 2025))
    assert not closed & {date(2026, 4, 3), date(2026, 5, 15)}


def test_day_after_ascension_is_official_in_flanders() -> None:
    assert single_days("flanders", 2025)["day_after_ascension"] == "2026-05-15"


@pytest.mark.parametrize(
    ("year", "holiday", "easter_monday"),
    [(2046, "2047-04-01/2047-04-14", "2047-04-15"), (2062, "2063-04-02/2063-04-15", "2063-04-16")],
)
def test_easter_monday_right_after_the_easter_holiday_is_closed_too(
    year: int, holiday: str, easter_monday: str
) -> None:
    assert spans("flanders", year, "easter") == [holiday]
    assert single_days("flanders", year)["easter_monday"] == easter_monday


def test_dutch_summer_stands_whole_in_the_year_it_ends_and_in_the_year_it_opens() -> None:
    closing, opening = official_periods("noord", 2025)[-1], official_periods("noord", 2026)[0]
    assert closing == opening == Period("summer", date(2026, 7, 4), date(2026, 8, 16))


@pytest.mark.parametrize("region", REGIONS)
def test_periods_are_sorted_and_touch_the_school_year(region: str) -> None:
    periods = official_periods(region, 2027)
    assert periods == sorted(periods, key=lambda p: p.starts_on)
    assert all(p.touches(*school_year_bounds(region, 2027)) for p in periods)


@pytest.mark.parametrize("region", DUTCH)
def test_dutch_school_holidays_are_provisional_from_autumn_2027(region: str) -> None:
    assert not any(p.provisional for p in official_periods(region, 2026))
    long = [p for p in official_periods(region, 2027) if p.name in LONG_NAMES]
    assert [p.provisional for p in long] == [False, True, True, True, True, True]


def test_days_that_follow_from_law_are_never_provisional() -> None:
    assert not any(p.provisional for p in official_periods("flanders", 2028))
    days = [p for p in official_periods("zuid", 2028) if p.name not in LONG_NAMES]
    assert days
    assert not any(p.provisional for p in days)


@pytest.mark.parametrize(
    ("region", "year"),
    [("noord", 2013), ("midden", 2030), ("zuid", 2031), ("flanders", 2000), ("flanders", 2100)],
)
def test_year_without_complete_holidays_is_refused(region: str, year: int) -> None:
    with pytest.raises(HolidaysUnknown) as refusal:
        official_periods(region, year)
    assert (refusal.value.region, refusal.value.year) == (region, year)


def test_last_complete_dutch_year_is_known() -> None:
    assert spans("midden", 2029, "summer")[-1].startswith("2030-")


def test_unknown_region_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="noord, midden, zuid, flanders"):
        official_periods("gelderland", 2025)
    with pytest.raises(ValueError, match="gelderland"):
        school_year_bounds("gelderland", 2025)


def test_school_year_starts_in_august_in_the_netherlands_and_in_september_in_flanders() -> None:
    for region in DUTCH:
        assert school_year_bounds(region, 2025) == (date(2025, 8, 1), date(2026, 7, 31))
    assert school_year_bounds("flanders", 2025) == (date(2025, 9, 1), date(2026, 8, 31))


def test_changing_the_list_does_not_change_the_next_answer() -> None:
    official_periods("noord", 2025).clear()
    assert official_periods("noord", 2025)

"""School-day arithmetic on the real calendars of 2025-26 and 2026-27, with exact answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from schools.calendar import CalendarEnds, SchoolCalendar, Shift
from schools.holidays.official import official_periods

AMSTERDAM, BRUSSELS = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Brussels")

# The Friday after Ascension: chosen by the schools of the examples, as most Dutch schools do.
LOCAL_DAY = (date(2026, 5, 15), date(2026, 5, 15))


def calendar_of(region: str) -> SchoolCalendar:
    periods = {p for year in (2024, 2025, 2026) for p in official_periods(region, year)}
    closed = [(p.starts_on, p.ends_on) for p in periods]
    zone = BRUSSELS if region == "flanders" else AMSTERDAM
    local = [] if region == "flanders" else [LOCAL_DAY]
    return SchoolCalendar(closed + local, date(2024, 9, 1), date(2027, 7, 31), zone)


CALENDARS = {region: calendar_of(region) for region in ("noord", "midden", "zuid", "flanders")}
MIDDEN = CALENDARS["midden"]


def day(text: str) -> date:
    """Read "2026-02-17 Tue" and check the weekday, which guards the tables against typing slips."""
    number, weekday = text.split()
    found = date.fromisoformat(number)
    assert found.strftime("%a") == weekday
    return found


# region, asked for, then due, upcoming (2 before), overdue (1 after) and escalation (3 after)
DEADLINES = [
    ("midden", "2025-11-14 Fri", "2025-11-14 Fri|2025-11-12 Wed|2025-11-17 Mon|2025-11-19 Wed"),
    ("zuid", "2026-02-17 Tue", "2026-02-23 Mon|2026-02-12 Thu|2026-02-24 Tue|2026-02-26 Thu"),
    ("flanders", "2025-10-31 Fri", "2025-11-03 Mon|2025-10-23 Thu|2025-11-04 Tue|2025-11-06 Thu"),
    ("flanders", "2026-05-14 Thu", "2026-05-18 Mon|2026-05-12 Tue|2026-05-19 Tue|2026-05-21 Thu"),
    ("noord", "2026-04-27 Mon", "2026-05-04 Mon|2026-04-23 Thu|2026-05-06 Wed|2026-05-08 Fri"),
]

# region, asked for, due when the matter is grave
EARLIER_DEADLINES = [
    ("zuid", "2026-02-17 Tue", "2026-02-13 Fri"),
    ("flanders", "2025-10-31 Fri", "2025-10-24 Fri"),
    ("flanders", "2026-05-14 Thu", "2026-05-13 Wed"),
]

# region, start, number of school days, result
SCHOOL_DAYS = [
    ("midden", "2025-12-19 Fri", 5, "2026-01-09 Fri"),
    ("flanders", "2025-10-24 Fri", 5, "2025-11-07 Fri"),
    ("flanders", "2026-04-03 Fri", 1, "2026-04-20 Mon"),
    ("noord", "2026-04-24 Fri", 3, "2026-05-07 Thu"),
    ("zuid", "2026-07-10 Fri", 1, "2026-08-24 Mon"),
]

# region, start, then the results of adding 2, 6 and 12 school weeks
SCHOOL_WEEKS = [
    ("midden", "2025-12-12 Fri", "2026-01-09 Fri", "2026-02-06 Fri", "2026-03-27 Fri"),
    ("zuid", "2026-03-06 Fri", "2026-03-20 Fri", "2026-04-17 Fri", "2026-06-05 Fri"),
    ("flanders", "2025-11-18 Tue", "2025-12-02 Tue", "2026-01-13 Tue", "2026-03-03 Tue"),
    ("flanders", "2026-05-19 Tue", "2026-06-02 Tue", "2026-09-01 Tue", "2026-10-13 Tue"),
    ("noord", "2026-04-24 Fri", "2026-05-18 Mon", "2026-06-12 Fri", "2026-09-04 Fri"),
]

# region, deadline, last school day before the long break it is too close to
CLOSE_TO_BREAKS = [
    ("midden", "2025-10-17 Fri", None),
    ("midden", "2025-10-18 Sat", "2025-10-17 Fri"),
    ("midden", "2025-10-22 Wed", "2025-10-17 Fri"),
    ("midden", "2025-10-27 Mon", "2025-10-17 Fri"),
    ("midden", "2025-10-28 Tue", "2025-10-17 Fri"),
    ("midden", "2025-10-29 Wed", None),
    ("flanders", "2025-10-25 Sat", "2025-10-24 Fri"),
    ("flanders", "2025-11-04 Tue", "2025-10-24 Fri"),
    ("flanders", "2025-11-05 Wed", None),
    ("flanders", "2026-05-15 Fri", None),
    # Liberation Day lies between the first and the second school day after the May week.
    ("noord", "2026-05-05 Tue", "2026-04-24 Fri"),
    ("noord", "2026-05-06 Wed", "2026-04-24 Fri"),
    ("noord", "2026-05-07 Thu", None),
    ("zuid", "2026-08-25 Tue", "2026-07-10 Fri"),
    ("zuid", "2026-08-26 Wed", None),
]


@pytest.mark.parametrize(("region", "asked", "expected"), DEADLINES)
def test_deadline_moves_forward_and_its_reminders_count_school_days(
    region: str, asked: str, expected: str
) -> None:
    calendar = CALENDARS[region]
    due, upcoming, overdue, escalation = map(day, expected.split("|"))
    shift = calendar.shift_deadline(day(asked))
    assert shift == Shift(asked=day(asked), due=due)
    assert shift.moved is (day(asked) != due)
    assert calendar.school_days_before(due, 2) == upcoming
    assert calendar.add_school_days(due, 1) == overdue
    assert calendar.add_school_days(due, 3) == escalation


@pytest.mark.parametrize(("region", "asked", "due"), EARLIER_DEADLINES)
def test_grave_deadline_moves_backward(region: str, asked: str, due: str) -> None:
    assert CALENDARS[region].shift_deadline(day(asked), backward=True).due == day(due)


@pytest.mark.parametrize("backward", [False, True])
def test_deadline_at_home_stays_on_any_day(*, backward: bool) -> None:
    shift = MIDDEN.shift_deadline(day("2025-12-25 Thu"), backward=backward, all_days=True)
    assert shift.due == day("2025-12-25 Thu")
    assert not shift.moved


@pytest.mark.parametrize(("region", "start", "count", "result"), SCHOOL_DAYS)
def test_school_days_are_added_without_the_start(
    region: str, start: str, count: int, result: str
) -> None:
    calendar = CALENDARS[region]
    assert calendar.add_school_days(day(start), count) == day(result)
    assert calendar.school_days_between(day(start), day(result)) == count
    assert calendar.school_days_before(day(result), count) == day(start)


@pytest.mark.parametrize(("region", "start", "two", "six", "twelve"), SCHOOL_WEEKS)
def test_school_weeks_are_added_over_holidays(
    region: str, start: str, two: str, six: str, twelve: str
) -> None:
    results = [CALENDARS[region].add_school_weeks(day(start), n) for n in (2, 6, 12)]
    assert results == [day(two), day(six), day(twelve)]


def test_school_weeks_skip_the_may_week() -> None:
    assert CALENDARS["zuid"].add_school_weeks(date(2026, 4, 17), 2) == date(2026, 5, 8)


@pytest.mark.parametrize(("region", "deadline", "proposal"), CLOSE_TO_BREAKS)
def test_deadline_close_after_a_long_break_gets_an_earlier_proposal(
    region: str, deadline: str, proposal: str | None
) -> None:
    expected = None if proposal is None else day(proposal)
    assert CALENDARS[region].day_before_long_break(day(deadline)) == expected


@pytest.mark.parametrize(
    ("region", "monday", "counts"),
    [
        ("midden", "2025-11-10 Mon", True),
        ("midden", "2025-10-20 Mon", False),
        # Ascension week: Monday to Wednesday, exactly three days.
        ("noord", "2026-05-11 Mon", True),
        ("flanders", "2026-08-31 Mon", True),
    ],
)
def test_school_week_has_at_least_three_school_days(
    region: str, monday: str, *, counts: bool
) -> None:
    week = [day(monday) + timedelta(days=n) for n in range(7)]
    assert {CALENDARS[region].is_school_week(d) for d in week} == {counts}


def test_week_with_two_school_days_does_not_count() -> None:
    closed = [(date(2025, 11, 10), date(2025, 11, 12))]
    calendar = SchoolCalendar(closed, date(2025, 8, 1), date(2026, 7, 31), AMSTERDAM)
    assert not calendar.is_school_week(date(2025, 11, 10))


def test_saturday_before_a_monday_is_never_a_school_day() -> None:
    saturday = day("2025-11-15 Sat")
    assert not MIDDEN.is_school_day(saturday)
    assert MIDDEN.next_school_day(saturday) == day("2025-11-17 Mon")
    assert MIDDEN.previous_school_day(saturday) == day("2025-11-14 Fri")


def test_adding_nothing_gives_the_next_school_day() -> None:
    assert MIDDEN.add_school_days(day("2025-11-15 Sat"), 0) == day("2025-11-17 Mon")
    assert MIDDEN.add_school_weeks(day("2025-11-15 Sat"), 0) == day("2025-11-17 Mon")


def test_no_school_days_lie_between_a_day_and_an_earlier_day() -> None:
    assert MIDDEN.school_days_between(day("2025-11-14 Fri"), day("2025-11-10 Mon")) == 0


def test_negative_numbers_are_refused() -> None:
    friday = day("2025-11-14 Fri")
    with pytest.raises(ValueError, match="0 or more"):
        MIDDEN.add_school_days(friday, -1)
    with pytest.raises(ValueError, match="0 or more"):
        MIDDEN.add_school_weeks(friday, -1)
    with pytest.raises(ValueError, match="1 or more"):
        MIDDEN.school_days_before(friday, 0)


def test_period_that_ends_before_it_starts_is_refused() -> None:
    backwards = [(date(2025, 11, 2), date(2025, 11, 1))]
    with pytest.raises(ValueError, match="before it starts"):
        SchoolCalendar(backwards, date(2025, 8, 1), date(2026, 7, 31), AMSTERDAM)
    with pytest.raises(ValueError, match="before it starts"):
        SchoolCalendar([], date(2026, 7, 31), date(2025, 8, 1), AMSTERDAM)


def test_closed_days_outside_the_known_years_change_nothing() -> None:
    closed = [(date(2020, 1, 1), date(2020, 1, 9)), (date(2025, 7, 1), date(2025, 8, 10))]
    calendar = SchoolCalendar(closed, date(2025, 8, 1), date(2026, 7, 31), AMSTERDAM)
    assert calendar.next_school_day(date(2025, 8, 1)) == date(2025, 8, 11)


def test_unknown_day_is_named_and_never_answered() -> None:
    first, last = MIDDEN.first, MIDDEN.last
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    questions: list[tuple[Callable[[], object], date]] = [
        (lambda: MIDDEN.is_school_day(before), before),
        (lambda: MIDDEN.is_school_day(after), after),
        (lambda: MIDDEN.next_school_day(after), after),
        (lambda: MIDDEN.next_school_day(last), after),  # a Saturday in the summer
        (lambda: MIDDEN.previous_school_day(before), before),
        (lambda: MIDDEN.previous_school_day(first), before),  # a Sunday
        (lambda: MIDDEN.add_school_days(date(2027, 7, 16), 1), after),
        (lambda: MIDDEN.school_days_before(date(2024, 9, 2), 1), before),
        (lambda: MIDDEN.school_days_before(date(2024, 9, 3), 9), before),
        (lambda: MIDDEN.school_days_between(before, last), before),
        (lambda: MIDDEN.school_days_between(first, after), after),
        (lambda: MIDDEN.is_school_week(first), first - timedelta(days=6)),
        (lambda: MIDDEN.add_school_weeks(date(2027, 7, 9), 2), date(2027, 8, 2)),
        (lambda: MIDDEN.shift_deadline(date(2027, 7, 17)), after),
    ]
    for ask, unknown in questions:
        with pytest.raises(CalendarEnds) as refusal:
            ask()
        assert refusal.value.day == unknown


def test_break_that_began_before_the_known_years_is_not_guessed() -> None:
    summer = [(date(2025, 7, 19), date(2025, 8, 31))]
    calendar = SchoolCalendar(summer, date(2025, 8, 1), date(2026, 7, 31), AMSTERDAM)
    with pytest.raises(CalendarEnds):
        calendar.day_before_long_break(date(2025, 9, 1))


@pytest.mark.parametrize(
    ("d", "expected"),
    [
        ("2025-11-14 Fri", "2025-11-14T06:30:00+00:00"),
        ("2026-06-12 Fri", "2026-06-12T05:30:00+00:00"),
        # The Sundays on which the clock changes, and the school days around them.
        ("2026-03-27 Fri", "2026-03-27T06:30:00+00:00"),
        ("2026-03-29 Sun", "2026-03-29T05:30:00+00:00"),
        ("2026-03-30 Mon", "2026-03-30T05:30:00+00:00"),
        ("2026-10-25 Sun", "2026-10-25T06:30:00+00:00"),
    ],
)
def test_send_moment_is_half_past_seven_at_school(d: str, expected: str) -> None:
    moment = MIDDEN.send_moment(day(d))
    assert moment.isoformat() == expected
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2025-11-14 07:29:59", "2025-11-14 07:30:00"),
        ("2025-11-14 07:30:00", "2025-11-14 07:30:00"),
        ("2025-11-14 16:59:59", "2025-11-14 16:59:59"),
        ("2025-11-14 17:00:00", "2025-11-17 07:30:00"),
        ("2025-11-15 12:00:00", "2025-11-17 07:30:00"),
        ("2025-12-19 23:59:59", "2026-01-05 07:30:00"),
        ("2025-12-25 03:00:00", "2026-01-05 07:30:00"),
        # Friday evening in winter time, Monday morning in summer time.
        ("2026-03-27 18:00:00", "2026-03-30 07:30:00"),
    ],
)
def test_mail_waits_for_the_window_of_a_school_day(local: str, expected: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=AMSTERDAM)
    moment = datetime.fromisoformat(expected).replace(tzinfo=AMSTERDAM)
    assert MIDDEN.next_send_moment(now.astimezone(UTC)) == moment


def test_urgent_mail_leaves_at_night_and_in_holidays() -> None:
    now = datetime(2025, 12, 25, 3, 0, tzinfo=UTC)
    assert MIDDEN.next_send_moment(now, any_time=True) == now


def test_local_date_is_that_of_the_school() -> None:
    assert MIDDEN.local_date(datetime(2025, 11, 14, 23, 30, tzinfo=UTC)) == date(2025, 11, 15)
    assert MIDDEN.local_date(datetime(2026, 6, 14, 21, 59, tzinfo=UTC)) == date(2026, 6, 14)
    tokyo = timezone(timedelta(hours=9))
    assert MIDDEN.local_date(datetime(2025, 11, 15, 6, 0, tzinfo=tokyo)) == date(2025, 11, 14)


def test_moment_without_time_zone_is_refused() -> None:
    naive = datetime(2025, 11, 14, 12, 0, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        MIDDEN.local_date(naive)
    with pytest.raises(ValueError, match="time zone"):
        MIDDEN.next_send_moment(naive, any_time=True)

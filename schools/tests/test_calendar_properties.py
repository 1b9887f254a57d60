"""What holds for every calendar and every date, tried on random closed days in both time zones."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from schools.calendar import SchoolCalendar

FIRST, LAST = date(2023, 8, 1), date(2030, 7, 31)
DAY = timedelta(days=1)

zones = st.sampled_from([ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Brussels")])
# Two years in the middle, so that no answer reaches the ends of the calendar.
days = st.dates(date(2025, 8, 1), date(2027, 7, 31))
counts = st.integers(0, 30)
closed_periods = st.builds(
    lambda start, more: (start, start + more * DAY), days, st.integers(0, 50)
)
calendars = st.builds(
    lambda closed, zone: SchoolCalendar(closed, FIRST, LAST, zone),
    st.lists(closed_periods, max_size=8),
    zones,
)
moments = st.datetimes(datetime(2025, 8, 1), datetime(2027, 7, 31), timezones=zones)  # noqa: DTZ001 - hypothesis wants naive bounds and adds the zone


def counted_forward(calendar: SchoolCalendar, d: date, n: int) -> date:
    """Count by walking, the slow and obvious way."""
    while n:
        d += DAY
        n -= calendar.is_school_day(d)
    return d


def week_of(d: date) -> tuple[int, int]:
    return d.isocalendar()[:2]


@given(calendars, days)
def test_weekends_are_never_school_days(calendar: SchoolCalendar, d: date) -> None:
    assert not (calendar.is_school_day(d) and d.weekday() >= 5)


@given(closed_periods, days, zones)
def test_a_weekday_is_a_school_day_unless_closed(
    closed: tuple[date, date], d: date, zone: ZoneInfo
) -> None:
    calendar = SchoolCalendar([closed], FIRST, LAST, zone)
    is_closed = closed[0] <= d <= closed[1]
    assert calendar.is_school_day(d) is (d.weekday() < 5 and not is_closed)


@given(calendars, days)
def test_next_and_previous_are_the_nearest_school_days(calendar: SchoolCalendar, d: date) -> None:
    following, before = calendar.next_school_day(d), calendar.previous_school_day(d)
    assert before <= d <= following
    assert calendar.is_school_day(before)
    assert calendar.is_school_day(following)
    gap = [before + n * DAY for n in range(1, (following - before).days)]
    assert not any(calendar.is_school_day(day) for day in gap)


@given(calendars, days, st.integers(1, 30))
def test_added_school_days_are_counted_one_by_one(
    calendar: SchoolCalendar, d: date, n: int
) -> None:
    result = calendar.add_school_days(d, n)
    assert result == counted_forward(calendar, d, n)
    assert calendar.is_school_day(result)
    assert calendar.school_days_between(d, result) == n


@given(calendars, days, days, counts)
def test_a_later_start_never_gives_an_earlier_result(
    calendar: SchoolCalendar, a: date, b: date, n: int
) -> None:
    a, b = min(a, b), max(a, b)
    assert calendar.add_school_days(a, n) <= calendar.add_school_days(b, n)


@given(calendars, days, st.integers(1, 30))
def test_more_school_days_give_a_later_result(calendar: SchoolCalendar, d: date, n: int) -> None:
    assert calendar.add_school_days(d, n) < calendar.add_school_days(d, n + 1)


@given(calendars, days, st.integers(1, 30))
def test_counting_back_undoes_counting_on(calendar: SchoolCalendar, d: date, n: int) -> None:
    start = calendar.next_school_day(d)
    assert calendar.school_days_before(calendar.add_school_days(start, n), n) == start


@given(calendars, days)
def test_deadlines_move_only_when_they_must_and_only_one_way(
    calendar: SchoolCalendar, asked: date
) -> None:
    later = calendar.shift_deadline(asked)
    earlier = calendar.shift_deadline(asked, backward=True)
    assert earlier.due <= asked <= later.due
    assert calendar.is_school_day(earlier.due)
    assert calendar.is_school_day(later.due)
    assert later.moved is earlier.moved is (not calendar.is_school_day(asked))


@given(calendars, days, st.integers(1, 12))
def test_added_school_weeks_land_in_the_nth_school_week(
    calendar: SchoolCalendar, d: date, n: int
) -> None:
    target = d
    school_weeks = 0
    while school_weeks < n:
        target += 7 * DAY
        school_weeks += calendar.is_school_week(target)
    result = calendar.add_school_weeks(d, n)
    assert result == calendar.next_school_day(target)
    assert week_of(result) == week_of(target) or not calendar.is_school_day(target)


@given(calendars, days)
def test_proposal_before_a_long_break_has_a_week_without_school_behind_it(
    calendar: SchoolCalendar, d: date
) -> None:
    proposal = calendar.day_before_long_break(d)
    if proposal is None:
        week = [calendar.next_school_day(d) - n * DAY for n in range(1, 8)]
        assert any(calendar.is_school_day(day) for day in week)
        return
    assert proposal < d
    assert calendar.is_school_day(proposal)
    assert (calendar.next_school_day(proposal + DAY) - proposal).days > 7
    assert calendar.school_days_between(proposal, d) <= 2


@given(calendars, moments)
def test_mail_never_leaves_early_nor_outside_the_window(
    calendar: SchoolCalendar, now: datetime
) -> None:
    moment = calendar.next_send_moment(now)
    local = moment.astimezone(calendar.zone)
    assert moment >= now
    assert time(7, 30) <= local.time() < time(17)
    assert calendar.is_school_day(local.date())
    assert moment == now or local.time() == time(7, 30)


@given(calendars, moments)
def test_send_moment_is_settled_at_the_first_asking(
    calendar: SchoolCalendar, now: datetime
) -> None:
    moment = calendar.next_send_moment(now)
    assert calendar.next_send_moment(moment) == moment
    assert calendar.next_send_moment(now, any_time=True) == now


@given(calendars, days)
def test_send_moment_lies_on_its_own_day(calendar: SchoolCalendar, d: date) -> None:
    assert calendar.local_date(calendar.send_moment(d)) == d

"""The clock on the wall and the moment: one for one, also in the nights when the clocks change (arithmetic of R07).

No process runs here. That a worker's own clock has no say is the other half of R07: `pestzorg/chaos/clocks.py`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.calendar import moment_of

AMSTERDAM, BRUSSELS = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Brussels")
FIRST, LAST = date(2026, 1, 1), date(2037, 12, 31)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
# Around the change every quarter, and some others of a day.
WALLS = [time(h, m) for h in (1, 2, 3) for m in (0, 15, 30, 45)] + [
    time(2, 59), time(0, 0), time(7, 30), time(12, 0), time(17, 0), time(23, 59),
]  # fmt: skip
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.parametrize("zone", [AMSTERDAM, BRUSSELS])
def test_a_time_that_is_left_out_is_as_long_after_the_gap_began(zone: ZoneInfo) -> None:
    moment = moment_of(SPRING, time(2, 30), zone)
    assert moment == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert f"{moment.astimezone(zone):%H:%M %z}" == "03:30 +0200"


@pytest.mark.parametrize("zone", [AMSTERDAM, BRUSSELS])
def test_of_a_time_that_comes_twice_it_is_the_first(zone: ZoneInfo) -> None:
    assert moment_of(AUTUMN, time(2, 30), zone) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def firings(wall: time, zone: ZoneInfo) -> dict[date, datetime]:
    """In which minute of twelve years would a sweep find each day's slot due?"""
    days = (FIRST + n * DAY for n in range((LAST - FIRST).days + 1))
    return {d: _next_look(moment_of(d, wall, zone)) for d in days}


def _next_look(moment: datetime) -> datetime:
    """The first look that finds it due. Workers look at the full minute here."""
    return moment + (-moment.timestamp() % 60) * timedelta(seconds=1)


@pytest.mark.parametrize("zone", [AMSTERDAM, BRUSSELS])
def test_each_day_has_one_minute_in_which_its_slot_falls_due_and_none_is_early(
    zone: ZoneInfo,
) -> None:
    slots = 0
    for wall in WALLS:
        fired = firings(wall, zone)
        slots += len(fired)
        assert len(set(fired.values())) == len(fired)
        assert list(fired.values()) == sorted(fired.values())
        wrong = {d for d, at in fired.items() if not _is_right(d, wall, at.astimezone(zone))}
        assert wrong == set()
    assert slots > 75_000


def _is_right(d: date, wall: time, shown: datetime) -> bool:
    """The clock on the wall showed the slot then; in a spring night, an hour more."""
    if shown.date() == d and shown.time() == wall:
        return shown.fold == 0
    left_out = d.month == 3 and d.weekday() == 6 and d.day > 24 and wall.hour == 2
    return left_out and shown.time() == wall.replace(hour=3)


@given(st.dates(FIRST, LAST), minutes, st.sampled_from([AMSTERDAM, BRUSSELS]))
def test_every_minute_of_every_day_is_one_moment(d: date, wall: time, zone: ZoneInfo) -> None:
    moment = moment_of(d, wall, zone)
    shown = moment.astimezone(zone)
    assert moment < moment_of(d + DAY, wall, zone)
    assert timedelta() <= shown.replace(tzinfo=None) - datetime.combine(d, wall) <= 60 * MINUTE
    assert _is_right(d, wall, shown)

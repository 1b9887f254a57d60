"""Arithmetic with school days, school weeks and moments to send. Pure dates: no models, no clock.

Which days are closed is somebody else's knowledge (`schools.holidays` and the school's own rows).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SEND_FROM = time(7, 30)
SEND_UNTIL = time(17, 0)  # the first moment that is too late

DAYS_IN_SCHOOL_WEEK = 3  # fewer school days do not make a week that counts
LONG_BREAK_DAYS = 7
DAYS_STILL_AFTER_BREAK = 2

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


class CalendarEnds(Exception):
    """A date outside the years this calendar knows. It may be closed or open: nobody can tell."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the school calendar does not know {day.isoformat()}")
        self.day = day


def moment_of(d: date, wall: time, zone: ZoneInfo) -> datetime:
    """When the clock on the wall shows this, in UTC: exactly one moment, whatever the clocks do that night.

    Of a time that comes twice the first; of one that is left out the moment as long after the gap began.
    """
    return datetime.combine(d, wall, zone).astimezone(UTC)


@dataclass(frozen=True)
class Shift:
    """A deadline as it was asked for, and the day on which it really falls."""

    asked: date
    due: date

    @property
    def moved(self) -> bool:
        """Say whether the deadline falls on another day than was asked."""
        return self.asked != self.due


class SchoolCalendar:
    """The school days of one school from `first` to `last`; any other day raises CalendarEnds.

    `closed` holds pairs of first and last closed day, in any order and free to overlap.
    """

    def __init__(
        self, closed: Iterable[tuple[date, date]], first: date, last: date, zone: ZoneInfo
    ) -> None:
        self.first = first
        self.last = last
        self.zone = zone
        closed_days = {day for start, end in closed for day in self._days_known(start, end)}
        known = self._days_known(first, last)
        self._school_days = [d for d in known if d.weekday() < 5 and d not in closed_days]
        self._is_school_day = frozenset(self._school_days)

    def is_school_day(self, d: date) -> bool:
        """Say whether there are lessons on this day."""
        self._require_known(d)
        return d in self._is_school_day

    def next_school_day(self, d: date) -> date:
        """Give the day itself when it is a school day, else the first one after it."""
        self._require_known(d)
        return self._school_day_at(bisect_left(self._school_days, d))

    def previous_school_day(self, d: date) -> date:
        """Give the day itself when it is a school day, else the last one before it."""
        self._require_known(d)
        return self._school_day_at(bisect_right(self._school_days, d) - 1)

    def add_school_days(self, d: date, n: int) -> date:
        """Count n school days on, the start not counted; n = 0 gives the next school day."""
        _require_at_least(n, 0)
        if n == 0:
            return self.next_school_day(d)
        self._require_known(d)
        return self._school_day_at(bisect_right(self._school_days, d) + n - 1)

    def school_days_before(self, d: date, n: int) -> date:
        """Give the n-th school day before this day, which itself is not counted."""
        _require_at_least(n, 1)
        self._require_known(d)
        return self._school_day_at(bisect_left(self._school_days, d) - n)

    def school_days_between(self, a: date, b: date) -> int:
        """Count the school days after a, up to and including b; none when b is not after a."""
        self._require_known(a)
        self._require_known(b)
        return max(0, bisect_right(self._school_days, b) - bisect_right(self._school_days, a))

    def is_school_week(self, d: date) -> bool:
        """Say whether the ISO week of this day has at least three school days."""
        monday = _monday_of(d)
        week = (monday + n * _DAY for n in range(5))
        return sum([self.is_school_day(day) for day in week]) >= DAYS_IN_SCHOOL_WEEK

    def add_school_weeks(self, d: date, n: int) -> date:
        """Give the same weekday in the n-th school week after this one, or the next school day.

        The result may lie in the week after, when that weekday and all later ones are closed.
        """
        _require_at_least(n, 0)
        weeks_to_go = n
        while weeks_to_go:
            d += _WEEK
            if self.is_school_week(d):
                weeks_to_go -= 1
        return self.next_school_day(d)

    def shift_deadline(
        self, asked: date, *, backward: bool = False, all_days: bool = False
    ) -> Shift:
        """Move a deadline to a school day: later, or earlier when the matter is grave (backward).

        With all_days it stays: police, platforms and homes do not stop in holidays.
        """
        if all_days:
            return Shift(asked, asked)
        move = self.previous_school_day if backward else self.next_school_day
        return Shift(asked, move(asked))

    def day_before_long_break(self, d: date) -> date | None:
        """Give the last school day before a break of a week or more, if d is too close to it.

        Too close is: in the break, or on the first or second school day after it; else None.
        """
        day = d
        school_days_passed = 0
        while school_days_passed <= DAYS_STILL_AFTER_BREAK:
            if self.is_school_day(day):
                school_days_passed += 1
                day -= _DAY
                continue
            before = self.previous_school_day(day)
            if self._is_long_break(before + _DAY):
                return before
            day = before
        return None

    def long_breaks(self) -> list[tuple[date, date]]:
        """Give the last school day before each break of a week or more, and the first day of school after it.

        A break that runs on to where the calendar ends is over the day after that.
        """
        ends = [*self._school_days[1:], self.last + _DAY]
        pairs = zip(self._school_days, ends, strict=True)
        return [(last, first) for last, first in pairs if (first - last).days > LONG_BREAK_DAYS]

    def local_date(self, moment: datetime) -> date:
        """Give the date on the wall of the school. Refuses a moment without time zone."""
        return self._local(moment).date()

    def send_moment(self, d: date) -> datetime:
        """Give 07:30 local time of this day, in UTC."""
        return moment_of(d, SEND_FROM, self.zone)

    def next_send_moment(self, now: datetime, *, any_time: bool = False) -> datetime:
        """Give now when mail may leave now, else 07:30 of the first school day to come."""
        local = self._local(now)
        today = local.date()
        if any_time or (self._is_in_window(local) and self.is_school_day(today)):
            return now
        too_late = local.time() >= SEND_FROM
        return self.send_moment(self.next_school_day(today + _DAY if too_late else today))

    def half_way(self, start: datetime, end: datetime) -> datetime:
        """Give the moment at which half of the time at school (7:30 to 17:00) between these two has passed.

        It lies at school time itself, unless there is none in between: then it is the end.
        """
        spans = [span for day in self._days_of(start, end) if (span := self._span(day, start, end))]
        to_go = sum((until - since for since, until in spans), timedelta()) / 2
        for since, until in spans:
            if to_go < until - since:
                return since + to_go
            to_go -= until - since
        return end

    def _days_of(self, start: datetime, end: datetime) -> list[date]:
        first, last = self.local_date(start), self.local_date(end)
        days = (first + n * _DAY for n in range((last - first).days + 1))
        return [day for day in days if self.is_school_day(day)]

    def _span(self, day: date, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
        closes = moment_of(day, SEND_UNTIL, self.zone)
        since, until = max(self.send_moment(day), start), min(closes, end)
        return (since, until) if since < until else None

    def _local(self, moment: datetime) -> datetime:
        # A naive moment would silently be read in the time zone of the server.
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment.astimezone(self.zone)

    def _is_in_window(self, local: datetime) -> bool:
        return SEND_FROM <= local.time() < SEND_UNTIL

    def _is_long_break(self, start: date) -> bool:
        return not any(self.is_school_day(start + n * _DAY) for n in range(LONG_BREAK_DAYS))

    def _days_known(self, start: date, end: date) -> list[date]:
        if end < start:
            raise ValueError(f"a period cannot end ({end}) before it starts ({start})")
        start, end = max(start, self.first), min(end, self.last)
        return [start + n * _DAY for n in range((end - start).days + 1)]

    def _require_known(self, d: date) -> None:
        if not self.first <= d <= self.last:
            raise CalendarEnds(d)

    def _school_day_at(self, index: int) -> date:
        # A negative index would silently count from the end of the calendar.
        if index < 0:
            raise CalendarEnds(self.first - _DAY)
        if index >= len(self._school_days):
            raise CalendarEnds(self.last + _DAY)
        return self._school_days[index]


def _monday_of(day: date) -> date:
    return day - day.weekday() * _DAY


def _require_at_least(n: int, least: int) -> None:
    if n < least:
        raise ValueError(f"a number of school days or weeks must be {least} or more, not {n}")

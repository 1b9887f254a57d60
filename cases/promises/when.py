"""Which day a sentence means: "tegen vrijdag", "binnen drie schooldagen", "14 november"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cases.promises.words import Words
from schools.calendar import CalendarEnds, SchoolCalendar

FRIDAY = 4
_WEEK = timedelta(weeks=1)
Reckon = Callable[[date, SchoolCalendar], date]


@dataclass(frozen=True)
class When:
    """A day as it was said, and where in the sentence; which date it is depends on the day it was said."""

    start: int
    end: int
    reckon: Reckon
    strictly_before: bool = False

    def on(self, today: date, calendar: SchoolCalendar) -> date | None:
        """The school day that is meant; None for a day gone by or outside the calendar."""
        try:
            asked = self.reckon(today, calendar)
            if self.strictly_before:
                asked = calendar.school_days_before(asked, 1)
            return calendar.shift_deadline(asked).due if asked >= today else None
        except (CalendarEnds, ValueError):
            return None  # 31 February, or a year nobody opened yet


def whens_in(text: str, words: Words) -> Iterator[When]:
    """Every day in a lower-case text, from left to right, without overlap; with the word before it."""
    for match in _pattern(words).finditer(text):
        kind = str(match.lastgroup)
        lead = (match["lead"] or "").strip()
        yield When(match.start(), match.end(), _MEANING[kind](match, words), lead in words.before)


def _pattern(words: Words) -> re.Pattern[str]:
    number = rf"(?:\d{{1,2}}|{_any(words.numbers)})"
    weekday = _any(words.weekdays)
    in_week = rf"(?:{weekday} {_any(words.next_week)}|{_any(words.next_week)}(?: {weekday})?)"
    kinds = {
        # The longest way of saying it first: "vrijdag 14 november" is no bare Friday.
        "date": rf"(?:{weekday},? )?(?:\d{{1,2}} {_any(words.months)}(?: \d{{4}})?)",
        "numeric": r"\d{1,2}[-/]\d{1,2}(?:[-/]\d{4})?",
        "next_week": in_week,
        "this_week": _any(words.this_week),
        "within": rf"{_any(words.within)} {number} {_any(words.spans)}",
        "weekday": rf"(?:{_any(words.next)} )?{weekday}",
        "days": _any(words.days),
    }
    lead = rf"(?P<lead>(?:{_any((*words.by, *words.before))}) )?"
    either = "|".join(f"(?P<{name}>{pattern})" for name, pattern in kinds.items())
    return re.compile(rf"\b{lead}(?:{either})(?!\w)")


def _any(found: object) -> str:
    longest_first = sorted(map(str, found), key=len, reverse=True)  # type: ignore[call-overload]
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


# ── what each way of saying it means ─────────────────────────────────────────
def _date(match: re.Match[str], words: Words) -> Reckon:
    day, month, *year = re.findall(rf"\d+|{_any(words.months)}", match["date"])
    return _on_date(int(day), words.months[month], *map(int, year))


def _numeric(match: re.Match[str], words: Words) -> Reckon:
    return _on_date(*map(int, re.split("[-/]", match["numeric"])))


def _on_date(day: int, month: int, year: int = 0) -> Reckon:
    def reckon(today: date, calendar: SchoolCalendar) -> date:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)

    return reckon


def _next_week(match: re.Match[str], words: Words) -> Reckon:
    named = [number for number, name in enumerate(words.weekdays) if name in match["next_week"]]
    weekday = named[0] if named else FRIDAY
    return lambda today, calendar: today - timedelta(days=today.weekday() - weekday) + _WEEK


def _this_week(match: re.Match[str], words: Words) -> Reckon:
    def reckon(today: date, calendar: SchoolCalendar) -> date:
        return calendar.previous_school_day(today + timedelta(days=FRIDAY - today.weekday()))

    return reckon


def _within(match: re.Match[str], words: Words) -> Reckon:
    _lead, said, *unit = match["within"].split(" ")
    number = words.numbers.get(said) or int(said)
    kind = words.spans[" ".join(unit)]
    if kind == "school_days":
        return lambda today, calendar: calendar.add_school_days(today, number)
    days = number * (7 if kind == "weeks" else 1)
    return lambda today, calendar: today + timedelta(days=days)


def _weekday(match: re.Match[str], words: Words) -> Reckon:
    weekday = words.weekdays.index(match["weekday"].split(" ")[-1])
    # Said on that very day, it means the one in a week: today would be called today.
    return lambda today, calendar: today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _days(match: re.Match[str], words: Words) -> Reckon:
    return lambda today, calendar: today + timedelta(days=words.days[match["days"]])


_MEANING: dict[str, Callable[[re.Match[str], Words], Reckon]] = {
    "date": _date,
    "numeric": _numeric,
    "next_week": _next_week,
    "this_week": _this_week,
    "within": _within,
    "weekday": _weekday,
    "days": _days,
}

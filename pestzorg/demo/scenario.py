"""What a scenario is: a school, and what is said and done there, moment by moment, as plain data.

People are called by their first name, which is unique within a scenario; days and moments are real ones.
`telling.py` plays it through the services for the demo and quick tests, `pestzorg.testing.playing` through the
pages in a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pestzorg.demo.people import SchoolPlan

Answers = dict[str, Any]


@dataclass(frozen=True)
class Promise:
    """An agreement: one owner (a first name and what kind of person that is), one day, one follower.

    `measure` names the row of step 6 it comes from; `asked` holds what a form asks for only then, such as a
    reason to go against a wish.
    """

    what: str
    owner_type: str
    owner: str
    follower: str
    deadline: date | None = None
    review_on: date | None = None
    starts_on: date | None = None
    measure: str = ""
    helper: str = ""
    all_days: bool = False
    asked: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    """A follow-up talk with one person, by first name; `role` is the part of somebody who is not in the case."""

    who: str
    planned_at: datetime
    conductor: str
    role: str = ""
    purposes: tuple[str, ...] = ("check_safety",)
    asked: Answers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that a colleague does at a moment."""

    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Reported(Act):
    """A concern about the pupil; who does not teach the class cannot look the pupil up, and types a name."""

    signs: tuple[str, ...]
    description: str
    urgency: str = "this_week"
    knows_pupil: bool = True


@dataclass(frozen=True, kw_only=True)
class LookedAt(Act):
    """The report is looked at by its handler."""


@dataclass(frozen=True, kw_only=True)
class Assessed(Act):
    """Eight indicators and the red flags; the lead is named, and the case is active."""

    lead: str
    points: Mapping[str, int]
    red_flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AssessedAgain(Act):
    """How serious it is, in the middle of a case: the same questions."""

    points: Mapping[str, int]
    red_flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SatDown(Act):
    """A sitting begins; from the second on with the answers of the resume check.

    `others` names who comes along beside the pupil and the lead, by what they are there for.
    """

    location: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    check: Answers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Discussed(Act):
    """A step, in or outside a sitting: answers, rows of its lists, and whether it is done now.

    `lists` holds rows under the name of their list: dictionaries, `Promise`s under "agreements", `Talk`s under
    "talks". "measures" and "without_talk" are dictionaries by measure and by name.
    """

    step: int
    answers: Answers = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    done: bool = True


@dataclass(frozen=True, kw_only=True)
class Stopped(Act):
    """A sitting ends with the mini step 7; `asked` answers what the page asks only then."""

    answers: Answers
    asked: Answers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Completed(Act):
    """The conversation is completed."""


@dataclass(frozen=True, kw_only=True)
class Agreed(Act):
    """An agreement that is made later, outside the steps."""

    promise: Promise


@dataclass(frozen=True, kw_only=True)
class Planned(Act):
    """A talk that is planned later, outside the steps."""

    talk: Talk


@dataclass(frozen=True, kw_only=True)
class WroteOutside(Act):
    """A report outside school is written down: the one that a measure of step 6 opened, or another."""

    values: Answers
    measure: str = ""


@dataclass(frozen=True, kw_only=True)
class CameOfIt(Act):
    """What became of the report outside school that a measure opened."""

    measure: str
    values: Answers


@dataclass(frozen=True, kw_only=True)
class Settled(Act):
    """How an agreement, known by its words, went."""

    what: str
    status: str = "done"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Held(Act):
    """A follow-up talk that was planned for this day took place."""

    who: str
    outcome: Answers


@dataclass(frozen=True, kw_only=True)
class ToAftercare(Act):
    """Somebody proposes to close, with these answers, and decides it as well."""

    answers: Answers


@dataclass(frozen=True)
class Scenario:
    """One of the five: `target` is the pupil it is about, `acts` are in the order in which they happen."""

    letter: str
    school: SchoolPlan
    target: str
    acts: tuple[Act, ...]

    def until(self, moment: datetime) -> tuple[Act, ...]:
        """What happened before this moment."""
        return tuple(act for act in self.acts if act.at < moment)

    def between(self, since: datetime, until: datetime) -> tuple[Act, ...]:
        """What happened from one moment up to another."""
        return tuple(act for act in self.until(until) if act.at >= since)


def moved(acts: tuple[Act, ...], *, weeks: int) -> tuple[Act, ...]:
    """The same a number of weeks later, on the same weekdays; earlier when negative."""
    return tuple(_moved(act, timedelta(weeks=weeks)) for act in acts)


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, date):
        return value + by
    if isinstance(value, Mapping):
        return {key: _moved(one, by) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_moved(one, by) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _moved(getattr(value, f.name), by) for f in fields(value)}
        return replace(value, **changed)
    return value

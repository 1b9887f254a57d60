"""How safe the pupil says to feel at school, over time: the grades and where they stand in a small chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cases.models import Conversation, FollowUpTalk, StepRecord

BEGIN, AGREE = 1, 7
SHOWN = 8
# The drawing: grade 10 at the top, 0 at the bottom, in pixels; points spread between these percents.
TOP, PER_GRADE = 24, 5
LEFT, MIDDLE, RIGHT = 8, 50, 92


@dataclass(frozen=True)
class Score:
    """One grade from 0 to 10, given by the pupil."""

    on: date
    grade: int


@dataclass(frozen=True)
class Point:
    """A grade in the chart; `next_*` is where the line to the following grade ends."""

    score: Score
    x: float
    y: int
    next_x: float | None
    next_y: int | None

    @property
    def label_y(self) -> int:
        """Where the number stands, above the dot."""
        return self.y - 12


def scores(
    conversation: Conversation | None,
    records: Iterable[StepRecord],
    talks: Iterable[FollowUpTalk],
    zone: ZoneInfo,
) -> list[Score]:
    """Every grade with its day, oldest first. `records` are the steps that the reader may read."""
    found: list[tuple[datetime, int]] = []
    if conversation is not None:
        # Of one moment, a sitting's beginning, the resume check comes before the grade of step 7.
        found += [*_of_sittings(conversation), *_of_steps(records, conversation)]
    found += _of_talks(talks, zone)
    in_order = sorted(found, key=lambda given: given[0])
    return [Score(at.astimezone(zone).date(), grade) for at, grade in in_order]


def points(found: list[Score]) -> list[Point]:
    """The latest grades on the drawing."""
    shown = found[-SHOWN:]
    if len(shown) == 1:
        return [Point(shown[0], MIDDLE, _height(shown[0]), None, None)]
    gap = (RIGHT - LEFT) / max(1, len(shown) - 1)
    # Whole tenths, and a point in every language: a comma is no number in SVG.
    places = [(round(LEFT + gap * n, 1), _height(s)) for n, s in enumerate(shown)]
    following = [*places[1:], (None, None)]
    return [
        Point(s, *here, *there) for s, here, there in zip(shown, places, following, strict=True)
    ]


def _height(score: Score) -> int:
    return TOP + (10 - score.grade) * PER_GRADE


def _of_talks(talks: Iterable[FollowUpTalk], zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    for talk in talks:
        if talk.with_role == "target" and talk.safety_score is not None and talk.held_on:
            yield _held_at(talk, talk.held_on, zone), talk.safety_score


def _held_at(talk: FollowUpTalk, held_on: date, zone: ZoneInfo) -> datetime:
    # Only the day is kept; the hour is the planned one, unless the talk moved to another day.
    if talk.planned_at.astimezone(zone).date() == held_on:
        return talk.planned_at
    return datetime.combine(held_on, time.max, zone)


def _of_steps(
    records: Iterable[StepRecord], conversation: Conversation
) -> Iterator[tuple[datetime, int]]:
    for record in records:
        grade = record.answer("safety_score")
        sitting = record.last_sitting if record.step == AGREE else record.first_sitting
        at = sitting.started_at if sitting else record.completed_at or conversation.started_at
        if record.step in {BEGIN, AGREE} and grade is not None and at:
            yield at, grade


def _of_sittings(conversation: Conversation) -> Iterator[tuple[datetime, int]]:
    for sitting in conversation.sittings.all():
        if sitting.safety_score_start is not None:
            yield sitting.started_at, sitting.safety_score_start

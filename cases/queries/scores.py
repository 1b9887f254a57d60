"""How safe the pupil says to feel at school, over time: the grades and where they stand in a small chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cases.models import AftercareCheck, Conversation, FollowUpTalk, StepRecord
from cases.protocol.step_numbers import CLOSE_AND_AGREE, SAFE_SETTING
from cases.queries import chart
from cases.queries.chart import Point

LOWEST, HIGHEST = 0, 10


@dataclass(frozen=True)
class Score:
    """One grade from 0 to 10, given by the pupil."""

    on: date
    grade: int


def scores(
    conversation: Conversation | None,
    records: Iterable[StepRecord],
    talks: Iterable[FollowUpTalk],
    zone: ZoneInfo,
    checks: Iterable[AftercareCheck] = (),
) -> list[Score]:
    """Every grade with its day, oldest first. `records` are the steps that the reader may read."""
    found: list[tuple[datetime, int]] = []
    if conversation is not None:
        # Of one moment, a sitting's beginning, the resume check comes before the grade of step 7.
        found += [*_of_sittings(conversation), *_of_steps(records, conversation)]
        talks = [t for t in talks if t.with_participant_id in {None, conversation.target_id}]
    found += [*_of_talks(talks, zone), *_of_checks(checks, zone)]
    in_order = sorted(found, key=lambda given: given[0])
    given = [Score(at.astimezone(zone).date(), grade) for at, grade in in_order]
    # Asked twice on one day with the same answer, at the end of a talk above all, is one grade.
    return [score for score, before in zip(given, [None, *given], strict=False) if score != before]


def points(found: list[Score]) -> list[Point]:
    """The latest grades on the drawing."""
    return chart.points(((score.on, score.grade) for score in found), LOWEST, HIGHEST)


def _of_talks(talks: Iterable[FollowUpTalk], zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    for talk in talks:
        if talk.with_role == "target" and talk.safety_score is not None and talk.held_on:
            yield _held_at(talk, talk.held_on, zone), talk.safety_score


def _of_checks(checks: Iterable[AftercareCheck], zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    for check in checks:
        if check.safety_score is not None and check.held_on:
            yield datetime.combine(check.held_on, time.max, zone), check.safety_score


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
        sitting = record.last_sitting if record.step == CLOSE_AND_AGREE else record.first_sitting
        at = sitting.started_at if sitting else record.completed_at or conversation.started_at
        if record.step in {SAFE_SETTING, CLOSE_AND_AGREE} and grade is not None and at:
            yield at, grade


def _of_sittings(conversation: Conversation) -> Iterator[tuple[datetime, int]]:
    for sitting in conversation.sittings.all():
        if sitting.safety_score_start is not None:
            yield sitting.started_at, sitting.safety_score_start
        if sitting.safety_score_end is not None and sitting.ended_at:
            yield sitting.ended_at, sitting.safety_score_end

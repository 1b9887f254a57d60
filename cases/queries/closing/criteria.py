"""The list of closing criteria. This app registers its own; the class approach adds those about the class.

A criterion that nobody registered is none: it holds up no case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise

from cases.models import AftercareCheck, Case, Conversation, FollowUpTalk, StepRecord
from cases.queries.scores import Score, scores
from schools.calendar import SchoolCalendar
from schools.queries.calendars import calendar_for


@dataclass(frozen=True)
class Answers:
    """What somebody says about the closing itself: who agrees, and which agreements go on in aftercare."""

    pupil_agrees: bool
    parents_agree: str
    carries_over: Collection[int] = ()


@dataclass
class Standing:
    """How a case stands, read once for all criteria. `answers` is None while nobody gave any."""

    case: Case
    now: datetime
    answers: Answers | None = None
    _records: dict[int, list[StepRecord]] = field(default_factory=dict)

    @cached_property
    def calendar(self) -> SchoolCalendar:
        """The school days of this school."""
        return calendar_for(self.case.school)

    @property
    def today(self) -> date:
        """The day at this school."""
        return self.now.astimezone(self.case.school.zone).date()

    @cached_property
    def conversations(self) -> list[Conversation]:
        """The latest conversation with each pupil; what came before it belongs to an earlier round."""
        return list({found.target_id: found for found in self.every_conversation}.values())

    @cached_property
    def every_conversation(self) -> list[Conversation]:
        """All of them with their sittings, oldest first."""
        found = self.case.conversations.select_related("target").prefetch_related("sittings")
        conversations = list(found.order_by("pk"))
        for conversation in conversations:
            conversation.case = self.case
        return conversations

    def records_of(self, conversation: Conversation) -> list[StepRecord]:
        """The steps of a conversation that somebody wrote in."""
        if conversation.pk not in self._records:
            found = list(conversation.step_records.select_related("first_sitting", "last_sitting"))
            for record in found:
                record.conversation = conversation
            self._records[conversation.pk] = found
        return self._records[conversation.pk]

    @cached_property
    def talks(self) -> list[FollowUpTalk]:
        """Every follow-up talk of the case."""
        return list(self.case.talks.select_related("with_participant"))

    @cached_property
    def checks(self) -> list[AftercareCheck]:
        """Every aftercare check of the case, also of an earlier round."""
        return list(self.case.aftercare_checks.all())

    def grades_of(self, conversation: Conversation) -> list[Score]:
        """How safe this pupil says to feel, oldest first."""
        zone, records = self.case.school.zone, self.records_of(conversation)
        target = self.case.target
        # Aftercare is asked of the pupil whom the case is about.
        checks = self.checks if target and target.pk == conversation.target_id else []
        return scores(conversation, records, self.talks, zone, checks)


@dataclass(frozen=True)
class Finding:
    """Whether it is met; if not, what is missing and the address of the page where somebody mends it."""

    is_met: bool
    missing: str | Promise = ""
    path: str = ""


MET = Finding(is_met=True)


def lacks(missing: str | Promise, path: str = "") -> Finding:
    """It is not met yet, and this is what is missing."""
    return Finding(is_met=False, missing=missing, path=path)


@dataclass(frozen=True)
class Criterion:
    """One of the eight; `label` may be read by who sees nothing of the case."""

    number: int
    key: str
    label: str | Promise
    judge: Callable[[Standing], Finding]


@dataclass(frozen=True)
class Judged:
    """A criterion and what was found."""

    criterion: Criterion
    finding: Finding

    @property
    def is_met(self) -> bool:
        """It holds up nothing."""
        return self.finding.is_met


_registered: dict[str, Criterion] = {}


def register(criterion: Criterion) -> None:
    """Ask for this too, from now on; called once at start-up."""
    _registered[criterion.key] = criterion


def criteria() -> list[Criterion]:
    """Every registered one, in their order."""
    return sorted(_registered.values(), key=lambda criterion: criterion.number)


def judge_closing(standing: Standing) -> list[Judged]:
    """Every criterion with what was found, in their order."""
    return [Judged(criterion, criterion.judge(standing)) for criterion in criteria()]


def as_stored(found: Collection[Judged]) -> dict[str, Any]:
    """Key -> met, as a closing keeps it."""
    return {judged.criterion.key: judged.is_met for judged in found}

"""The part of the case page about closing: what waits, the ladder of aftercare, and what happened so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, cast

from django.utils.translation import gettext as _

from cases.access import Who, rules_on
from cases.models import AftercareCheck, Case, Closing, FollowUpTalk
from cases.models.case import CaseStatus
from cases.queries.closing.people import deciders_of, may_decide
from cases.queries.closing.state import (
    asks_assessment,
    ending_problems,
    may_be_held_from,
    open_closing,
)
from cases.queries.timeline import Event
from pestzorg.errors import Problem
from schools.models import User

Status = AftercareCheck.Status


@dataclass
class ClosingCard:
    """Closing and aftercare of one case, as one reader sees them; every piece is read on first use."""

    # The next things that this card knows how to draw.
    WORDS: ClassVar = ("decide", "reassess", "second", "check", "end")

    who: Who
    case: Case

    @property
    def rules(self) -> frozenset[str]:
        """What this reader may do."""
        return rules_on(self.who, self.case)

    @property
    def today(self) -> date:
        """The day at this school."""
        return self.who.now.astimezone(self.case.school.zone).date()

    @cached_property
    def checks(self) -> list[AftercareCheck]:
        """Every talk of aftercare, also of an earlier round; a case that never closed has none."""
        case = self.case
        never = case.aftercare_on is None and case.reopened_at is None
        if never and case.status != CaseStatus.CLOSED:
            return []
        return list(case.aftercare_checks.select_related("held_by").order_by("due_on", "pk"))

    @property
    def ladder(self) -> list[AftercareCheck]:
        """The talks of this round, by their day."""
        return [
            check for check in self.checks if check.status != Status.ENDED and self._is_now(check)
        ]

    @cached_property
    def waiting(self) -> Closing | None:
        """The proposal that waits for a decision or a signature."""
        return open_closing(self.case) if self.case.status == CaseStatus.ACTIVE else None

    @cached_property
    def next_check(self) -> AftercareCheck | None:
        """The talk that is held first."""
        return next((check for check in self.ladder if check.is_planned), None)

    @property
    def is_open_for_next(self) -> bool:
        """That talk may be held by now."""
        check = self.next_check
        if check is None:
            return False
        check.case = self.case
        return may_be_held_from(check) <= self.today

    @property
    def may_propose(self) -> bool:
        """Somebody who may close a case in progress, and nobody proposed it yet."""
        is_active = self.case.status == CaseStatus.ACTIVE
        return is_active and "R32" in self.rules and self.waiting is None

    @cached_property
    def decides(self) -> bool:
        """This reader is one of those who decide about closing."""
        return "R32" in self.rules and self.who.user in deciders_of(self.case, self.who.now)

    @cached_property
    def may_end(self) -> bool:
        """Nothing is left to do, and this reader decides."""
        is_after = self.case.status == CaseStatus.AFTERCARE
        return is_after and self.decides and not self._ending

    @property
    def still_open(self) -> list[str]:
        """What aftercare still waits for, in sentences."""
        return [str(problem.message) for problem in self._ending]

    @cached_property
    def _ending(self) -> list[Problem]:
        return ending_problems(self.case)

    @cached_property
    def next(self) -> str:
        """The one next thing about closing, as a word the template knows; empty when something else comes first."""
        if self.case.status == CaseStatus.AFTERCARE:
            return "check" if self.next_check else "end"
        return self._next_when_active() if self.case.status == CaseStatus.ACTIVE else ""

    def _next_when_active(self) -> str:
        waits = self.waiting is not None and self.waiting.status == Closing.Status.PROPOSED
        if (
            waits
            and self.waiting
            and may_decide(cast(User, self.who.user), self.waiting, self.who.now)
        ):
            return "decide"
        if "R17" in self.rules and asks_assessment(self.case):
            return "reassess"
        return "second" if "R27" in self.rules and self._offers_second() else ""

    def _offers_second(self) -> bool:
        """It began again, and neither a conversation nor a talk is on its way."""
        since = self.case.reopened_at
        last = self.case.conversations.last() if since else None
        if since is None or last is None or last.over_at is None or last.over_at > since:
            return False
        return not self.case.talks.filter(status=FollowUpTalk.Status.PLANNED).exists()

    def _is_now(self, check: AftercareCheck) -> bool:
        return check.closing_id == max(other.closing_id for other in self.checks)

    @property
    def events(self) -> list[Event]:
        """What happened, for the history of the case."""
        return list(self._events()) if self.checks else []

    def _events(self) -> Iterator[Event]:
        zone = self.case.school.zone
        for closing in self.case.closings.filter(status__in=["in_force", "reopened"]):
            begun, ended = closing.signed_at or closing.decided_at, closing.ended_at
            if begun:
                told = _("Closed, aftercare begins")
                yield Event(begun.astimezone(zone).date(), "sprout", "is-done", told, "", begun)
            if ended:
                told = _("Opened again")
                yield Event(ended.astimezone(zone).date(), "circle-alert", "", told, "", ended)
        for check in self.checks:
            if check.held_on:
                told = _("Aftercare talk: %(verdict)s")
                title = told % {"verdict": check.get_verdict_display().lower()}
                yield Event(check.held_on, "messages-square", "is-action", title)
        if self.case.closed_on:
            yield Event(self.case.closed_on, "check", "is-done", _("Closed for good"))

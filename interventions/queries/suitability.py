"""The check of a conversation as one reader sees it: the questions, what they lead to, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cases.access import Who, rules_on
from cases.models import Case, Conversation, StepRecord
from cases.queries.closed_steps import may_read_list
from cases.queries.extra_cards import Card
from interventions.access.suitability import may_override, reads_case_reasons
from interventions.models import SuitabilityCheck, SuitabilityVersion
from interventions.protocol import Method, methods
from interventions.queries.offered import offered_all
from interventions.queries.situation import Situation
from interventions.queries.step_8 import step_8_of
from interventions.suitability import Advice, Edition, Given, Indicator, Reason, advise, newest

Said = SuitabilityCheck | SuitabilityVersion


@dataclass
class Weighing:
    """What was answered about one conversation and what its case tells; for the services and for every page."""

    conversation: Conversation
    now: datetime

    @property
    def case(self) -> Case:
        """The case that it belongs to."""
        return self.conversation.case

    @cached_property
    def check(self) -> SuitabilityCheck | None:
        """The answers, None before anybody gave one."""
        found = SuitabilityCheck.objects.filter(conversation=self.conversation)
        return found.select_related("changed_by").first()

    @cached_property
    def step_8(self) -> StepRecord | None:
        """What step 8 says so far."""
        return step_8_of(self.conversation)

    @cached_property
    def situation(self) -> Situation:
        """What the case itself tells."""
        return Situation(self.case, self.step_8, self.now)

    @cached_property
    def edition(self) -> Edition:
        """The questions in which it was answered, or would be today."""
        return self.check.definition if self.check else newest()

    @cached_property
    def known(self) -> dict[str, str]:
        """Answers that step 8 gives."""
        told = self.situation.known
        asked = (one for one in self.edition.indicators if one.known_from in told)
        return {one.key: told[one.known_from or ""] for one in asked}

    @property
    def answers(self) -> dict[str, str]:
        """Every answer so far; what step 8 says goes before what was answered."""
        return {**(self.check.answers if self.check else {}), **self.known}

    @property
    def open(self) -> list[Indicator]:
        """Questions without an answer."""
        return [one for one in self.edition.indicators if one.key not in self.answers]

    @property
    def is_complete(self) -> bool:
        """Somebody answered, and no question is left."""
        return self.check is not None and not self.open

    def advice_on(self, method: str) -> Advice:
        """What follows for one method, as the case stands now."""
        ticked = frozenset(self.check.ticked if self.check else ())
        facts = self.situation.facts_for(method)
        return advise(
            self.edition, method, Given(self.answers, ticked | facts, frozenset(self.known))
        )


@dataclass(frozen=True)
class MethodAdvice:
    """One method with its advice, as one reader may read it."""

    method: Method
    advice: Advice
    sees_all: bool

    @property
    def in_the_way(self) -> list[Reason]:
        """What rules it out, then what asks for care."""
        return self._readable((*self.advice.stops, *self.advice.careful))

    @property
    def speaks_for(self) -> list[Reason]:
        """What points to it."""
        return self._readable(self.advice.speaks_for)

    @property
    def speaks_against(self) -> list[Reason]:
        """What points away from it."""
        return self._readable(self.advice.speaks_against)

    @property
    def is_told_in_part(self) -> bool:
        """The case gives reasons that this reader does not read."""
        found = self.advice
        every = (*found.stops, *found.careful, *found.speaks_for, *found.speaks_against)
        return not self.sees_all and any(reason.of_case for reason in every)

    def _readable(self, reasons: Iterable[Reason]) -> list[Reason]:
        return [reason for reason in reasons if self.sees_all or not reason.of_case]


@dataclass(frozen=True)
class VersionShown:
    """How it was answered before, in words."""

    version: SuitabilityVersion
    lines: list[tuple[str, str]]
    ticked: list[str]


@dataclass
class CheckPage(Weighing):
    """The same, for one reader."""

    who: Who

    @property
    def may_write(self) -> bool:
        """This reader answers."""
        return "R17" in rules_on(self.who, self.case)

    @property
    def may_override(self) -> bool:
        """This reader may begin what is not advised."""
        return may_override(self.who, self.case)

    @cached_property
    def sees_all(self) -> bool:
        """This reader reads also what the case tells."""
        told = reads_case_reasons(self.who, self.case, self.step_8)
        # What may be criminal comes out of what happened, and that list may be closed to them.
        return told and may_read_list(self.who, self.case, "incidents")

    @cached_property
    def advice(self) -> list[MethodAdvice]:
        """Every method, what fits best first; nothing while a question is open."""
        found = self.of_methods(methods()) if self.is_complete else []
        order = [verdict.value for verdict in type(found[0].advice.verdict)] if found else []
        return sorted(found, key=lambda one: order.index(one.advice.verdict))

    def of_methods(self, keys: Iterable[str]) -> list[MethodAdvice]:
        """These methods, in their order."""
        found = offered_all(self.case.school, keys)
        return [MethodAdvice(one, self.advice_on(one.key), self.sees_all) for one in found]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was answered, in words; for a reader who may not read step 8 without what it says."""
        given = {**self.answers}
        if not self.sees_all:
            given = {key: answer for key, answer in given.items() if key not in self.known}
        return lines_of(self.edition, given)

    @property
    def ticked(self) -> list[str]:
        """The circumstances that somebody ticked, in words."""
        return ticked_of(self.check) if self.check else []

    @property
    def versions(self) -> list[VersionShown]:
        """How it was answered before, the newest first."""
        stored = self.check.versions.select_related("answered_by") if self.check else ()
        return [
            VersionShown(one, lines_of(one.definition, one.answers), ticked_of(one))
            for one in stored
        ]


def check_page(who: Who, case: Case) -> CheckPage | None:
    """The check of the latest conversation, None before there is one."""
    conversation = case.conversations.last()
    if conversation is None:
        return None
    conversation.case = case
    return CheckPage(conversation, who.now, who)


def check_card(who: Who, case: Case) -> Card | None:
    """The card at step 8: what fits, or the way to find out; nothing for who only reads while nobody answered."""
    page = check_page(who, case)
    if page is None or not (page.may_write or page.check):
        return None
    return Card("interventions/_check_card.html", page)


def lines_of(asked: Edition, answers: dict[str, str]) -> list[tuple[str, str]]:
    """Each answered question with its answer in words."""
    given = (one for one in asked.indicators if one.key in answers)
    return [(str(one.question), str(one.choice(answers[one.key]).label)) for one in given]


def ticked_of(said: Said) -> list[str]:
    """The ticked circumstances in words."""
    return [str(one.text) for one in said.definition.asked if one.key in said.ticked]

"""What the pages of an intervention show: its phases as a path, what comes next, and what the pupil asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cases.access import Who, rules_on
from cases.models import Case, StepRecord
from cases.models.case import CaseStatus
from cases.queries.extra_cards import Card
from cases.queries.printed_answers import Printer
from interventions.access.class_rules import may_read
from interventions.access.interventions import may_run, without_case_visible_to
from interventions.models import ClassRule, Intervention, Member, PhaseRecord
from interventions.protocol import Loop, Method, Variant
from interventions.queries.class_rules import count_for, rules_from
from interventions.queries.loops import rounds_open
from interventions.queries.measurements import (
    Measurements,
    PhaseMeasurement,
    may_see_figures,
    measures_itself,
)
from interventions.queries.people import members_of
from interventions.queries.schedule import earliest_on, latest_on
from interventions.queries.step_8 import step_8_of
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

IN_A_LINE = ("class_group", "facilitator", "method_copy")
# The outcome is asked of nobody by name, and read by who sees the whole.
IN_WORDS = Printer("file", str, {})


@dataclass
class InterventionPage:
    """One intervention as one reader sees it; every piece is read on first use."""

    who: Who
    intervention: Intervention

    @property
    def method(self) -> Method:
        """The method in the version it began with."""
        return self.intervention.definition

    @property
    def way(self) -> Variant:
        """How it is run."""
        return self.intervention.way

    @property
    def way_name(self) -> str:
        """In which of several ways it is run; empty where its name says that."""
        name = str(self.way.label)
        return name if len(self.method.variants) > 1 and name != self.intervention.title else ""

    @property
    def purpose(self) -> str:
        """What it is for. A way for ordinary classes says that itself where its method is about a pupil."""
        ordinary = self.way.without_case
        differs = ordinary and not all(way.without_case for way in self.method.variants)
        return str(self.way.purpose if differs else self.method.purpose)

    @cached_property
    def may_run(self) -> bool:
        """This reader writes in it."""
        return self.intervention.is_open and may_run(self.who, self.intervention)

    @cached_property
    def may_hand_on(self) -> bool:
        """This reader may name another facilitator: in a case that lets somebody in, so it is for who works there."""
        case = self.intervention.case
        return self.may_run and (case is None or "R24" in rules_on(self.who, case))

    @cached_property
    def calendar(self) -> SchoolCalendar:
        """The school days of its school."""
        return calendar_for(self.intervention.school)

    @property
    def today(self) -> date:
        """The day at its school."""
        return self.who.now.astimezone(self.intervention.school.zone).date()

    @cached_property
    def records(self) -> list[PhaseRecord]:
        """The phases in their order."""
        found = list(self.intervention.phases.all())
        for record in found:
            record.intervention = self.intervention
        return found

    @cached_property
    def members(self) -> list[Member]:
        """Everybody who was asked into the group."""
        return members_of(self.intervention)

    @property
    def has_group(self) -> bool:
        """Some phase of it is held with a group; a circle of the whole class has none to put together."""
        phases = self.method.phases_of(self.way.key)
        return self.method.group is not None and any(
            phase.composes_group or phase.needs_group for phase in phases
        )

    @property
    def joining(self) -> list[Member]:
        """Who is in the group."""
        return [member for member in self.members if not member.declined]

    @cached_property
    def rules(self) -> list[ClassRule]:
        """The class rules that came out of it and count now."""
        return rules_from(self.intervention)

    @property
    def may_add_rule(self) -> bool:
        """One more class rule fits."""
        asked = count_for(self.intervention)
        return self.may_run and (asked is None or len(self.rules) < asked.most)

    @property
    def reads_rules(self) -> bool:
        """The page with every rule of the class is open to this reader."""
        user = self.who.user
        room = self.intervention.class_group
        return isinstance(user, User) and may_read(user, room, self.who.now)

    @cached_property
    def next(self) -> PhaseRecord | None:
        """The phase that comes next."""
        return next((record for record in self.records if not record.is_settled), None)

    @cached_property
    def loops(self) -> list[Loop]:
        """Further rounds that may be added now."""
        return rounds_open(self.intervention, self.records)

    @property
    def may_finish(self) -> bool:
        """Nothing is left to hold."""
        return self.may_run and self.next is None

    @cached_property
    def measurements(self) -> Measurements | None:
        """How warm the class is, for who may see that."""
        user = self.who.user
        sees = isinstance(user, User) and may_see_figures(self.intervention, user, self.who.now)
        return Measurements(self.intervention) if sees else None

    def measurement_of(self, record: PhaseRecord) -> PhaseMeasurement | None:
        """The thermometer with which a phase is held; None for a phase that measures nothing."""
        user = self.who.user
        if record.definition.record is None or not isinstance(user, User):
            return None
        return PhaseMeasurement(record, user, self.who.now, self.earliest(record))

    @cached_property
    def may_name_runs(self) -> bool:
        """This reader says which measurement was before and which after, also when the approach is over."""
        free = self.measurements is not None and not measures_itself(self.intervention)
        case_is_open = self.intervention.case is None or self.intervention.case.is_open
        return free and case_is_open and may_run(self.who, self.intervention)

    @property
    def outcome(self) -> list[tuple[str, str]]:
        """What was answered at the end, in words."""
        given = self.intervention.outcome
        asked = (field for field in self.method.finish if field.key in given)
        return [(str(field.label), IN_WORDS.text(field, given[field.key])) for field in asked]

    def earliest(self, record: PhaseRecord) -> date | None:
        """The first day on which a phase may be held."""
        try:
            return earliest_on(record, self.records, self.calendar)
        except CalendarEnds:
            return None

    @property
    def waits_too_long(self) -> bool:
        """The next phase comes later than its method wants: that is told, and refused nowhere."""
        try:
            latest = latest_on(self.next, self.records, self.calendar) if self.next else None
        except CalendarEnds:
            return False
        return latest is not None and self.intervention.is_open and self.today > latest


@dataclass(frozen=True)
class Line:
    """One intervention in a list, with the phase that comes next."""

    intervention: Intervention
    next: PhaseRecord | None


def lines_of(interventions: Sequence[Intervention]) -> list[Line]:
    """Each with its next phase."""
    found: dict[int, PhaseRecord] = {}
    waiting = PhaseRecord.objects.filter(intervention__in=interventions, settled_at=None)
    for record in waiting:
        found.setdefault(record.intervention_id, record)
    lines = []
    for intervention in interventions:
        following = found.get(intervention.pk) if intervention.is_open else None
        if following is not None:
            following.intervention = intervention
        lines.append(Line(intervention, following))
    return lines


@dataclass(frozen=True)
class CaseCard:
    """The interventions of a case, and whether one may begin now."""

    case: Case
    lines: list[Line]
    may_start: bool


def case_card(who: Who, case: Case) -> Card | None:
    """The card on the page of a case, for a reader who sees its content; nothing while there is nothing to tell."""
    found = Intervention.objects.filter(case=case).select_related(*IN_A_LINE)
    lines = lines_of(list(found))
    may_start = "R24" in rules_on(who, case) and startable(case) is not None
    if not lines and not may_start:
        return None
    return Card("interventions/_case_card.html", CaseCard(case, lines, may_start))


def startable(case: Case) -> StepRecord | None:
    """What step 8 of the latest conversation decided, when that is a yes that nobody began yet."""
    conversation = case.conversations.last() if case.status == CaseStatus.ACTIVE else None
    record = step_8_of(conversation)
    if conversation is None or record is None or record.answer("decision") != "yes":
        return None
    method = record.answer("method") or ""
    mine = Intervention.objects.filter(conversation=conversation)
    running = mine.filter(status__in=Intervention.OPEN)
    is_running = running.exists() if method == "other" else running.filter(method=method).exists()
    if is_running or not method:
        return None
    conversation.case = case
    return record


def own_without_case(who: Who) -> list[Line]:
    """What this reader runs or follows without a case, the open ones first."""
    found = without_case_visible_to(who).select_related(*IN_A_LINE)
    rows = sorted(found, key=lambda one: (not one.is_open, -one.started_at.timestamp()))
    return lines_of(rows)

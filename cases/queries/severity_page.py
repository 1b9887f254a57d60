"""How serious a case is, as its readers see it: the level, its terms, who leads, and every assessment so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cases.access import Who, rules_on
from cases.models import Case, ParentContact, SeverityAssessment, StepRecord
from cases.models.case import REVIEWED
from cases.protocol import vocabulary
from cases.queries import chart
from cases.queries.alarm import Alarm, alarm_of
from cases.queries.chart import Point
from cases.queries.judging import HIGHEST, LOWEST, SERIOUS, term_of
from cases.queries.people import staff_for
from schools.models import User
from schools.roles import Role

CONCERN = 3
# Answers of step 3 after which no date waits for the parents any more.
PARENTS_KNOW = {"informed_by_school", "informed_by_pupil", "not_applicable"}


def leads_along(who: Who, case: Case) -> bool:
    """A school leader, while the case is critical: leads together with the coordinator, without reading anything."""
    is_leader = any(s.role == Role.PRINCIPAL and s.school_id == case.school_id for s in who.seen)
    return is_leader and case.severity == HIGHEST and case.status in REVIEWED


@dataclass(frozen=True)
class Assessed:
    """One assessment. Answers and reasons are for who works in the case; others see who, when and which level."""

    row: SeverityAssessment
    has_reasons: bool

    @property
    def label(self) -> str:
        """The level in words."""
        return str(term_of(self.row.level).label)

    @property
    def proposed_label(self) -> str:
        """The level that followed from the answers, where another one was chosen."""
        proposed = self.row.proposed_level
        return str(term_of(proposed).label) if proposed and self.row.deviates else ""

    @property
    def red_flags(self) -> list[str]:
        """The red flags in words."""
        return [vocabulary.label("red_flags", key) for key in self.row.red_flags]


@dataclass
class SeverityCard:
    """The part of the case page about severity; every piece is read on first use."""

    who: Who
    case: Case
    records: list[StepRecord]
    contacts: Iterable[ParentContact]

    @property
    def label(self) -> str:
        """The level in words, empty before it was assessed."""
        return str(term_of(self.case.severity).label) if self.case.severity else ""

    @cached_property
    def history(self) -> list[Assessed]:
        """Every assessment, oldest first."""
        # R32 and not R17 alone: who manages a closed case changes nothing in it, and still reads it.
        has_reasons = not {"R17", "R32"}.isdisjoint(rules_on(self.who, self.case))
        rows = self.case.assessments.select_related("assessed_by")
        return [Assessed(row, has_reasons) for row in rows]

    @property
    def newest_first(self) -> list[Assessed]:
        """The same for the table."""
        return self.history[::-1]

    @property
    def points(self) -> list[Point]:
        """The latest levels in the chart; none while there is only one."""
        if len(self.history) == 1:
            return []
        zone = self.case.school.zone
        marks = ((a.row.assessed_at.astimezone(zone).date(), a.row.level) for a in self.history)
        return chart.points(marks, LOWEST, HIGHEST)

    @cached_property
    def alarm(self) -> Alarm | None:
        """What waits to be assessed, or what to do while it is acute."""
        return alarm_of(self.who, self.case, self.history[-1].row if self.history else None)

    @property
    def may_assess(self) -> bool:
        """Somebody who works in a case in progress, or in one in aftercare in which a red flag waits."""
        return self.case.may_be_assessed and "R17" in rules_on(self.who, self.case)

    @property
    def review_on(self) -> date | None:
        """When it is looked at again, while the case is in progress."""
        return self.case.next_review_on if self.case.status in REVIEWED else None

    @property
    def review_is_due(self) -> bool:
        """The day has come."""
        return self.review_on is not None and self.review_on <= self._today

    @cached_property
    def parents_due_on(self) -> date | None:
        """By when the parents hear of it, until somebody wrote down that they know."""
        concern = next((r for r in self.records if r.step == CONCERN), None)
        answer = concern.answer("parents_status") if concern else None
        if self.case.status not in REVIEWED or answer in PARENTS_KNOW or any(self.contacts):
            return None
        return self.case.parents_due_on

    @property
    def parents_are_late(self) -> bool:
        """The day is over."""
        return self.parents_due_on is not None and self.parents_due_on < self._today

    @cached_property
    def leaders(self) -> list[User]:
        """The school leaders who lead a critical case together with the handler; they see its header only."""
        if self.case.severity != HIGHEST or self.case.restricted:
            return []
        return list(staff_for(self.case, self.who.now, (Role.PRINCIPAL,)))

    @cached_property
    def lacks_leader(self) -> bool:
        """From serious on a coordinator leads, and this school has none."""
        if (self.case.severity or LOWEST) < SERIOUS or self.case.restricted:
            return False
        return not staff_for(self.case, self.who.now, (Role.COORDINATOR,)).exists()

    @property
    def _today(self) -> date:
        return self.who.now.astimezone(self.case.school.zone).date()

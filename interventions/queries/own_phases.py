"""The phases that somebody holds next, for their start page: nobody should have to look for what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cases.access import Who
from cases.models import Case
from cases.queries.worklist import end_of_soon, local_day
from interventions.access.interventions import interventions_visible_to
from interventions.models import Intervention, PhaseRecord
from interventions.queries.addresses import url_of
from interventions.queries.page import IN_A_LINE, lines_of


@dataclass(frozen=True)
class OwnPhase:
    """One line: which approach in which class, what comes next, and when."""

    intervention: Intervention
    title: str
    phase: str
    href: str
    due_on: date
    today: date

    @property
    def case(self) -> Case | None:
        """The case that it belongs to, None for an ordinary class."""
        return self.intervention.case

    @property
    def days_late(self) -> int:
        """Days after the planned one."""
        return max(0, (self.today - self.due_on).days)


@dataclass(frozen=True)
class OwnPhases:
    """All of them, the earliest first."""

    every: list[OwnPhase]

    @property
    def of_cases(self) -> list[OwnPhase]:
        """Those that show something of a case."""
        return [todo for todo in self.every if todo.case]

    @property
    def late(self) -> list[OwnPhase]:
        """What should have been held before."""
        return [todo for todo in self.every if todo.days_late]

    @property
    def today(self) -> list[OwnPhase]:
        """What is planned for today."""
        return [todo for todo in self.every if todo.due_on == todo.today]

    @property
    def soon(self) -> list[OwnPhase]:
        """What the next school days bring."""
        return [todo for todo in self.every if todo.due_on > todo.today]


def own_phases(who: Who) -> OwnPhases:
    """What this person facilitates, or handles where somebody from outside does: late ones and those that come soon.

    A constant number of questions per school.
    """
    me = Q(facilitator=who.user.pk) | Q(facilitator=None, case__handler=who.user.pk)
    rows = interventions_visible_to(who).filter(me, status__in=Intervention.OPEN)
    open_cases = rows.filter(Q(case=None) | Q(case__is_open=True))
    lines = lines_of(list(open_cases.select_related("school", "case__school", *IN_A_LINE)))
    schools = {line.intervention.school_id: line.intervention.school for line in lines}
    until = {pk: end_of_soon(school, who.now) for pk, school in schools.items()}
    found = [
        _todo(line.intervention, line.next, line.next.planned_on, who)
        for line in lines
        if line.next and line.next.planned_on
    ]
    soon = (todo for todo in found if todo.due_on <= until[todo.intervention.school_id])
    return OwnPhases(sorted(soon, key=lambda todo: todo.due_on))


def _todo(intervention: Intervention, record: PhaseRecord, due_on: date, who: Who) -> OwnPhase:
    return OwnPhase(
        intervention=intervention,
        title=f"{intervention.title}, {intervention.class_group.name}",
        phase=str(record.definition.label),
        href=url_of(intervention, "phase", record.uuid),
        due_on=due_on,
        today=local_day(intervention.school, who.now),
    )

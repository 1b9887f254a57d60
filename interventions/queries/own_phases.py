"""The phases that somebody holds next, for their start page: nobody should have to look for what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cases.access import Who
from cases.models import Case
from cases.queries.worklist import end_of_soon, local_day
from interventions.access.interventions import interventions_visible_to
from interventions.models import Intervention
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


def own_phases(who: Who) -> list[OwnPhase]:
    """What this person facilitates, or handles where somebody from outside does: late ones and those that come soon."""
    me = Q(facilitator=who.user.pk) | Q(facilitator=None, case__handler=who.user.pk)
    rows = interventions_visible_to(who).filter(me, status__in=Intervention.OPEN)
    open_cases = rows.filter(Q(case=None) | Q(case__is_open=True))
    found = []
    for line in lines_of(list(open_cases.select_related("school", "case__school", *IN_A_LINE))):
        one, record = line.intervention, line.next
        if record is None or record.planned_on is None:
            continue
        if record.planned_on <= end_of_soon(one.school, who.now):
            title = f"{one.title}, {one.class_group.name}"
            href = url_of(one, "phase", record.uuid)
            today = local_day(one.school, who.now)
            phase = str(record.definition.label)
            found.append(OwnPhase(one, title, phase, href, record.planned_on, today))
    return sorted(found, key=lambda todo: todo.due_on)

"""Who has something to do in a case because of an intervention."""

from __future__ import annotations

from uuid import UUID

from cases.access import Who, rules_on, visible_to
from cases.ceilings import Level
from cases.models import Case
from cases.queries.open_work import Elsewhere
from interventions.access.interventions import without_case_visible_to
from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.queries.page import IN_A_LINE, lines_of
from schools.models import User


def has_open_task(case: Case, colleague: User) -> bool:
    """Whoever facilitates keeps seeing the case until it is over."""
    mine = Intervention.objects.filter(case=case, facilitator=colleague)
    return mine.filter(status__in=Intervention.OPEN).exists()


def facilitated_by(who: Who, person_uuid: UUID) -> list[Elsewhere]:
    """The approaches that somebody facilitates and the reader may give to a colleague, each with its next day."""
    mine = Intervention.objects.filter(facilitator__uuid=person_uuid, status__in=Intervention.OPEN)
    of_cases = mine.filter(case__in=visible_to(who, Level.CONTRIBUTE))
    rows = of_cases.select_related("case__school", "school", *IN_A_LINE)
    without = mine.filter(pk__in=without_case_visible_to(who)).select_related("school", *IN_A_LINE)
    lines = lines_of([row for row in rows if row.case and "R24" in rules_on(who, row.case)])
    return [
        Elsewhere(
            label=line.intervention.title,
            title=line.intervention.class_group.name,
            href=url_of(line.intervention, "facilitator"),
            due_on=line.next.planned_on if line.next else None,
            case=line.intervention.case,
        )
        for line in [*lines, *lines_of(list(without))]
    ]

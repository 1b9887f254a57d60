"""All approaches of a school together: what runs and what is due as the reader may see it, and what worked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cases.access import Who
from cases.models import Case
from interventions.access.team import with_content, with_header
from interventions.models import Intervention
from interventions.queries.page import IN_A_LINE, lines_of
from interventions.queries.worked import MethodWorked, worked_at
from schools.models import School


@dataclass(frozen=True)
class Running:
    """One approach that runs. Without content only the code of its case and the next day are told."""

    intervention: Intervention
    phase: str
    due_on: date | None
    is_late: bool
    has_content: bool


@dataclass(frozen=True)
class SchoolTeam:
    """One school."""

    school: School
    running: list[Running]
    worked: list[MethodWorked]


def team_of(who: Who, schools: list[School]) -> list[SchoolTeam]:
    """Each school with what runs there, late first, and what worked there. A fixed number of questions."""
    running, worked = _running(who, schools), worked_at(who, schools)
    return [SchoolTeam(school, running[school.pk], worked[school.pk]) for school in schools]


def late_at(who: Who, school: School) -> list[Running]:
    """What runs there and should have gone on before today, as far as the reader may know of it."""
    return [line for line in _running(who, [school])[school.pk] if line.is_late]


def shown_cases(lines: Iterable[Running]) -> list[Case]:
    """The cases of which content is shown."""
    return [line.intervention.case for line in lines if line.has_content and line.intervention.case]


def _running(who: Who, schools: list[School]) -> dict[int, list[Running]]:
    read = set(
        with_content(who, schools).filter(status__in=Intervention.OPEN).values_list("pk", flat=True)
    )
    seen = (
        with_header(who, schools).filter(status__in=Intervention.OPEN).values_list("pk", flat=True)
    )
    rows = Intervention.objects.filter(pk__in=read.union(seen))
    found: dict[int, list[Running]] = {school.pk: [] for school in schools}
    for line in lines_of(list(rows.select_related("school", "case", *IN_A_LINE))):
        one, following = line.intervention, line.next
        day = following.planned_on if following else None
        today = who.now.astimezone(one.school.zone).date()
        phase = str(following.definition.label) if following else ""
        is_late = day is not None and day < today
        found[one.school_id].append(Running(one, phase, day, is_late, one.pk in read))
    for lines in found.values():
        lines.sort(key=lambda line: (line.due_on or date.max, line.intervention.pk))
    return found

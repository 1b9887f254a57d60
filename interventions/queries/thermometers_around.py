"""What the thermometer of a class says before and after an approach, for many classes with a fixed number of questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from interventions.models import Intervention, Run
from interventions.queries.thermometer_limits import limits_of
from interventions.queries.thermometer_results import shown_of
from interventions.queries.thermometer_series import are_mostly_the_same
from interventions.thermometer.compare import Change
from interventions.thermometer.publish import TOTAL, changes
from schools.models import Enrolment


@dataclass(frozen=True)
class Thermometers:
    """Closed runs with a run before them, and who was in their classes when."""

    runs: dict[int, list[Run]]
    enrolments: dict[int, list[tuple[int, date, date | None]]]

    @classmethod
    def of(cls, classes: Collection[int]) -> Thermometers:
        """Everything about these classes in two questions."""
        runs: dict[int, list[Run]] = {}
        closed = Run.objects.filter(school_class__in=classes, state=Run.State.CLOSED)
        later = closed.filter(previous__state=Run.State.CLOSED).order_by("opened_on", "pk")
        for run in later.select_related("box", "previous__box"):
            runs.setdefault(run.school_class_id, []).append(run)
        enrolments: dict[int, list[tuple[int, date, date | None]]] = {}
        rows = Enrolment.objects.filter(school_class__in=runs).values_list(
            "school_class_id", "pupil_id", "starts_on", "ends_on"
        )
        for class_id, pupil_id, first, last in rows:
            enrolments.setdefault(class_id, []).append((pupil_id, first, last))
        return cls(runs, enrolments)

    def around(self, intervention: Intervention) -> Change | None:
        """How warm the class as a whole was before and after; None without two runs that can be compared."""
        zone = intervention.school.zone
        began = intervention.started_at.astimezone(zone).date()
        ended = (intervention.ended_at or intervention.started_at).astimezone(zone).date()
        fitting = [
            run
            for run in self.runs.get(intervention.class_group_id, [])
            if _opened(run.previous) <= ended and _opened(run) > began
        ]
        after = next((run for run in fitting if _opened(run) >= ended), None)
        chosen = after or (fitting[-1] if fitting else None)
        return self._change(chosen) if chosen else None

    def _change(self, run: Run) -> Change | None:
        before = run.previous
        if before is None or before.version != run.version:
            return None
        if not are_mostly_the_same(self._pupils(before), self._pupils(run)):
            return None
        found = changes(shown_of(before, limits_of(run)), shown_of(run, limits_of(before)))
        return found.get(TOTAL)

    def _pupils(self, run: Run) -> set[int]:
        day = _opened(run)
        enrolled = self.enrolments.get(run.school_class_id, [])
        return {pupil for pupil, first, last in enrolled if first <= day <= (last or date.max)}


def _opened(run: Run | None) -> date:
    return (run.opened_on or run.planned_on) if run else date.max

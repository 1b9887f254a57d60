"""What the thermometer of a class says before and after an approach, for many classes with a fixed number of questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from interventions.models import Intervention, Run
from interventions.queries.around import Around
from interventions.queries.thermometer_limits import decided, kept_by
from interventions.queries.thermometer_results import shown_under
from interventions.queries.thermometer_series import are_mostly_the_same
from interventions.thermometer.compare import Change
from interventions.thermometer.publish import TOTAL, Limits, changes
from schools.models import Enrolment


@dataclass(frozen=True)
class Thermometers:
    """Closed runs with a run before them, and who was in their classes when."""

    runs: dict[int, list[Run]]
    closed: dict[int, Run]
    limits: dict[int, Limits]
    enrolments: dict[int, list[tuple[int, date, date | None]]]

    @classmethod
    def of(cls, classes: Collection[int]) -> Thermometers:
        """Everything about these classes in three questions."""
        runs: dict[int, list[Run]] = {}
        closed = Run.objects.filter(school_class__in=classes, state=Run.State.CLOSED)
        found = closed.select_related("box", "school__smallest_group").order_by("opened_on", "pk")
        by_id = {run.pk: run for run in found}
        for run in by_id.values():
            run.previous = by_id.get(run.previous_id or 0)
            if run.previous is not None:
                runs.setdefault(run.school_class_id, []).append(run)
        limits = {run.school_id: decided(run.school) for run in by_id.values()}
        enrolments: dict[int, list[tuple[int, date, date | None]]] = {}
        rows = Enrolment.objects.filter(school_class__in=classes).values_list(
            "school_class_id", "pupil_id", "starts_on", "ends_on"
        )
        for class_id, pupil_id, first, last in rows:
            enrolments.setdefault(class_id, []).append((pupil_id, first, last))
        return cls(runs, by_id, limits, enrolments)

    def around(self, intervention: Intervention) -> Around | None:
        """How warm the class as a whole was before and after; None without two runs that can be compared.

        What the intervention names itself counts, else the runs around its days.
        """
        before, after = self._named(intervention) or self._by_days(intervention)
        if before is None or after is None or after.closed_on is None:
            return None
        change = self._change(before, after)
        on = max(after.closed_on, _ended(intervention))
        return Around(on, change.before.mean, change.after.mean) if change else None

    def _named(self, intervention: Intervention) -> tuple[Run, Run] | None:
        before = self.closed.get(intervention.baseline_run_id or 0)
        after = self.closed.get(intervention.after_run_id or 0)
        return (before, after) if before and after else None

    def _by_days(self, intervention: Intervention) -> tuple[Run | None, Run | None]:
        began = intervention.started_at.astimezone(intervention.school.zone).date()
        ended = _ended(intervention)
        fitting = [
            run
            for run in self.runs.get(intervention.class_group_id, [])
            if _opened(run.previous) <= ended and _opened(run) > began
        ]
        late = [run for run in fitting if _opened(run) >= ended]
        found = late[:1] or fitting[-1:]
        return (found[0].previous, found[0]) if found else (None, None)

    def _change(self, before: Run, after: Run) -> Change | None:
        if before.version != after.version:
            return None
        if not are_mostly_the_same(self._pupils(before), self._pupils(after)):
            return None
        asked = self.limits[after.school_id]
        limits = kept_by(before).stricter(kept_by(after)).stricter(asked)
        found = changes(shown_under(limits, before), shown_under(limits, after))
        return found.get(TOTAL)

    def _pupils(self, run: Run) -> set[int]:
        day = _opened(run)
        enrolled = self.enrolments.get(run.school_class_id, [])
        return {pupil for pupil, first, last in enrolled if first <= day <= (last or date.max)}


def _ended(intervention: Intervention) -> date:
    moment = intervention.ended_at or intervention.started_at
    return moment.astimezone(intervention.school.zone).date()


def _opened(run: Run | None) -> date:
    return (run.opened_on or run.planned_on) if run else date.max

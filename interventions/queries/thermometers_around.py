"""What the thermometer of a class says before and after an approach, for many classes with a fixed number of questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from interventions.models import Intervention, Run
from interventions.queries.around import Around
from interventions.queries.thermometer_results import shown_under
from interventions.queries.thermometer_series import are_mostly_the_same
from interventions.thermometer.compare import Change
from interventions.thermometer.publish import FLOOR, TOTAL, Limits, changes
from schools.models import Enrolment, School


@dataclass(frozen=True)
class Thermometers:
    """Closed runs with a run before them, and who was in their classes when."""

    runs: dict[int, list[Run]]
    named: dict[int, Run]
    limits: dict[int, Limits]
    enrolments: dict[int, list[tuple[int, date, date | None]]]

    @classmethod
    def of(cls, classes: Collection[int]) -> Thermometers:
        """Everything about these classes in three questions."""
        runs: dict[int, list[Run]] = {}
        closed = Run.objects.filter(school_class__in=classes, state=Run.State.CLOSED)
        found = closed.select_related("box", "school__smallest_group").order_by("opened_on", "pk")
        named = {run.pk: run for run in found}
        for run in named.values():
            run.previous = named.get(run.previous_id or 0)
            if run.previous is not None:
                runs.setdefault(run.school_class_id, []).append(run)
        limits = {run.school_id: _asked_by(run.school) for run in named.values()}
        enrolments: dict[int, list[tuple[int, date, date | None]]] = {}
        rows = Enrolment.objects.filter(school_class__in=classes).values_list(
            "school_class_id", "pupil_id", "starts_on", "ends_on"
        )
        for class_id, pupil_id, first, last in rows:
            enrolments.setdefault(class_id, []).append((pupil_id, first, last))
        return cls(runs, named, limits, enrolments)

    def around(self, intervention: Intervention) -> Around | None:
        """How warm the class as a whole was before and after; None without two runs that can be compared.

        What the intervention names itself counts, else the runs around its days.
        """
        after = self._named(intervention) or self._by_days(intervention)
        if after is None or after.previous is None or after.closed_on is None:
            return None
        change = self._change(after.previous, after)
        return Around(after.closed_on, change.before.mean, change.after.mean) if change else None

    def _named(self, intervention: Intervention) -> Run | None:
        named = self.named.get(intervention.after_run_id or 0)
        if named is not None and intervention.baseline_run_id in self.named:
            named.previous = self.named[intervention.baseline_run_id]
            return named
        return None

    def _by_days(self, intervention: Intervention) -> Run | None:
        zone = intervention.school.zone
        began = intervention.started_at.astimezone(zone).date()
        ended = (intervention.ended_at or intervention.started_at).astimezone(zone).date()
        fitting = [
            run
            for run in self.runs.get(intervention.class_group_id, [])
            if _opened(run.previous) <= ended and _opened(run) > began
        ]
        after = next((run for run in fitting if _opened(run) >= ended), None)
        return after or (fitting[-1] if fitting else None)

    def _change(self, before: Run, after: Run) -> Change | None:
        if before.version != after.version:
            return None
        if not are_mostly_the_same(self._pupils(before), self._pupils(after)):
            return None
        asked = self.limits[after.school_id]
        limits = _kept(before).stricter(_kept(after)).stricter(asked)
        found = changes(shown_under(limits, before), shown_under(limits, after))
        return found.get(TOTAL)

    def _pupils(self, run: Run) -> set[int]:
        day = _opened(run)
        enrolled = self.enrolments.get(run.school_class_id, [])
        return {pupil for pupil, first, last in enrolled if first <= day <= (last or date.max)}


def _kept(run: Run) -> Limits:
    return Limits(run.minimum, run.spread_minimum)


def _asked_by(school: School) -> Limits:
    decided = getattr(school, "smallest_group", None)
    return Limits(decided.means_from, decided.spread_from) if decided else FLOOR


def _opened(run: Run | None) -> date:
    return (run.opened_on or run.planned_on) if run else date.max

"""The thermometers of a class that an intervention names: before and after, side by side, and whether it helped.

Who may see figures is asked of R05 every time: running an intervention opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from interventions.access.classes import may_in_class
from interventions.models import Intervention, PhaseRecord, Run
from interventions.protocol.definition import AFTER, BEFORE
from interventions.queries.thermometer_results import Results, Row
from interventions.thermometer.compare import Label
from interventions.thermometer.questionnaire import JUNIOR
from pestzorg.errors import Problem
from schools.models import User

BETTER = frozenset({Label.SLIGHTLY_BETTER, Label.CLEARLY_BETTER})


def closed_runs(intervention: Intervention) -> QuerySet[Run]:
    """What an intervention may name: the closed runs of its class, the newest first."""
    found = Run.objects.filter(school_class=intervention.class_group_id, state=Run.State.CLOSED)
    return found.select_related("school", "school_class").order_by("-opened_on", "-pk")


def runs_of_case(case: Case) -> QuerySet[Run]:
    """The closed runs that belong to a case: named for it, or by one of its interventions."""
    named = Q(case=case) | Q(baseline_of__case=case) | Q(after_of__case=case)
    found = Run.objects.filter(named, state=Run.State.CLOSED)
    return Run.objects.filter(pk__in=found.values("pk")).order_by("-opened_on", "-pk")


def measured_on(record: PhaseRecord, day: date) -> Run | None:
    """The closed run of that day with which this phase is held; None when there is none that fits."""
    found = _runs_that_fit(record).filter(
        state=Run.State.CLOSED, opened_on__lte=day, closed_on__gte=day
    )
    return found.last()


def measurement_problems(record: PhaseRecord, day: date) -> list[Problem]:
    """A phase that measures is held with a closed run of that day, and with nothing else."""
    if record.definition.record is None or measured_on(record, day):
        return []
    told = _("Close the thermometer of this class first. It is held on the day of the measurement.")
    return [Problem("held_on", told, "run")]


def _runs_that_fit(record: PhaseRecord) -> QuerySet[Run]:
    intervention = record.intervention
    found = Run.objects.filter(school_class=intervention.class_group_id)
    first = intervention.baseline_run
    if record.definition.record == AFTER and first and first.opened_on:
        found = found.exclude(pk=first.pk).exclude(opened_on__lte=first.opened_on)
    return found.select_related("school", "school_class").order_by("planned_on", "pk")


@dataclass(frozen=True)
class PhaseMeasurement:
    """What the page of a phase that measures says of the thermometer: which run, and what this reader may do there."""

    record: PhaseRecord
    user: User
    now: datetime
    earliest: date | None

    @cached_property
    def run(self) -> Run | None:
        """The run it was held with; before that the latest one that could still be the one."""
        intervention, kept = self.record.intervention, self.record.definition.record
        if self.record.is_settled:
            return intervention.baseline_run if kept == BEFORE else intervention.after_run
        fits = _runs_that_fit(self.record)
        if self.earliest:
            fits = fits.exclude(state=Run.State.CLOSED, opened_on__lt=self.earliest)
        return fits.last()

    @cached_property
    def may_see(self) -> bool:
        """The page of the run is open to this reader."""
        return may_see_figures(self.record.intervention, self.user, self.now)

    @cached_property
    def may_prepare(self) -> bool:
        """No run waits, and this reader runs thermometers in this class."""
        school_class = self.record.intervention.class_group_id
        return self.run is None and may_in_class(self.user, "R58", school_class, self.now)


def measures_itself(intervention: Intervention) -> bool:
    """Its method has phases that are held with a measurement."""
    return any(p.record for p in intervention.definition.phases_of(intervention.variant))


def may_see_figures(intervention: Intervention, user: User, now: datetime) -> bool:
    """Whether somebody may look at the thermometers of its class (R05)."""
    return may_in_class(user, "R05", intervention.class_group_id, now)


@dataclass(frozen=True)
class Verdict:
    """Whether the method reached what it is for; None as long as nobody can tell."""

    reached: bool | None
    focus: Sequence[str]
    lagging: Sequence[str]
    worse: Sequence[str]


@dataclass(frozen=True)
class Measurements:
    """Before and after, as one who may see them reads them."""

    intervention: Intervention

    @cached_property
    def results(self) -> Results | None:
        """The later run beside the earlier one, or the one there is; only what may be published."""
        before, after = self.intervention.baseline_run, self.intervention.after_run
        last = after or before
        return Results(last, before if after else None) if last else None

    @property
    def is_pair(self) -> bool:
        """Two runs that may be compared."""
        named = self.intervention.baseline_run and self.intervention.after_run
        return bool(named and self.results and self.results.before)

    @property
    def is_junior(self) -> bool:
        """Questions that show the class as a whole, and no subject."""
        return bool(self.results and self.results.run.version == JUNIOR)

    @cached_property
    def rows(self) -> list[Row]:
        """Every subject that may be shown."""
        return self.results.rows if self.results else []

    @cached_property
    def verdict(self) -> Verdict | None:
        """Every focus at least slightly better, and no subject clearly worse; None without a focus to look at."""
        focus = self._focus
        if not focus:
            return None
        names = {row.key: str(row.name) for row in self.rows}
        compared = self.rows if self.is_pair else []
        labels = {row.key: row.change.label for row in compared if row.change}
        lagging = [key for key in focus if key in labels and labels[key] not in BETTER]
        worse = [key for key, label in labels.items() if label == Label.CLEARLY_WORSE]
        known = self.is_pair and set(focus) <= set(labels)
        reached = not lagging and not worse if known else None
        return Verdict(
            reached, *([names.get(k, k) for k in keys] for keys in (focus, lagging, worse))
        )

    @property
    def _focus(self) -> list[str]:
        asked = self.intervention.definition.focus
        phases = self.intervention.phases.all() if asked else []
        return next((r.answers[asked] for r in phases if r.answers.get(asked)), [])

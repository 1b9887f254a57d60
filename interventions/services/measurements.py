"""An intervention names how warm its class was before and after. Recommended, never asked; no figure is stored."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.models import Intervention, PhaseRecord, Run
from interventions.protocol.definition import RECORDS
from interventions.queries.measurements import (
    closed_runs,
    may_see_figures,
    measured_on,
    measures_itself,
)
from interventions.services.locking import lock_open, record_event
from pestzorg.errors import Problem, refuse_if
from pestzorg.posting.versions import write
from schools.models import User


@transaction.atomic
def name_runs(
    actor: User,
    intervention: Intervention,
    *,
    baseline: Run | None,
    after: Run | None,
    now: datetime,
) -> Intervention:
    """Name a closed run of the class as the one before, and one as the one after; None takes the name away.

    Also when the approach is over. Refuses a method that measures in its own phases, who may not see the class, a run that is open or of another
    class, and an "after" that is no later than the one before.
    """
    # Asked again weeks later, a class often tells when the approach is over already.
    lock_open(intervention, over_too=True)
    refuse_if(_problems(actor, intervention, baseline, after, now))
    intervention.baseline_run, intervention.after_run = baseline, after
    write(intervention, actor, now, list(RECORDS))
    record_event(actor, events.RUNS_NAMED, intervention, now)
    return intervention


def keep_measurement(actor: User, record: PhaseRecord, day: date, now: datetime) -> None:
    """The run with which a phase is held, kept under the name that its method gives it; nothing for other phases."""
    name, intervention = record.definition.record, record.intervention
    if name is not None:
        setattr(intervention, name, measured_on(record, day))
        write(intervention, actor, now, [name])


def _problems(
    actor: User, intervention: Intervention, baseline: Run | None, after: Run | None, now: datetime
) -> list[Problem]:
    if measures_itself(intervention):
        told = _("This approach measures in its own phases. Hold those.")
        return [Problem(None, told, "phases")]
    if not may_see_figures(intervention, actor, now):
        told = _("This is for who may see the thermometer of this class.")
        return [Problem(None, told, "not_allowed")]
    offered = set(closed_runs(intervention).values_list("pk", flat=True))
    chosen = (("baseline", baseline), ("after", after))
    told = _("Choose a closed thermometer of this class.")
    foreign = [
        Problem(name, told, "foreign") for name, run in chosen if run and run.pk not in offered
    ]
    return foreign or _order_problems(baseline, after)


def _order_problems(baseline: Run | None, after: Run | None) -> list[Problem]:
    if after is None:
        return []
    if baseline is None:
        return [Problem("baseline", _("Choose the one before first."), "required")]
    if not (after.opened_on and baseline.opened_on and after.opened_on > baseline.opened_on):
        return [Problem("after", _("Choose one that came after the first."), "order")]
    return []

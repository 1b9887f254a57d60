"""Finishing an intervention with what came of it, or stopping it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.queries.completeness import missing_answer
from cases.services.answers import fit_problems
from cases.services.sharing import end_share_without_task
from interventions import events
from interventions.deadlines import plan_phases
from interventions.models import Intervention, InterventionStatus
from interventions.services.locking import calendar_of, lock_open, record_event, today_at
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User

LONGEST_REASON = 1000


@transaction.atomic
def stop_intervention(
    actor: User, intervention: Intervention, reason: str, *, now: datetime
) -> Intervention:
    """Stop before the end, with a reason; cancels every reminder. Access that was given for it ends."""
    lock_open(intervention)
    if not reason.strip():
        raise broken("reason", _("Write in a few words why."), "required")
    if len(reason) > LONGEST_REASON:
        told = _("Use at most %(limit)s characters.") % {"limit": LONGEST_REASON}
        raise broken("reason", told, "max_length")
    intervention.stop_reason = reason.strip()
    _end(actor, intervention, InterventionStatus.STOPPED, now)
    record_event(actor, events.STOPPED, intervention, now)
    return intervention


@transaction.atomic
def finish_intervention(
    actor: User,
    intervention: Intervention,
    outcome: Mapping[str, Any],
    *,
    now: datetime,
    review_on: date | None = None,
) -> Intervention:
    """End it with what came of it, as its method asks; cancels every reminder. Access that was given for it ends.

    Refuses while a phase waits, and an outcome that says too little.
    """
    lock_open(intervention)
    waiting = [r for r in intervention.phases.all() if not r.is_settled]
    if waiting:
        waiting[0].intervention = intervention
        told = _("Still to come: %(phase)s.") % {"phase": waiting[0].definition.label}
        raise broken(None, told, "phase")
    fields, given = intervention.definition.finish, dict(outcome)
    missing = [problem for field in fields if (problem := missing_answer(field, given))]
    refuse_if([*fit_problems(fields, outcome, intervention.school), *missing])
    if review_on and review_on < today_at(intervention, now):
        refuse_if([Problem("review_on", _("This day is already over."), "past")])
    intervention.outcome = {k: v for k, v in outcome.items() if v not in (None, "", [])}
    intervention.review_on = review_on
    _end(actor, intervention, InterventionStatus.FINISHED, now)
    record_event(actor, events.FINISHED, intervention, now)
    return intervention


def _end(actor: User, intervention: Intervention, status: str, now: datetime) -> None:
    intervention.status, intervention.ended_by, intervention.ended_at = status, actor, now
    write(intervention, actor, now)
    plan_phases(intervention, calendar_of(intervention), now=now)
    if intervention.case and intervention.facilitator:
        end_share_without_task(intervention.case, intervention.facilitator, now=now)

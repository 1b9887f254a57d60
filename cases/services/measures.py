"""What hangs on a measure of step 6: its agreement, and a report outside school."""

from __future__ import annotations

from datetime import date, datetime

from cases.models import Agreement, SelfProtectionMeasure
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.external_reports import follow_reported
from schools.models import User

Status = SelfProtectionMeasure.Status


def follow_measure(
    actor: User,
    measure: SelfProtectionMeasure,
    day_before: date | None,
    *,
    now: datetime,
    was_reported: bool,
) -> None:
    """Its open agreement takes over a new day, and falls away when the measure is not chosen any more."""
    if measure.deadline != day_before or measure.status != Status.AGREED:
        _keep_in_step(actor, measure, now)
    follow_reported(actor, measure, day_before, now=now, was_reported=was_reported)


def _keep_in_step(actor: User, measure: SelfProtectionMeasure, now: datetime) -> None:
    agreement = measure.conversation.agreements.filter(
        source=Agreement.Source.MEASURE, source_key=measure.key, status__in=Agreement.LIVING
    ).first()
    if agreement is None:
        return
    if measure.status != Status.AGREED:
        settle_agreement(actor, agreement, Agreement.Status.CANCELLED, now=now)
    elif measure.deadline is not None:
        change_agreement(actor, agreement, now=now, deadline=measure.deadline)

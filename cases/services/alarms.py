"""The conversation tells something grave: until somebody assesses it, the case asks for that on every page."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case
from cases.notices import cancel_alarm, plan_alarm
from cases.queries.signals import waiting_signals
from cases.services.sharing import lock
from schools.models import User


def look_for_signals(actor: User, case: Case, *, now: datetime) -> None:
    """Raise the alarm when a signal waits for an assessment, and drop it when none does any more.

    The handler gets a content-free mail at once, unless it is the handler who wrote it down.
    """
    lock(case)
    if case.severity is None:
        return
    waits = bool(waiting_signals(case, case.assessments.last()))
    stored = Case.objects.filter(pk=case.pk)
    if waits and stored.filter(alarm_at=None).update(alarm_at=now):
        if actor.pk != case.handler_id:
            plan_alarm(case, now)
    elif not waits and stored.exclude(alarm_at=None).update(alarm_at=None):
        cancel_alarm(case, now)

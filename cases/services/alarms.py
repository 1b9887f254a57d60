"""The conversation tells something grave: until somebody assesses it, the case asks for that on every page."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from cases.models import Case
from cases.notices import cancel_alarm, plan_alarm
from cases.queries.signals import waiting_signals
from cases.services.sharing import lock
from schools.models import User


def look_for_signals(actor: User, case: Case, *, now: datetime) -> None:
    """Raise the alarm when a signal waits for an assessment, and drop it when none does any more.

    The handler gets a content-free mail at once, unless it is the handler who wrote it down.
    """
    locked = lock(case)
    if case.severity is None:
        return
    waits = bool(waiting_signals(case, case.assessments.last()))
    if waits and locked.alarm_at is None:
        locked.alarm_at, locked.alarm_uuid = now, uuid4()
        locked.save(update_fields=["alarm_at", "alarm_uuid"])
        if actor.pk != locked.handler_id:
            plan_alarm(locked, now)
    elif locked.alarm_at and not waits:
        cancel_alarm(locked, now)
        locked.alarm_at = None
        locked.save(update_fields=["alarm_at"])

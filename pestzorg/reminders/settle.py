"""Ends reminders. Every way in which a reminder comes to its end passes here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from pestzorg.reminders.models import Outcome, Reminder


def settle(reminders: QuerySet[Reminder], outcome: Outcome, now: datetime) -> None:
    """Give these reminders, as far as they are still open, their outcome. Needs a transaction."""
    # Locked in one order everywhere: a save by a teacher and a mail on its way must not deadlock.
    still_open = reminders.filter(settled_at=None).select_for_update().order_by("pk")
    ids = list(still_open.values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=ids).update(outcome=outcome, settled_at=now)

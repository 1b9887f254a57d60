"""Reads the moment that an operator or a test gives to a job. Otherwise the clock's."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from pestzorg import clock


def moment_or_now(text: str | None) -> datetime:
    """An ISO moment; without offset it is local time. None gives the present. Refuses anything else."""
    if text is None:
        return clock.now()
    moment = datetime.fromisoformat(text)
    if timezone.is_naive(moment):
        return timezone.make_aware(moment, timezone.get_default_timezone())
    return moment

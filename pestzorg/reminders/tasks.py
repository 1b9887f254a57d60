"""The sweep as a Celery task: a hint to look into the database, repeated every minute."""

from __future__ import annotations

from dataclasses import asdict

from celery import shared_task

from pestzorg.outbox.moments import moment_or_now
from pestzorg.reminders.sweep import sweep

# Half of what a task may take at all, since planning and queueing each take so long at most.
RUN_SECONDS = 30.0


def run_sweep(now: str | None = None) -> dict[str, int]:
    """Plan and queue what is due at the given ISO moment, or now."""
    return asdict(sweep(moment_or_now(now), RUN_SECONDS))


sweep_task = shared_task(name="reminders.sweep")(run_sweep)

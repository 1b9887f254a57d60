"""The sweep as a Celery task: a hint to look into the database, repeated every minute."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict

from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from pestzorg.outbox.moments import moment_or_now
from pestzorg.outbox.tasks import deliver_task
from pestzorg.reminders.sweep import sweep

# Half of what a task may take at all, since planning and queueing each take so long at most.
RUN_SECONDS = 30.0
HINT_EXPIRES = 55  # seconds; by then the timetable gives the next one


def run_sweep(now: str | None = None) -> dict[str, int]:
    """Plan and queue what is due at the given ISO moment, or now."""
    return asdict(sweep(moment_or_now(now), RUN_SECONDS))


def sweep_and_hint(now: str | None = None) -> dict[str, int]:
    """The sweep; what it queued need not wait for the delivery of the next minute."""
    counts = run_sweep(now)
    if counts["queued"] and now is None:
        # Only a hint: without broker the next minute finds the mail.
        with suppress(OperationalError, RedisError):
            deliver_task.apply_async(retry=False, expires=HINT_EXPIRES)
    return counts


sweep_task = shared_task(name="reminders.sweep")(sweep_and_hint)

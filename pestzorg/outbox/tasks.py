"""The outbox as a Celery task: a hint to look into the database, repeated every minute."""

from __future__ import annotations

from dataclasses import asdict

from celery import shared_task

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.moments import moment_or_now

# Below the hard limit of 120 s with room for one mail that runs into every time-out.
RUN_SECONDS = 60.0


def run_deliver(now: str | None = None) -> dict[str, int]:
    """Deliver for at most a minute; the next hint goes on."""
    return asdict(deliver(moment_or_now(now), seconds=RUN_SECONDS))


deliver_task = shared_task(name="outbox.deliver")(run_deliver)

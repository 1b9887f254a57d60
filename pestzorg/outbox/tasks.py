"""The outbox as a Celery task: a hint to look into the database, repeated every minute."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict

from celery import shared_task

from pestzorg import clock
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.moments import moment_or_now

# Below the hard limit of 120 s with room for one mail that runs into every time-out.
RUN_SECONDS = 60.0
LONGEST_NAP = 1.0
AT_A_TIME = 50  # then the clock is read anew


def run_deliver(now: str | None = None) -> dict[str, int]:
    """Deliver for at most a minute, not faster than MAIL_PER_MINUTE; the next hint goes on.

    At a given moment: everything that may be sent at that moment, however fast.
    """
    if now is not None:
        return asdict(deliver(moment_or_now(now), seconds=RUN_SECONDS))
    return _at_our_pace(time.monotonic() + RUN_SECONDS)


def _at_our_pace(stop: float) -> dict[str, int]:
    total: Counter[str] = Counter()
    while True:
        left = stop - time.monotonic()
        counts = deliver(clock.now(), AT_A_TIME, left, paced=True)
        total.update(asdict(counts))
        if time.monotonic() >= stop or (counts.total < AT_A_TIME and not counts.wait):
            return {**total, "wait": counts.wait}
        time.sleep(min(counts.wait, LONGEST_NAP))


deliver_task = shared_task(name="outbox.deliver")(run_deliver)

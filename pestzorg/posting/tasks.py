"""Once a day: what nobody needs any more goes."""

from __future__ import annotations

from celery import shared_task

from pestzorg import clock
from pestzorg.posting import drafts, once


def run_clean() -> dict[str, int]:
    """Remove sendings after a week, and drafts that nobody picked up."""
    now = clock.now()
    return {"drafts": drafts.clean(now=now), "sendings": once.clean(now=now)}


clean_task = shared_task(name="posting.clean")(run_clean)

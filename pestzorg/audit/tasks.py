"""The log's own jobs, as Celery tasks: hints to look into the database."""

from __future__ import annotations

from celery import shared_task

from pestzorg import clock
from pestzorg.audit.anchors import anchor
from pestzorg.audit.chain import chain


def run_chain(*, everything: bool = False) -> int:
    """Every minute: link what waits. At night with `everything`."""
    return chain(clock.now(), everything=everything)


def run_anchor() -> str | None:
    """Every hour: link what waits, then note the head outside the database."""
    now = clock.now()
    chain(now)
    return anchor(now)


chain_task = shared_task(name="audit.chain")(run_chain)
anchor_task = shared_task(name="audit.anchor")(run_anchor)

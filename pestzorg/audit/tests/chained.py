"""A log of twenty events with a chain in four runs and an anchor after each, for the tests of this room."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from pestzorg.audit import log
from pestzorg.audit.chain import chain, head
from pestzorg.testing.builders import NOW

EVENTS, RUNS = 20, 4


def chained_log() -> dict[int, str]:
    """Write and chain it; returns the anchors."""
    anchors = {}
    for number in range(EVENTS):
        at = NOW + timedelta(hours=number, microseconds=number)
        log.record(None, "access_given", now=at, case_uuid=uuid4(), level=20, number=number)
        if (number + 1) % (EVENTS // RUNS) == 0:
            chain(at)
            last = head()
            anchors[last.position] = last.hash
    return anchors

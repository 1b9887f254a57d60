"""Checks the whole log: every seal, every place, and the anchors outside the database. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pestzorg.audit.chain import waiting
from pestzorg.audit.models import AuditLink
from pestzorg.audit.seal import FIELDS, FIRST, seal

CHUNK = 5_000
# No request and no job holds a transaction open for this long. What is dated before the last run of the
# chainer by more was written afterwards.
LATEST = timedelta(hours=2)


@dataclass(frozen=True)
class Bad:
    """The first row that is not as it was written: its place in the chain, its event, and what is wrong."""

    position: int
    event_id: int | None
    why: str


@dataclass(frozen=True)
class Found:
    """What a check saw; `bad` is None when all is well."""

    rows: int
    waiting: int
    anchors: int
    bad: Bad | None


@dataclass
class _Walk:
    """Where the check stands in the chain."""

    position: int = 0
    previous: str = FIRST
    linked_at: datetime | None = None
    run_before: datetime | None = None
    vouched: int = 0  # the last position whose anchor held

    def judge(self, row: tuple[Any, ...], anchors: Mapping[int, str]) -> Bad | None:
        """Go on by one row, or say what is wrong with it."""
        position, previous, sealed, linked_at, *event = row
        if position != self.position + 1:
            return Bad(self.position + 1, None, "the row is missing")
        if previous != self.previous or sealed != seal(position, previous, linked_at, event):
            return Bad(position, event[0], "the row was changed")
        if anchors.get(position, sealed) != sealed:
            since = f"rows from {self.vouched + 1} on are not those of the anchor at {position}"
            return Bad(self.vouched + 1, None, since)
        if self.linked_at != linked_at:
            self.run_before, self.linked_at = self.linked_at, linked_at
        if self.run_before and event[_AT] < self.run_before - LATEST:
            return Bad(position, event[0], "the row was added later than it says")
        self.position, self.previous = position, sealed
        self.vouched = position if position in anchors else self.vouched
        return None


_AT = FIELDS.index("at")


def verify(anchors: Mapping[int, str]) -> Found:
    """Walk the chain from the first row to the last, one row in memory at a time."""
    walk = _Walk()
    with transaction.atomic():
        bad = next((bad for row in _rows() if (bad := walk.judge(row, anchors))), None)
        unchained = list(waiting().values_list("pk", "at"))
    bad = bad or _cut(walk, anchors) or _forgotten(walk, unchained)
    return Found(walk.position, len(unchained), len(anchors), bad)


def _rows() -> Iterator[tuple[Any, ...]]:
    place = ("position", "previous", "hash", "linked_at")
    event = (f"event__{name}" for name in FIELDS)
    return (
        AuditLink.objects.order_by("position")
        .values_list(*place, *event)
        .iterator(chunk_size=CHUNK)
    )


def _cut(walk: _Walk, anchors: Mapping[int, str]) -> Bad | None:
    """An anchor beyond the last row: the end of the chain was cut off."""
    last = max(anchors, default=0)
    why = f"the end is missing: an anchor stands at {last}"
    return Bad(walk.position + 1, None, why) if last > walk.position else None


def _forgotten(walk: _Walk, unchained: list[tuple[int, datetime]]) -> Bad | None:
    """An event without a place that is older than the chain's last run by far: its link was taken away."""
    if walk.linked_at is None:
        return None
    old = (pk for pk, at in unchained if at < walk.linked_at - LATEST)
    event_id = next(old, None)
    why = "the event has no place in the chain"
    return None if event_id is None else Bad(walk.position + 1, event_id, why)

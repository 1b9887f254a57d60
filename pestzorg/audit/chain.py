"""The chainer: gives every new event its place and seal. It runs beside the requests, which wait for nobody.

Two chainers at once take turns by a lock; if that ever failed, the unique column `previous` would refuse a fork.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet

from pestzorg.audit.models import AuditEvent, AuditLink
from pestzorg.audit.seal import FIELDS, FIRST, seal

BATCH = 2_000  # rows per transaction, so that a second chainer never waits long
# An event may be committed after one with a higher id was chained. The minute's run looks back this
# many links for such latecomers; the nightly run looks at the whole table.
LOOK_BACK = 50_000
_LOCK = 0x70657374  # "pest"; any number that nothing else on this database takes


def chain(now: datetime, *, everything: bool = False) -> int:
    """Link all events that wait, oldest id first. Returns how many. Safe to run twice at the same time."""
    total, since = 0, 0 if everything else _look_back_to()
    while linked := _link_batch(now, since):
        total += len(linked)
        # Not back to the beginning for each batch: a long backlog would be read a thousand times.
        since = linked[-1]
    return total


def waiting(since: int = 0) -> QuerySet[AuditEvent]:
    """Events from id `since` on that have no place in the chain yet."""
    # The bound stands on both sides, or every run would read all links there are.
    linked = AuditLink.objects.filter(event=OuterRef("pk"), event__gte=since)
    return AuditEvent.objects.filter(~Exists(linked), pk__gte=since).order_by("pk")


def head() -> AuditLink | None:
    """The last link; it stands for the whole chain before it."""
    return AuditLink.objects.order_by("-position").first()


def _link_batch(now: datetime, since: int) -> list[int]:
    with transaction.atomic():
        _take_turns()
        events = list(waiting(since).values_list(*FIELDS)[:BATCH])
        AuditLink.objects.bulk_create(_links(head(), events, now))
    return [stored[0] for stored in events]


def _links(last: AuditLink | None, events: list[tuple[Any, ...]], now: datetime) -> list[AuditLink]:
    position, previous = (last.position, last.hash) if last else (0, FIRST)
    # A clock that was set back must not make the chain run backwards.
    linked_at = max(now, last.linked_at) if last else now
    links = []
    for stored in events:
        position += 1
        sealed = seal(position, previous, linked_at, stored)
        links.append(
            AuditLink(
                position=position,
                event_id=stored[0],
                previous=previous,
                hash=sealed,
                linked_at=linked_at,
            )
        )
        previous = sealed
    return links


def _take_turns() -> None:
    """Wait for other chainers. On SQLite the transaction itself is the lock (0004-sqlite.md)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _look_back_to() -> int:
    last = head()
    if last is None or last.position < LOOK_BACK:
        return 0
    latest = AuditLink.objects.filter(position__gt=last.position - LOOK_BACK)
    return latest.aggregate(first=Min("event_id"))["first"] or 0

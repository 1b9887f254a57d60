"""The sign of life of the two jobs. Who looks at it, and when it is too old, is not decided here."""

from __future__ import annotations

from datetime import datetime

from pestzorg.outbox.models import Heartbeat


def beat(name: str, now: datetime) -> None:
    """Note that job `name` came to its end at `now`."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def last_beat_at(name: str) -> datetime | None:
    """When job `name` last came to its end; None when it never did."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()

"""The signs of life of the two jobs, and of mail that leaves in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from pestzorg.outbox.models import Heartbeat, Mail, State

SWEEP, DELIVER, SENT = "sweep", "deliver", "sent"
BACK = "back"  # the server took a mail again that it had failed before
ON_TIME = "on_time"  # at this moment nothing waited that could have left
WATCHED = (SWEEP, ON_TIME)
TOO_OLD = timedelta(minutes=15)


def beat(name: str, now: datetime) -> None:
    """Note that job `name` came to its end at `now`."""
    beat_all([name], now)


def beat_all(names: list[str], now: datetime) -> None:
    """Note several signs of life at once."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now) for name in names],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def last_beat_at(name: str) -> datetime | None:
    """When job `name` last came to its end; None when it never did."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def is_recent(beat_at: datetime | None, now: datetime) -> bool:
    """Whether a sign of life is new enough; one that never was is not."""
    return beat_at is not None and now - beat_at <= TOO_OLD


def weakest() -> QuerySet[Heartbeat, datetime]:
    """The oldest of the signs that have to be recent, as a question of one row."""
    watched = Heartbeat.objects.filter(name__in=WATCHED).order_by("beat_at")
    return watched.values_list("beat_at", flat=True)[:1]


def server_is_away(now: datetime) -> bool:
    """Whether mail waits for a server that has taken nothing since that mail was first tried, or for a while."""
    waiting = Mail.objects.filter(state=State.RETRY, server_away=True)
    failed_at = waiting.aggregate(latest=Max("first_tried_at"))["latest"]
    taken_at = last_beat_at(SENT)
    if failed_at is None:
        return False
    return taken_at is None or failed_at >= taken_at or not is_recent(taken_at, now)

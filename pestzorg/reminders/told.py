"""Whether people were told of a thing: planned, under way, sent or not delivered. Never what a mail says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from pestzorg.outbox.models import State as MailState
from pestzorg.reminders.models import DueMoment, Outcome, Reminder


class Status(models.TextChoices):
    """How far a reminder has come."""

    PLANNED = "planned", _("planned")
    UNDER_WAY = "under_way", _("on its way")
    SENT = "sent", _("sent")
    NOT_DELIVERED = "not_delivered", _("not delivered")


@dataclass(frozen=True)
class Telling:
    """One reminder of one thing; `recipient_id` is None while nobody was asked whom to remind."""

    source_uuid: UUID
    recipient_id: int | None
    status: Status
    at: datetime


STOPPED = (MailState.PARKED, MailState.ABORTED, MailState.BOUNCED)
FIELDS = ("source_uuid", "recipient_id", "outcome", "not_before", "settled_at")


def tellings(sources: Collection[str], uuids: Collection[UUID]) -> list[Telling]:
    """What became of every reminder of these things, and what is still to come. What was dropped is not told."""
    if not uuids:
        return []
    mine: dict[str, Any] = {"source__in": sources, "source_uuid__in": uuids}
    to_come = DueMoment.objects.filter(**mine, settled_at=None)
    made = Reminder.objects.filter(**mine).exclude(outcome=Outcome.DROPPED)
    found = [
        *(_telling(row) for row in made.values(*FIELDS, "mail__state", "mail__sent_at")),
        *_planned(to_come.values_list("source_uuid", "fires_at")),
    ]
    return sorted(found, key=lambda telling: telling.at)


def _planned(moments: Any) -> Iterator[Telling]:
    for source_uuid, fires_at in moments:
        yield Telling(source_uuid, None, Status.PLANNED, fires_at)


def _telling(row: dict[str, Any]) -> Telling:
    status, at = _fate(row)
    return Telling(row["source_uuid"], row["recipient_id"], status, at)


def _fate(row: dict[str, Any]) -> tuple[Status, datetime]:
    state = row["mail__state"]
    if row["outcome"] == Outcome.FAILED or state in STOPPED:
        return Status.NOT_DELIVERED, row["settled_at"] or row["not_before"]
    if row["outcome"] == Outcome.MAILED:
        return Status.SENT, row["mail__sent_at"] or row["settled_at"]
    return Status.PLANNED if state is None else Status.UNDER_WAY, row["not_before"]

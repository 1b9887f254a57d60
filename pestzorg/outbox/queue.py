"""What goes into the outbox and what a person does with a mail that is stuck. Sending is in delivery."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from pestzorg.outbox.builders import builder_of
from pestzorg.outbox.models import OPEN, Mail, Priority, State

GIVEN_UP = "GivenUp"  # the error of a mail that somebody took back before it was ever tried


def put(
    kind: str,
    recipient_id: int,
    local_date: date,
    key: str,
    not_before: datetime,
    now: datetime,
    priority: Priority = Priority.USUAL,
) -> Mail | None:
    """Queue a mail, or None when this person already has a mail with this key and date. Sends nothing."""
    mail = Mail(
        kind=kind,
        recipient_id=recipient_id,
        local_date=local_date,
        key=key,
        not_before=not_before,
        priority=priority,
        created_at=now,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        return None
    return mail


def local_date_of(now: datetime) -> date:
    """The calendar day of this installation; schools in Amsterdam and Brussels share it."""
    return timezone.localdate(now, timezone.get_default_timezone())


def requeue(now: datetime, uuid: UUID | None = None) -> int:
    """Give a parked or waiting mail, or all of them, a fresh series of tries now. Returns how many."""
    stuck = Mail.objects.filter(state__in=[State.PARKED, State.RETRY])
    if uuid is not None:
        stuck = stuck.filter(uuid=uuid)
    return stuck.update(
        state=State.QUEUED,
        attempts=0,
        takeovers=0,
        first_tried_at=None,
        retry_at=None,
        not_before=now,
    )


def abort(uuid: UUID, now: datetime) -> bool:
    """Take a mail back for good and tell its builder. Refuses one that is being sent or came to its end."""
    free = (State.QUEUED, State.RETRY, State.PARKED)
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(uuid=uuid, state__in=free).first()
        if mail is None:
            return False
        mail.state, mail.retry_at = State.ABORTED, None
        # Also of one that was never tried: who was to be told was not, and that must not look like "not wanted".
        mail.error = mail.error or GIVEN_UP
        mail.save(update_fields=["state", "retry_at", "error"])
        builder_of(mail.kind).settled(mail, now)
    return True


def oldest_unsent_at(now: datetime) -> datetime | None:
    """Since when the longest-waiting mail could have been sent; None when nothing waits."""
    late = Mail.objects.filter(state__in=[*OPEN, State.PARKED], not_before__lte=now)
    return late.order_by("not_before").values_list("not_before", flat=True).first()

"""Finds again, every minute, all that is due: moments become reminders, reminders get a mail. It sends nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from pestzorg.outbox.heartbeat import beat
from pestzorg.outbox.models import OPEN, Mail
from pestzorg.outbox.queue import local_date_of, put
from pestzorg.outbox.retry import describe
from pestzorg.reminders.digest import DIGEST, MAIL_KIND
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sources import POISONED_FOR, Wanted, ask

logger = logging.getLogger(__name__)

MOST_STEPS = 10_000  # per sweep, under a minute of work; the next sweep goes on


class NobodyToRemind(Exception):
    """Still wanted, and at this moment nobody may be told: asked again later, never dropped."""


@dataclass
class Counts:
    """Moments planned and mails queued by one sweep."""

    planned: int = 0
    queued: int = 0


def sweep(now: datetime) -> Counts:
    """Plan and queue everything that is due at `now`. Doing it twice has no second effect."""
    counts = Counts(planned=_repeat(_plan_next, now), queued=_repeat(_queue_next, now))
    beat("sweep", now)
    return counts


def plan_one(now: datetime) -> bool:
    """Ask the source of one due moment and make its reminders; False when no moment is due."""
    return _plan_next(now) is not None


def queue_one(now: datetime) -> bool:
    """Queue one person's digest, or one urgent mail; False when nobody waits for one."""
    return _queue_next(now) is not None


def _repeat(step: Callable[[datetime], bool | None], now: datetime) -> int:
    """Repeat until the step finds nothing (None); counts the steps that succeeded."""
    succeeded = 0
    for _ in range(MOST_STEPS):
        done = step(now)
        if done is None:
            break
        succeeded += done
    return succeeded


def _plan_next(now: datetime) -> bool | None:
    moment: DueMoment | None = None
    try:
        with transaction.atomic():
            moment = _first_due(now)
            if moment is None:
                return None
            _make_reminders(moment, now)
    except Exception as error:
        if moment is None:
            raise
        _push_ahead(moment, error, now)
        return False
    return True


def _first_due(now: datetime) -> DueMoment | None:
    due = DueMoment.objects.filter(settled_at=None, fires_at__lte=now)
    return due.select_for_update(skip_locked=True).order_by("fires_at", "id").first()


def _make_reminders(moment: DueMoment, now: datetime) -> None:
    wanted = ask(moment, now)
    if wanted is not None:
        if not wanted.recipients:
            raise NobodyToRemind
        rows = [_row(moment, wanted, recipient_id, now) for recipient_id in wanted.recipients]
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    moment.settled_at = now
    moment.save(update_fields=["settled_at"])


def _row(moment: DueMoment, wanted: Wanted, recipient_id: int, now: datetime) -> Reminder:
    return Reminder(
        source=moment.source,
        source_uuid=moment.source_uuid,
        kind=moment.kind,
        due_on=moment.due_on,
        recipient_id=recipient_id,
        urgent=moment.urgent or wanted.urgent,
        not_before=wanted.send_from,
        planned_at=now,
    )


def _push_ahead(moment: DueMoment, error: Exception, now: datetime) -> None:
    """Out of the way for an hour, so that one poisoned row cannot stall everybody's reminders."""
    still_open = DueMoment.objects.filter(pk=moment.pk, settled_at=None)
    still_open.update(fires_at=now + POISONED_FOR)
    logger.error("moment %s of %s: %s", moment.pk, moment.source, describe(error))


def _queue_next(now: datetime) -> bool | None:
    with transaction.atomic():
        first = _first_urgent(now) or _first_for_digest(now)
        if first is None:
            return None
        key = f"urgent:{first.pk}" if first.urgent else DIGEST
        mail = put(MAIL_KIND, first.recipient_id, local_date_of(now), key, now, now)
        if mail is None:  # another sweep was faster by a moment; its mail takes all that waits
            return False
        _bind(first, mail, now)
    return True


def _first_urgent(now: datetime) -> Reminder | None:
    return _first(_waiting(now).filter(urgent=True))


def _first_for_digest(now: datetime) -> Reminder | None:
    had_one = Exists(_digests_of_today(now))
    return _first(_waiting(now).filter(~had_one, urgent=False))


def _first(waiting: QuerySet[Reminder]) -> Reminder | None:
    return waiting.select_for_update(skip_locked=True).order_by("not_before", "id").first()


def _bind(first: Reminder, mail: Mail, now: datetime) -> None:
    mine = Reminder.objects.filter(pk=first.pk)
    if not first.urgent:
        mine = _waiting(now).filter(recipient_id=first.recipient_id, urgent=False)
    # Rows that another sweep holds are left out, not waited for; the builder picks them up.
    ids = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=ids).update(mail=mail)


def _waiting(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(settled_at=None, mail=None, not_before__lte=now)


def _digests_of_today(now: datetime) -> QuerySet[Mail]:
    """The digests that speak against another one today: of today, sent today, or still on their way."""
    zone = timezone.get_default_timezone()
    today = local_date_of(now)
    midnight = datetime.combine(today, time.min, zone)
    return Mail.objects.filter(
        Q(local_date=today) | Q(sent_at__gte=midnight) | Q(state__in=OPEN),
        recipient_id=OuterRef("recipient_id"),
        key=DIGEST,
    )

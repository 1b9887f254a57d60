"""Finds again, every minute, all that is due: moments become reminders, reminders get a mail. It sends nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from pestzorg.outbox.heartbeat import beat
from pestzorg.outbox.models import OPEN, Mail, Priority
from pestzorg.outbox.queue import local_date_of, put
from pestzorg.reminders.digest import DIGEST, MAIL_KIND
from pestzorg.reminders.models import STAYED_UNDONE, Reminder
from pestzorg.reminders.planning import plan_some, unplanned
from pestzorg.reminders.sources import POISONED_FOR

LONG_AGO = timedelta(hours=12)
# All that stays undone comes to a coordinator on the same morning: that is one mail, not one per thing.
TOLD_TOGETHER = Q(kind__in=STAYED_UNDONE)
MOST_STEPS = 10_000  # per sweep and kind of step; the next sweep goes on


@dataclass
class Counts:
    """Moments planned and mails queued by one sweep."""

    planned: int = 0
    queued: int = 0


def sweep(now: datetime, seconds: float = math.inf) -> Counts:
    """Plan and queue everything that is due at `now`. Doing it twice has no second effect.

    Both stop after `seconds`; what was planned by then is queued, and the next sweep goes on.
    """
    counts = Counts(_repeat(plan_some, now, seconds), _repeat(_queue_next, now, seconds))
    beat("sweep", now)
    return counts


def plan_one(now: datetime) -> bool:
    """Ask the source of one due moment and make its reminders; False when no moment is due."""
    return plan_some(now, 1) is not None


def queue_one(now: datetime) -> bool:
    """Queue one person's digest, or one urgent mail; False when nobody waits for one."""
    return _queue_next(now) is not None


def _repeat(step: Callable[[datetime], int | None], now: datetime, seconds: float) -> int:
    """Repeat until the step finds nothing (None); adds up what succeeded."""
    succeeded, stop = 0, monotonic() + seconds
    for _ in range(MOST_STEPS):
        done = step(now)
        if done is None:
            break
        succeeded += done
        if monotonic() >= stop:
            break
    return succeeded


def _queue_next(now: datetime) -> bool | None:
    everything_planned = not unplanned(now).exists()
    first = _first_urgent(now, everything_planned=everything_planned)
    if first is None and everything_planned:
        # Not before: what misses today's digest waits for the next day.
        first = _first_for_digest(now)
    return None if first is None else _queue(first, now)


def _queue(first: Reminder, now: datetime) -> bool:
    key = f"urgent:{first.pk}" if first.urgent else DIGEST
    with transaction.atomic():
        # Waited for, in the order of settle.py: two sweeps must not make two mails for one person.
        rows = _goes_along(first, now).select_for_update().order_by("pk")
        due_on = dict(rows.values_list("pk", "due_on"))
        if first.pk not in due_on:  # another sweep was faster by a moment
            return False
        priority = _priority(first, something_today=local_date_of(now) in due_on.values())
        mail = put(MAIL_KIND, first.recipient_id, local_date_of(now), key, now, now, priority)
        if mail is None:
            _step_aside(first, now)
            return False
        Reminder.objects.filter(pk__in=due_on).update(mail=mail)
    return True


def _step_aside(first: Reminder, now: datetime) -> None:
    """Its mail of today left without it, since its source could not be asked: it must not hold up everybody else."""
    if first.urgent:
        first.not_before = now + POISONED_FOR
        first.save(update_fields=["not_before"])


def _goes_along(first: Reminder, now: datetime) -> QuerySet[Reminder]:
    mine = _waiting(now).filter(recipient_id=first.recipient_id, urgent=first.urgent)
    if first.urgent and first.not_before >= now - LONG_AGO:
        # One mail for one thing. Only after an outage, when something waited for long, one for all of them.
        of_it = Q(source=first.source, source_uuid=first.source_uuid)
        return mine.filter(of_it | TOLD_TOGETHER if first.kind in STAYED_UNDONE else of_it)
    return mine


def _priority(first: Reminder, *, something_today: bool) -> Priority:
    """After an outage, who has something due today hears of it before the others."""
    if first.urgent:
        return Priority.URGENT
    return Priority.TODAY if something_today else Priority.USUAL


def _first_urgent(now: datetime, *, everything_planned: bool) -> Reminder | None:
    """News goes as soon as all that is due of its own thing is planned; what waited long, once everything is."""
    more_of_it = unplanned(now).filter(
        source=OuterRef("source"), source_uuid=OuterRef("source_uuid")
    )
    waiting = _waiting(now).filter(~Exists(more_of_it), urgent=True)
    if not everything_planned:
        waiting = waiting.exclude(_goes_along_later(now) | TOLD_TOGETHER)
    return waiting.order_by("not_before", "id").first()


def _goes_along_later(now: datetime) -> Q:
    """After an outage: what waited for long, and news for whoever gets one mail of such things anyway."""
    long_ago = now - LONG_AGO
    hears_more = _waiting(now).filter(
        recipient_id=OuterRef("recipient_id"), urgent=True, not_before__lt=long_ago
    )
    # Whom an unplanned moment concerns, nobody knows yet.
    anybody_might = unplanned(now).filter(fires_at__lt=long_ago)
    return Q(not_before__lt=long_ago) | Exists(hears_more) | Exists(anybody_might)


def _first_for_digest(now: datetime) -> Reminder | None:
    had_one = Exists(_digests_of_today(now))
    waiting = _waiting(now).filter(~had_one, urgent=False)
    return waiting.order_by("not_before", "id").first()


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

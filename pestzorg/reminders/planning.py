"""Due moments become reminders, some of them in one transaction. It sends nothing."""

from __future__ import annotations

import logging
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import QuerySet

from pestzorg.outbox.retry import describe
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.rhythm import misses_the_digest
from pestzorg.reminders.sources import POISONED_FOR, Wanted, ask, together

logger = logging.getLogger(__name__)

# So short that nobody who saves an agreement waits noticeably for the locks, and that a process that is killed
# every moment still gets on: what it planned until then is undone with it.
AT_A_TIME, SECONDS = 50, 0.1


class NobodyToRemind(Exception):
    """Still wanted, and at this moment nobody may be told: asked again later, never dropped."""


def unplanned(now: datetime) -> QuerySet[DueMoment]:
    """Every moment that is due and was not planned yet."""
    return DueMoment.objects.filter(settled_at=None, fires_at__lte=now)


def plan_some(now: datetime, most: int = AT_A_TIME) -> int | None:
    """Ask the sources of the first due moments and make their reminders, as far as a tenth of a second goes.

    How many of them were planned; None when none is due. One that cannot be planned holds up none of the others.
    """
    with transaction.atomic(), together():
        moments, stop = first_due(now, most), monotonic() + SECONDS
        planned: list[int] = []
        for moment in moments:
            if _is_planned(moment, now):
                planned.append(moment.pk)
            if monotonic() >= stop:
                break
        DueMoment.objects.filter(pk__in=planned).update(settled_at=now)
    return len(planned) if moments else None


def first_due(now: datetime, most: int) -> list[DueMoment]:
    """The oldest of them that no other sweep has in hands, locked. Needs a transaction."""
    free = unplanned(now).select_for_update(skip_locked=True)
    return list(free.order_by("fires_at", "id")[:most])


def _is_planned(moment: DueMoment, now: datetime) -> bool:
    try:
        with transaction.atomic():
            _make_reminders(moment, now)
    except Exception as error:
        _push_ahead(moment, error, now)
        return False
    return True


def _make_reminders(moment: DueMoment, now: datetime) -> None:
    wanted = ask(moment, now)
    if wanted is None:
        return
    if not wanted.recipients:
        raise NobodyToRemind
    rows = [_row(moment, wanted, recipient_id, now) for recipient_id in wanted.recipients]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _row(moment: DueMoment, wanted: Wanted, recipient_id: int, now: datetime) -> Reminder:
    # After an outage this still says how long it has been waiting.
    not_before = moment.fires_at if wanted.send_from <= now else wanted.send_from
    is_urgent = moment.urgent or wanted.urgent
    return Reminder(
        source=moment.source,
        source_uuid=moment.source_uuid,
        kind=moment.kind,
        due_on=moment.due_on,
        recipient_id=recipient_id,
        urgent=is_urgent or misses_the_digest(moment.kind, recipient_id, not_before),
        not_before=not_before,
        planned_at=now,
    )


def _push_ahead(moment: DueMoment, error: Exception, now: datetime) -> None:
    """Out of the way for an hour, so that one poisoned row cannot stall everybody's reminders."""
    DueMoment.objects.filter(pk=moment.pk).update(fires_at=now + POISONED_FOR)
    logger.error("moment %s of %s: %s", moment.pk, moment.source, describe(error))

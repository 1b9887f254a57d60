"""What services call, inside their own transaction, when a deadline comes, moves or goes. It sends nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from pestzorg.reminders.models import STAYED_UNDONE, DueMoment, Outcome, Reminder
from pestzorg.reminders.settle import settle
from pestzorg.reminders.texts import text_of


@dataclass(frozen=True)
class Moment:
    """When to ask whether somebody must be reminded of what is due on `due_on`."""

    kind: str
    due_on: date
    fires_at: datetime
    urgent: bool = False


def plan(source: str, source_uuid: UUID, moments: Iterable[Moment]) -> None:
    """Make these the open moments of this thing. What fired already stays: one kind and date never fire twice.

    Two moments with the same kind and date are one, the earlier. Refuses a kind without text (LookupError).
    """
    rows = [_row(source, source_uuid, moment) for moment in _earliest(moments)]
    with transaction.atomic():
        _open_moments(source, source_uuid).delete()
        DueMoment.objects.bulk_create(rows, ignore_conflicts=True)


def plan_to_come(source: str, source_uuid: UUID, moments: Iterable[Moment], now: datetime) -> None:
    """The same for a day that people just spoke about: a moment that is over is not told, unless it waited already."""
    waiting = set(_open_moments(source, source_uuid).values_list("kind", "due_on"))
    wanted = [m for m in moments if m.fires_at > now or (m.kind, m.due_on) in waiting]
    plan(source, source_uuid, wanted)


def skip(source: str, source_uuid: UUID, moments: Iterable[Moment], now: datetime) -> None:
    """Count these moments as over: nobody is told at them, also when they are planned again later."""
    rows = [_row(source, source_uuid, moment) for moment in _earliest(moments)]
    with transaction.atomic():
        _open_moments(source, source_uuid).delete()
        for row in rows:
            row.settled_at = now
        DueMoment.objects.bulk_create(rows, ignore_conflicts=True)


def hasten(source: str, uuids: Collection[UUID], now: datetime) -> None:
    """They became most serious: what waits for a digest goes out as a mail of its own, whatever its reader chose."""
    mine = Reminder.objects.filter(source=source, source_uuid__in=uuids)
    with transaction.atomic():
        locked = mine.filter(settled_at=None, urgent=False).select_for_update().order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        # Asked under the lock: a digest that is built meanwhile tells them, and they must not be told twice.
        not_built = Reminder.objects.filter(Q(mail=None) | Q(mail__built_at=None), pk__in=ids)
        waiting = list(not_built.values_list("pk", flat=True))
        Reminder.objects.filter(pk__in=waiting).update(urgent=True, mail=None, not_before=now)


def cancel(source: str, source_uuid: UUID, now: datetime) -> None:
    """Nothing is to be remembered of this thing any more: forgets its moments, drops what is not mailed yet."""
    mine = Reminder.objects.filter(source=source, source_uuid=source_uuid)
    with transaction.atomic():
        _open_moments(source, source_uuid).delete()
        settle(mine, Outcome.DROPPED, now)


def fire_again(reminders: Iterable[Reminder], now: datetime) -> None:
    """Still wanted, but by somebody else than was asked: the next sweep asks anew whom to remind."""
    for row in reminders:
        DueMoment.objects.filter(
            source=row.source, source_uuid=row.source_uuid, kind=row.kind, due_on=row.due_on
        ).update(settled_at=None, fires_at=now)


def ask_again(source: str, source_uuid: UUID, due_on: date, now: datetime) -> None:
    """It has somebody else now: the most recent moment that fired asks anew. Whoever was told is not told twice."""
    fired = DueMoment.objects.filter(source=source, source_uuid=source_uuid, due_on=due_on)
    # An escalation is not for whoever has it, but for those who gave it on.
    fired = fired.exclude(settled_at=None).exclude(kind__in=STAYED_UNDONE)
    latest = fired.order_by("-fires_at", "-pk").first()
    if latest is not None:
        DueMoment.objects.filter(pk=latest.pk).update(settled_at=None, fires_at=now)


def _open_moments(source: str, source_uuid: UUID) -> QuerySet[DueMoment]:
    return DueMoment.objects.filter(source=source, source_uuid=source_uuid, settled_at=None)


def _row(source: str, source_uuid: UUID, moment: Moment) -> DueMoment:
    text_of(moment.kind)
    return DueMoment(
        source=source,
        source_uuid=source_uuid,
        kind=moment.kind,
        due_on=moment.due_on,
        fires_at=moment.fires_at,
        urgent=moment.urgent,
    )


def _earliest(moments: Iterable[Moment]) -> list[Moment]:
    first: dict[tuple[str, date], Moment] = {}
    for moment in sorted(moments, key=lambda moment: moment.fires_at):
        first.setdefault((moment.kind, moment.due_on), moment)
    return list(first.values())

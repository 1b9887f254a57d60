"""Whether the reminders of agreements reached somebody, for who may read the agreements. Never what a mail says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from cases.deadlines.agreements import AGREEMENT
from cases.models import Agreement
from pestzorg.reminders.told import Status, Telling, tellings
from schools.models import User


@dataclass(frozen=True)
class Told:
    """One reminder, with whom it is for once that is known."""

    telling: Telling
    person: User | None

    @property
    def status(self) -> Status:
        """How far it has come."""
        return self.telling.status

    @property
    def at(self) -> datetime:
        """When it was sent, was given up, or is due."""
        return self.telling.at

    @property
    def is_lost(self) -> bool:
        """Nobody was told."""
        return self.status == Status.NOT_DELIVERED


@dataclass(frozen=True)
class DayOfReminders:
    """The reminders of one case and day that ended alike."""

    on: date
    status: Status
    reminders: list[Told]

    @property
    def names(self) -> str:
        """Whom they were for, each once."""
        named = {told.person.full_name: None for told in self.reminders if told.person}
        return ", ".join(named)


def reminders_of(agreements: Iterable[Agreement]) -> list[Told]:
    """Every reminder of these agreements in the order of their moments."""
    found = tellings(AGREEMENT, [agreement.uuid for agreement in agreements])
    people = User.objects.in_bulk({t.recipient_id for t in found if t.recipient_id})
    return [Told(t, people.get(t.recipient_id or 0)) for t in found]


def by_day(reminders: Iterable[Told], zone: ZoneInfo) -> Iterator[DayOfReminders]:
    """What was sent or got lost, by day, and the one that comes next."""
    ended = [told for told in reminders if told.status in (Status.SENT, Status.NOT_DELIVERED)]
    coming = [told for told in reminders if told.status in (Status.PLANNED, Status.UNDER_WAY)]

    def of(told: Told) -> tuple[date, Status]:
        return told.at.astimezone(zone).date(), told.status

    for (on, status), group in groupby(sorted([*ended, *coming[:1]], key=of), key=of):
        yield DayOfReminders(on, status, list(group))

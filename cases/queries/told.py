"""Whether the reminders of a case reached somebody, for who may read what they are about. Never what a mail says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from cases.deadlines.aftercare import AFTERCARE
from cases.deadlines.agreements import AGREEMENT
from cases.deadlines.first_talk import FIRST_TALK
from cases.deadlines.reviews import REVIEW
from cases.deadlines.talks import TALK
from cases.models import AftercareCheck, Agreement, Case, FollowUpTalk
from pestzorg.reminders.told import Status, Telling, tellings
from schools.models import User

TOLD = (AFTERCARE, AGREEMENT, FIRST_TALK, REVIEW, TALK)


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


def reminders_of(things: Iterable[Agreement | FollowUpTalk | AftercareCheck | Case]) -> list[Told]:
    """Every reminder of these things in the order of their moments; of a case those of its first talk and severity."""
    found = tellings(TOLD, [thing.uuid for thing in things])
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

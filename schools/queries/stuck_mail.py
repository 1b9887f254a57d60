"""Which mail that does not arrive somebody looks after: of the whole installation, or of the people of a school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pestzorg.outbox.bounces import dead_among
from pestzorg.outbox.builders import builder_of
from pestzorg.outbox.models import DeadAddress, Mail
from pestzorg.outbox.stuck import Failure, failure_of, parked
from schools.access import roles_of, schools_for
from schools.models import MembershipRole, User
from schools.roles import Role

TENDERS = frozenset({Role.SYSTEM_ADMIN, Role.SCHOOL_ADMIN})
MOST = 100  # on one page; the next come up when these are gone


@dataclass(frozen=True)
class Stuck:
    """One mail that waits for a person, with the account it is for."""

    mail: Mail
    person: User | None

    @property
    def failure(self) -> Failure:
        """Why it did not arrive."""
        return failure_of(self.mail)

    @property
    def label(self) -> str:
        """What sort of mail it is."""
        return str(builder_of(self.mail.kind).label)


@dataclass(frozen=True)
class Unreachable:
    """Somebody whose address takes no mail, why, and since when."""

    person: User
    why: str
    since: datetime


def tends_mail(person: User, now: datetime) -> bool:
    """Whether somebody looks after mail anywhere."""
    return bool(roles_of(person, now) & TENDERS)


def stuck_mails_of(person: User, now: datetime) -> QuerySet[Mail]:
    """The parked mails that somebody looks after, the longest-waiting first."""
    if Role.SYSTEM_ADMIN in roles_of(person, now):
        return parked()
    return parked().filter(recipient_id__in=people_tended_by(person, now).values("pk"))


def people_tended_by(person: User, now: datetime) -> QuerySet[User]:
    """The accounts whose mail somebody looks after: of whoever has a role at their school, or had one and has none.

    Whoever went to another place belongs there from then on.
    """
    if Role.SYSTEM_ADMIN in roles_of(person, now):
        return User.objects.all()
    schools = schools_for(person, now, (Role.SCHOOL_ADMIN,))
    running = MembershipRole.objects.running_at(now)
    anywhere = running.filter(membership__user=OuterRef("membership__user"))
    here = MembershipRole.objects.filter(membership__school__in=schools)
    found = here.filter(Q(pk__in=running.values("pk")) | ~Exists(anywhere))
    return User.objects.filter(pk__in=found.values("membership__user"))


def unreachable(people: Iterable[User]) -> list[Unreachable]:
    """Those of these people whom mail does not reach at their present address, the longest first."""
    by_id = {person.pk: person for person in people}
    dead = dead_among({person.pk: person.email for person in by_id.values()})
    rows = [Unreachable(by_id[key], row.get_what_display(), row.since) for key, row in dead.items()]
    return sorted(rows, key=lambda row: row.since)


def dead_addresses_of(person: User, now: datetime) -> list[Unreachable]:
    """The addresses that somebody looks after and mail does not reach."""
    dead = DeadAddress.objects.values("recipient_id")
    return unreachable(people_tended_by(person, now).filter(pk__in=dead))


def with_people(mails: QuerySet[Mail]) -> list[Stuck]:
    """The first of these mails, each with whom it is for."""
    shown = list(mails[:MOST])
    people = User.objects.in_bulk({mail.recipient_id for mail in shown})
    return [Stuck(mail, people.get(mail.recipient_id)) for mail in shown]

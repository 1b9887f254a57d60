"""News of the mail service about somebody's mail, and an address that works again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.outbox.bounces import News, forget, note, revive
from pestzorg.outbox.models import DeadAddress, Mail
from schools import events
from schools.models import MembershipRole, User
from schools.queries.stuck_mail import people_tended_by


@transaction.atomic
def note_bounce(news: News, *, now: datetime) -> bool:
    """Write down that a mail came back or is unwanted. False for what was noted before, or is about nobody here."""
    mail = Mail.objects.filter(uuid=news.mail_uuid).first() if news.mail_uuid else None
    people = User.objects.filter(pk=mail.recipient_id) if mail else _with_address(news.email)
    person = people.first()
    if person is None or not note(news, person.pk, mail, now):
        return False
    log.record(None, events.MAIL_CAME_BACK, now=now, subject_uuid=person.uuid, what=news.what)
    return True


@transaction.atomic
def revive_address(actor: User, person: User, *, now: datetime) -> None:
    """Send to the address of this account again, and what waits at once. Refuses who does not look after it."""
    if not people_tended_by(actor, now).filter(pk=person.pk).exists():
        raise broken(None, _("You cannot do this for this account."), "not_allowed")
    if not revive(person.pk, person.email, now):
        raise broken(None, _("Mail to this address is sent already."), "state")
    log.record(actor, events.ADDRESS_REVIVED, now=now, subject_uuid=person.uuid)


def tidy_bounces(now: datetime) -> int:
    """Forget old news of the mail service, and dead addresses that nobody who works here has; returns how many rows."""
    held = MembershipRole.objects.running_at(now).values("membership__user")
    here = User.objects.filter(is_active=True, pk__in=held)
    noted = here.filter(pk__in=DeadAddress.objects.values("recipient_id"))
    return forget(dict(noted.values_list("pk", "email")), now)


def _with_address(email: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=email)

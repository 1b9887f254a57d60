"""What the mail service says afterwards: a mail came back, an address takes none. Knows no person, only ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from pestzorg.outbox.builders import builder_of
from pestzorg.outbox.models import DeadAddress, Mail, MailEvent, State, What

# A full mailbox may be emptied; the third time in two weeks somebody has to look.
PATIENCE, PATIENT_FOR = 3, timedelta(days=14)
CAME_BACK = (What.HARD, What.SOFT)
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class News:
    """One event of the mail service; `key` is the same whenever it tells it again."""

    key: str
    what: What
    email: str
    mail_uuid: UUID | None


@transaction.atomic
def note(news: News, recipient_id: int, mail: Mail | None, now: datetime) -> bool:
    """Write it down: the mail came back, and perhaps the address takes none. False when it was noted before."""
    _event, is_new = MailEvent.objects.get_or_create(
        key=_sealed(news.key, settings.SECRET_KEY),
        defaults={"recipient_id": recipient_id, "mail": mail, "what": news.what, "noted_at": now},
    )
    if not is_new:
        return False
    if mail is not None and news.what in CAME_BACK:
        sent = Mail.objects.filter(pk=mail.pk, state=State.SENT)
        sent.update(state=State.BOUNCED, error=news.what)
    if news.what != What.SOFT or _too_often(recipient_id, now):
        DeadAddress.objects.get_or_create(
            recipient_id=recipient_id,
            address_hash=hash_of(news.email),
            defaults={"what": news.what, "since": now},
        )
    if mail is not None and news.what in CAME_BACK:
        _come_back(mail, now)
    return True


def dead_among(emails: Mapping[int, str]) -> dict[int, DeadAddress]:
    """Which of these people (id -> present address) mail does not reach."""
    found = DeadAddress.objects.filter(recipient_id__in=list(emails))
    return {
        row.recipient_id: row
        for row in found
        if row.address_hash in _hashes(emails[row.recipient_id])
    }


def revive(recipient_id: int, email: str, now: datetime) -> bool:
    """Mail may go to this address again, and what waits goes now. False when it was not dead."""
    mine = DeadAddress.objects.filter(recipient_id=recipient_id, address_hash__in=_hashes(email))
    gone, _by_model = mine.delete()
    waiting = Mail.objects.filter(recipient_id=recipient_id, state=State.QUEUED, not_before__gt=now)
    waiting.update(not_before=now)
    MailEvent.objects.filter(recipient_id=recipient_id, what=What.SOFT).delete()
    return bool(gone)


def forget(emails: Mapping[int, str], now: datetime) -> int:
    """Remove news of ninety days ago, and what is not the present address of one of these people (id -> address).

    A dead address stays as long as somebody has it: else mail would be tried again where it is not wanted.
    """
    old, _by_model = MailEvent.objects.filter(noted_at__lte=now - KEPT_FOR).delete()
    living = [row.pk for row in dead_among(emails).values()]
    dead, _by_model = DeadAddress.objects.exclude(pk__in=living).delete()
    return old + dead


def hash_of(email: str) -> str:
    """How an address is recognised without being kept; nobody finds it by trying addresses without our key."""
    return _hashes(email)[0]


def _hashes(email: str) -> list[str]:
    # The present key first; while a key is being replaced, what was noted with the former one still counts.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_sealed(email.strip().lower(), key) for key in keys]


def _sealed(text: str, key: str) -> str:
    return salted_hmac("pestzorg.outbox.bounces", text, secret=key, algorithm="sha256").hexdigest()


def _come_back(mail: Mail, now: datetime) -> None:
    # After the address was noted: whoever is asked next must not be the one whom mail does not reach.
    mail.refresh_from_db(fields=["state", "error"])
    if mail.state == State.BOUNCED:
        builder_of(mail.kind).settled(mail, now)


def _too_often(recipient_id: int, now: datetime) -> bool:
    lately = MailEvent.objects.filter(
        recipient_id=recipient_id, what=What.SOFT, noted_at__gt=now - PATIENT_FOR
    )
    return lately.count() >= PATIENCE

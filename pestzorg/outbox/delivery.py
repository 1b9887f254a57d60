"""Sends what is in the outbox, one mail at a time: claim, build, SMTP, mark. The only place that talks SMTP.

Queued once, sent at least once: a crash between the server's "250" and our mark repeats one mail.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pestzorg.outbox import retry
from pestzorg.outbox.addresses import Address, address_of
from pestzorg.outbox.builders import Content, Nothing, Postponed, Unchanged, Verdict, builder_of
from pestzorg.outbox.heartbeat import beat
from pestzorg.outbox.message import message_of
from pestzorg.outbox.models import OPEN, Mail, State, claimable_at

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # far longer than the worst row of SMTP time-outs
SHORTEST_PAUSE = timedelta(minutes=1)  # a builder that postpones to the past must not spin


@dataclass
class Counts:
    """What happened to the mails of one run."""

    sent: int = 0
    retry: int = 0
    parked: int = 0
    aborted: int = 0
    postponed: int = 0

    def add(self, state: str) -> None:
        """Count one mail that ended this step in `state`."""
        name = "postponed" if state == State.QUEUED else str(state)
        setattr(self, name, getattr(self, name) + 1)

    @property
    def total(self) -> int:
        """How many mails were taken up."""
        return self.sent + self.retry + self.parked + self.aborted + self.postponed


def deliver(now: datetime, limit: int | None = None, seconds: float | None = None) -> Counts:
    """Deliver until nothing is left, `limit` mails were taken up or `seconds` have passed."""
    counts = Counts()
    stop = None if seconds is None else time.monotonic() + seconds
    while limit is None or counts.total < limit:
        state = _deliver_next(now)
        if state is None:
            break
        counts.add(state)
        if stop is not None and time.monotonic() >= stop:
            break
    beat("deliver", now)
    return counts


def deliver_one(now: datetime) -> bool:
    """Take up one mail that may be sent at `now`; False when there is none."""
    return _deliver_next(now) is not None


def _deliver_next(now: datetime) -> str | None:
    mail = _claim(now)
    if mail is None:
        return None
    try:
        address = _prepare(mail, now)
        if address is None:
            return mail.state
        # Outside any transaction: a slow server must not hold locks.
        message_of(mail, address).send()
    except Exception as error:
        _mark_failed(mail, error, now)
    else:
        _mark_sent(mail, now)
    return mail.state


def _claim(now: datetime) -> Mail | None:
    """Take the first claimable mail and commit, so that nobody else sends it during the lease."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=True)
            .alias(claimable_at=claimable_at())
            .filter(state__in=OPEN, claimable_at__lte=now)
            .order_by("claimable_at", "id")
            .first()
        )
        if mail is None:
            return None
        # SENDING with an expired lease: its worker died, perhaps after the server said 250. Sending
        # again can repeat the mail, with the same Message-ID. We prefer twice to never.
        mail.state, mail.lease_until, mail.retry_at = State.SENDING, now + LEASE, None
        mail.attempts += 1
        mail.save(update_fields=["state", "lease_until", "retry_at", "attempts"])
    return mail


def _prepare(mail: Mail, now: datetime) -> Address | None:
    """Ask again whether this mail is wanted. Returns the address, or None when it must not go out now."""
    with transaction.atomic():
        address = address_of(mail.recipient_id, now)
        if address is None:
            _abort(mail, now)
            return None
        verdict = builder_of(mail.kind).build(mail, address, now)
        return address if _obey(mail, verdict, now) else None


def _obey(mail: Mail, verdict: Verdict, now: datetime) -> bool:
    """Carry out the builder's verdict; True when the mail may go out now."""
    match verdict:
        case Nothing():
            _abort(mail, now)
            return False
        case Postponed(until):
            _postpone(mail, max(until, now + SHORTEST_PAUSE), now)
            return False
        case Content():
            _freeze(mail, verdict, now)
        case Unchanged():
            mail.first_tried_at = mail.first_tried_at or now
            mail.save(update_fields=["first_tried_at"])
    return True


def _freeze(mail: Mail, content: Content, now: datetime) -> None:
    mail.subject, mail.text, mail.html = content.subject, content.text, content.html
    mail.built_at = mail.built_at or now
    mail.first_tried_at = mail.first_tried_at or now
    mail.save(update_fields=["subject", "text", "html", "built_at", "first_tried_at"])


def _postpone(mail: Mail, until: datetime, now: datetime) -> None:
    mail.state, mail.lease_until, mail.not_before = State.QUEUED, None, until
    mail.attempts -= 1  # waiting is not a try
    if mail.first_tried_at is not None:
        # Nights and holidays do not use up the patience with the server.
        mail.first_tried_at += until - now
    mail.save(update_fields=["state", "lease_until", "not_before", "attempts", "first_tried_at"])


def _abort(mail: Mail, now: datetime) -> None:
    mail.state, mail.lease_until = State.ABORTED, None
    mail.save(update_fields=["state", "lease_until"])
    builder_of(mail.kind).settled(mail, now)


def _mark_sent(mail: Mail, now: datetime) -> None:
    """Sent is sent, even when the lease ran out meanwhile and somebody else is sending it too."""
    with transaction.atomic():
        mail.state, mail.lease_until, mail.sent_at, mail.error = State.SENT, None, now, ""
        mail.save(update_fields=["state", "lease_until", "sent_at", "error"])
        try:
            with transaction.atomic():
                builder_of(mail.kind).settled(mail, now)
        except Exception as error:
            # The mail is out. Undoing the mark would send it again on every claim.
            logger.error("mail %s sent, not settled: %s", mail.uuid, retry.describe(error))


def _mark_failed(mail: Mail, error: Exception, now: datetime) -> None:
    """Plan the next try or park the mail, unless another worker took it over after our lease."""
    mine = Mail.objects.filter(pk=mail.pk, state=State.SENDING, attempts=mail.attempts)
    first_tried_at = mail.first_tried_at or now
    retry_at = retry.next_try_at(error, mail.attempts, first_tried_at, now)
    mail.state = State.PARKED if retry_at is None else State.RETRY
    mine.update(
        state=mail.state,
        retry_at=retry_at,
        lease_until=None,
        first_tried_at=first_tried_at,
        error=retry.name_of(error),
    )
    logger.warning("mail %s now %s: %s", mail.uuid, mail.state, retry.describe(error))

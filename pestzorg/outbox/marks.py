"""How a try ended, written down: each of these is one short transaction, and leaves another worker's mail alone."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pestzorg.outbox import heartbeat, retry
from pestzorg.outbox.builders import Content, Nothing, Postponed, Unchanged, Verdict, builder_of
from pestzorg.outbox.claims import LEASE, held, release_all
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.statements import write

logger = logging.getLogger(__name__)

SHORTEST_PAUSE = timedelta(minutes=1)  # a builder that postpones to the past must not spin


def obey(mail: Mail, verdict: Verdict, now: datetime) -> bool:
    """Carry out the builder's verdict; True when the mail may go out now."""
    match verdict:
        case Nothing():
            abort(mail, now)
            return False
        case Postponed(until):
            _postpone(mail, max(until, now + SHORTEST_PAUSE), now)
            return False
        case Content():
            built = {"subject": verdict.subject, "text": verdict.text, "html": verdict.html}
            _begin(mail, now, **built, built_at=mail.built_at or now)
        case Unchanged():
            _begin(mail, now)
    return True


def _begin(mail: Mail, now: datetime, **frozen: Any) -> None:
    """Frozen as it was built, and ours for as long as sending may take."""
    tried_at = mail.first_tried_at or now
    write(mail, lease_until=now + LEASE, first_tried_at=tried_at, **frozen)


def _postpone(mail: Mail, until: datetime, now: datetime) -> None:
    mail.state, mail.lease_until, mail.not_before = State.QUEUED, None, until
    mail.attempts -= 1  # waiting is not a try
    if mail.first_tried_at is not None:
        # Nights and holidays do not use up the patience with the server.
        mail.first_tried_at += until - now
    mail.save(update_fields=["state", "lease_until", "not_before", "attempts", "first_tried_at"])


def abort(mail: Mail, now: datetime) -> None:
    """Nobody wants it any more."""
    mail.state, mail.lease_until = State.ABORTED, None
    mail.save(update_fields=["state", "lease_until"])
    builder_of(mail.kind).settled(mail, now)


def mark_sent(mail: Mail, now: datetime) -> None:
    """Sent is sent, even when the lease ran out meanwhile and somebody else is sending it too."""
    server_was_away = mail.server_away
    try:
        with transaction.atomic():
            _sent(mail, now, server_was_away=server_was_away)
            builder_of(mail.kind).settled(mail, now)
    except Exception as error:
        # The mail is out. Without the mark it would be sent again on every claim.
        with transaction.atomic():
            _sent(mail, now, server_was_away=server_was_away)
        logger.error("mail %s sent, not settled: %s", mail.uuid, retry.describe(error))


def _sent(mail: Mail, now: datetime, *, server_was_away: bool) -> None:
    write(mail, state=State.SENT, lease_until=None, sent_at=now, error="", server_away=False)
    if server_was_away:
        release_all(now)
        heartbeat.beat(heartbeat.BACK, now)


def mark_failed(mail: Mail, error: Exception, now: datetime) -> None:
    """Plan the next try or park the mail, unless another worker took it over after our lease."""
    first_tried_at = mail.first_tried_at or now
    attempts = 1 if _is_a_straggler(error, now) else mail.attempts
    retry_at = retry.next_try_at(error, attempts, first_tried_at, now, mail.uuid)
    mail.state = State.PARKED if retry_at is None else State.RETRY
    held(mail).update(
        state=mail.state,
        retry_at=retry_at,
        lease_until=None,
        first_tried_at=first_tried_at,
        server_away=retry.is_servers(error),
        error=retry.name_of(error),
    )
    logger.warning("mail %s now %s: %s", mail.uuid, mail.state, retry.describe(error))


def _is_a_straggler(error: Exception, now: datetime) -> bool:
    """Whether it met the end of an outage, or a server still waking up, after all that waited was released."""
    came_back_at = heartbeat.last_beat_at(heartbeat.BACK)
    return retry.is_servers(error) and heartbeat.is_recent(came_back_at, now)

"""Sends what is in the outbox: claim some, then one at a time build, SMTP, mark. The only place that talks SMTP.

Queued once, sent at least once: a crash between the server's "250" and our mark repeats one mail.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pestzorg.outbox import heartbeat
from pestzorg.outbox.addresses import Address, address_of
from pestzorg.outbox.bounces import dead_among
from pestzorg.outbox.builders import Content, Postponed, Unchanged, Verdict, builder_of
from pestzorg.outbox.claims import AT_ONCE, Hands, claim, put_back
from pestzorg.outbox.line import Line
from pestzorg.outbox.marks import abort, mark_failed, mark_sent, obey
from pestzorg.outbox.message import message_of
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.pace import TooFast, take_turn
from pestzorg.outbox.statements import lock

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(days=1)  # whether the address was put right meanwhile
READY = (Content, Unchanged)  # to leave, as far as its builder can say

# Where a mail is after a step, and what the step is counted as.
COUNTED_AS = {State.QUEUED: "postponed", State.SENDING: "overtaken"}


@dataclass
class Counts:
    """What happened to the mails of one run."""

    sent: int = 0
    retry: int = 0
    parked: int = 0
    aborted: int = 0
    postponed: int = 0
    overtaken: int = 0  # taken up too late: the lease had run out
    wait: int = 0  # seconds until the next mail may leave, when the pace ended the run

    def add(self, state: str) -> None:
        """Count one mail that ended this step in `state`."""
        name = COUNTED_AS.get(State(state), state)
        setattr(self, name, getattr(self, name) + 1)

    @property
    def total(self) -> int:
        """How many mails were taken up."""
        return self.sent + self.retry + self.parked + self.aborted + self.postponed + self.overtaken


def deliver(
    now: datetime, limit: int | None = None, seconds: float | None = None, *, paced: bool = False
) -> Counts:
    """Deliver until nothing is left, `limit` mails were taken up or `seconds` have passed.

    `paced` also stops as soon as MAIL_PER_MINUTE is used up; `wait` of the answer then says for how long.
    """
    counts = Counts()
    stop = None if seconds is None else time.monotonic() + seconds
    everything = False
    with Line() as line, closing(Hands(now)) as hands:
        try:
            while (left := _left(counts, limit)) and (mail := hands.take(left)):
                counts.add(_deliver(mail, line, now, paced=paced))
                if stop is not None and time.monotonic() >= stop:
                    break
            else:
                everything = left > 0
        except TooFast as too_fast:
            counts.wait = too_fast.seconds
    _leave_signs(counts, now, everything=everything)
    return counts


def deliver_one(now: datetime) -> bool:
    """Take up one mail that may be sent at `now`; False when there is none."""
    with Line() as line:
        for mail in claim(now):
            _deliver(mail, line, now)
            return True
    return False


def _left(counts: Counts, limit: int | None) -> int:
    return AT_ONCE if limit is None else limit - counts.total


def _leave_signs(counts: Counts, now: datetime, *, everything: bool) -> None:
    signs = [heartbeat.DELIVER]
    if counts.sent:
        signs.append(heartbeat.SENT)
    if everything and (counts.sent or not heartbeat.server_is_away(now)):
        signs.append(heartbeat.ON_TIME)
    heartbeat.beat_all(signs, now)


def _deliver(mail: Mail, line: Line, now: datetime, *, paced: bool = False) -> str:
    if mail.state == State.PARKED:
        logger.error("mail %s parked: %s", mail.uuid, mail.error)
        return mail.state
    try:
        address = _prepare(mail, now)
        if address is None:
            return mail.state
        if paced:
            take_turn(now)
        # Outside any transaction: a slow server must not hold locks.
        line.send(message_of(mail, address))
    except TooFast:
        put_back(mail)
        raise
    except Exception as error:
        mark_failed(mail, error, now)
    else:
        mark_sent(mail, now)
    return mail.state


def _prepare(mail: Mail, now: datetime) -> Address | None:
    """Ask again whether this mail is wanted. Returns the address, or None when it must not go out now."""
    with transaction.atomic():
        # Locked, and looked at again: whoever was slower than the lease must not write into what is somebody else's.
        ours = lock(mail)
        if ours is None:
            return None
        address = address_of(mail.recipient_id, now)
        if address is None:
            abort(mail, now)
            return None
        verdict = builder_of(mail.kind).build(mail, address, now)
        if ours.any_dead_address:
            verdict = _unless_dead(verdict, mail, address, now)
        return address if obey(mail, verdict, now) else None


def _unless_dead(verdict: Verdict, mail: Mail, address: Address, now: datetime) -> Verdict:
    # After asking: what is somebody else's by now must not wait with it for this address. What comes up while a
    # person has a look goes along.
    if isinstance(verdict, READY) and dead_among({mail.recipient_id: address.email}):
        return Postponed(now + LOOK_AGAIN)
    return verdict

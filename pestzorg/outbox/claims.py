"""Whose mail it is: taking some for a while, and whether one still is ours. Sends nothing."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import F, QuerySet

from pestzorg.outbox import retry
from pestzorg.outbox.models import Mail, Priority, State
from pestzorg.outbox.statements import first_in_line

LEASE = timedelta(
    minutes=15
)  # of a mail that is being sent: far longer than the worst row of SMTP time-outs
# Of one that waits in a hand: longer than a run and a hold. When a worker dies, its others are free after this; behind
# a very slow mail one may be taken over without a death, but only once, since it is begun at once then.
IN_HAND = timedelta(minutes=2)
AT_ONCE = 10  # so many mails wait when their worker dies
LONGEST_HOLD = 30.0  # seconds; then what is urgent gets its turn, and the lease never runs short


class Hands:
    """The mails a worker has claimed and not yet begun. Claims some at a time, gives out one by one."""

    def __init__(self, now: datetime) -> None:
        self._now, self._since = now, 0.0
        self._waiting: deque[Mail] = deque()

    def take(self, most: int) -> Mail | None:
        """The next mail, None when none may be sent now. Never holds more than `most`."""
        if time.monotonic() - self._since > LONGEST_HOLD:
            self.close()
        if not self._waiting:
            self._waiting.extend(claim(self._now, min(most, AT_ONCE)))
            self._since = time.monotonic()
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Lay down what was not begun: it is free for everybody, and was not tried."""
        while self._waiting:
            put_back(self._waiting.pop())


def claim(now: datetime, most: int = 1) -> list[Mail]:
    """Take the first claimable mails and commit, so that nobody else sends them during the lease.

    A mail in whose sending a worker died is taken alone, so that it takes no other mail along when it was the
    cause; one that was in hands of worker after worker comes back parked. One that met no server is taken alone
    too: it is enough to find out whether there is one again. So is what is urgent, so that among several workers
    the oldest still leaves first.
    """
    with transaction.atomic():
        mails = next(filter(None, (_first(priority, now, most) for priority in Priority)), [])
        if mails and _goes_alone(mails[0]):
            return [_take_over(mails[0], now)]
        mails = list(takewhile(lambda mail: not _goes_alone(mail), mails))
        for mail in mails:
            _lease(mail, now)
        ours = Mail.objects.filter(pk__in=[mail.pk for mail in mails])
        ours.update(
            state=State.SENDING,
            lease_until=now + IN_HAND,
            retry_at=None,
            attempts=F("attempts") + 1,
        )
    return mails


def put_back(mail: Mail) -> None:
    """It stays first in line; waiting for one's turn is not a try."""
    held(mail).update(state=State.QUEUED, lease_until=None, attempts=mail.attempts - 1)
    mail.state = State.QUEUED


def held(mail: Mail) -> QuerySet[Mail]:
    """The row, while it is still ours: whoever is slower than the lease finds nothing."""
    return Mail.objects.filter(
        pk=mail.pk, state=State.SENDING, attempts=mail.attempts, lease_until=mail.lease_until
    )


def release_all(now: datetime) -> None:
    """The server is back: what waits for it need not wait out its pause, and leaves in the order in which it was due."""
    waiting = Mail.objects.filter(state=State.RETRY, server_away=True, not_before__lte=now)
    waiting.update(retry_at=F("not_before"), server_away=False)


def _goes_alone(mail: Mail) -> bool:
    return mail.state == State.SENDING or mail.takeovers > 0 or mail.server_away


def _take_over(mail: Mail, now: datetime) -> Mail:
    if mail.state == State.SENDING:
        # The lease of a dead worker, perhaps after the server said 250. Sending again can repeat the mail,
        # with the same Message-ID. We prefer twice to never.
        mail.takeovers += 1
    if mail.takeovers >= retry.MOST_TRIES:
        mail.state, mail.lease_until, mail.error = State.PARKED, None, retry.WORKER_LOST
    else:
        _lease(mail, now)
    mail.save(update_fields=["state", "lease_until", "retry_at", "attempts", "takeovers", "error"])
    return mail


def _lease(mail: Mail, now: datetime) -> None:
    mail.state, mail.lease_until, mail.retry_at = State.SENDING, now + IN_HAND, None
    mail.attempts += 1


def _first(priority: Priority, now: datetime, most: int) -> list[Mail]:
    return first_in_line(priority, now, 1 if priority == Priority.URGENT else most)

"""How fast mail leaves, so that after an outage nobody takes us for somebody who floods their mail server."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from pestzorg.signin.throttle import spend

BUCKET = "outgoing mail"
AT_ONCE = 12  # one twelfth of a minute's mail may leave at once


class TooFast(Exception):
    """This minute's mail has left."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


def take_turn(now: datetime) -> None:
    """Count one mail; raises TooFast beyond MAIL_PER_MINUTE in any sixty seconds. 0 is no limit."""
    per_minute = settings.MAIL_PER_MINUTE
    if not per_minute:
        return
    # What may leave at once and what comes in during a minute are together a minute's mail.
    burst = max(1, per_minute // AT_ONCE)
    wait = spend(BUCKET, now, burst=burst, rate=max(1, per_minute - burst) / 60)
    if wait:
        raise TooFast(wait)

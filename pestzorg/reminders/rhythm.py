"""How often somebody wants the digest. What people chose is plugged in; here it is a moment, or never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pestzorg.outbox.models import Mail, State
from pestzorg.reminders.models import STAYED_UNDONE, Kind

Lookup = Callable[[int, datetime], datetime | None]

book: list[Lookup] = []

# The net under everybody else's choice: nobody comes after a coordinator who hears nothing. Of aftercare and of what
# waits for a decision nobody else hears, and a list before a holiday is of no use after it.
WAITS_FOR_NO_CHOICE = STAYED_UNDONE | frozenset(
    {
        Kind.FIRST_RESPONSE,
        Kind.FIRST_TALK,
        Kind.AFTERCARE_DUE,
        Kind.NEEDS_ATTENTION,
        Kind.PRE_HOLIDAY_LIST,
    }
)


def register(lookup: Lookup) -> None:
    """Make `lookup(recipient_id, at)` say when what is due then may leave in a digest; None: this person wants none."""
    book[:] = [lookup]


def digest_from(recipient_id: int, at: datetime) -> datetime | None:
    """From when a digest may leave with what is due `at` a moment; at once while nothing is plugged in."""
    return book[0](recipient_id, at) if book else at


def misses_the_digest(kind: str, recipient_id: int, at: datetime) -> bool:
    """Whether this, due at that moment, must be told then, and its reader's digest comes later or never."""
    return kind in WAITS_FOR_NO_CHOICE and digest_from(recipient_id, at) != at


def chosen_anew(recipient_id: int, key: str, now: datetime) -> None:
    """The digest that waits for the former rhythm is looked at again now, and may wait for the new one."""
    waiting = Mail.objects.filter(recipient_id=recipient_id, key=key, state=State.QUEUED)
    waiting.filter(not_before__gt=now).update(not_before=now)

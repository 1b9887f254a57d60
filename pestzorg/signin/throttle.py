"""Limits on tries, counted in the database, so that every server process counts along.

No limit on an account looks at an address: a whole school shares one, and whoever attacks has many.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least

from pestzorg.signin.models import Bucket, Tries

Limits = tuple[tuple[int, timedelta], ...]

DAY = timedelta(days=1)
SIGN_IN: Limits = ((5, timedelta(minutes=5)), (50, DAY))
RESET_MAIL: Limits = ((3, timedelta(minutes=15)), (10, DAY))
# A program with a token: so many requests at once, and then so many a second.
TOKEN_BURST, TOKEN_RATE = 120, 2.0


@transaction.atomic
def take(key: str, limits: Limits, now: datetime) -> bool:
    """Count one try; False when there were too many, and then it does not count."""
    row, _made = Tries.objects.select_for_update().get_or_create(key=_hash(key))
    moment = now.timestamp()
    recent = [m for m in row.moments if m > moment - DAY.total_seconds()]
    for amount, span in limits:
        if sum(m > moment - span.total_seconds() for m in recent) >= amount:
            return False
    row.moments, row.tried_at = [*recent, moment], now
    row.save()
    return True


@transaction.atomic
def give_back(key: str) -> None:
    """The last try was right: it does not count. Earlier wrong ones still do."""
    row = Tries.objects.select_for_update().filter(key=_hash(key)).first()
    if row and row.moments:
        row.moments = row.moments[:-1]
        row.save()


def forget(key: str) -> None:
    """Start counting anew, because somebody proved who they are in another way."""
    Tries.objects.filter(key=_hash(key)).delete()


def spend(key: str, now: datetime, *, burst: int = TOKEN_BURST, rate: float = TOKEN_RATE) -> int:
    """Take one out of a bucket that refills; returns 0, or how many seconds to wait."""
    moment, named = now.timestamp(), _hash(key)
    refilled = F("level") + (Value(moment) - F("filled_at")) * rate
    # One statement, so that two processes cannot both take the last one.
    rows = Bucket.objects.filter(key=named).annotate(full=refilled).filter(full__gte=1)
    if rows.update(level=Least(Value(float(burst)), refilled) - 1, filled_at=moment):
        return 0
    new = {"level": burst - 1.0, "filled_at": moment}
    bucket, made = Bucket.objects.get_or_create(key=named, defaults=new)
    if made:
        return 0
    return max(1, ceil((1 - bucket.level) / rate - (moment - bucket.filled_at)))


@transaction.atomic
def charge(key: str, now: datetime, *, burst: int, rate: float) -> None:
    """Take one out, also when nothing is left: whoever comes many at once owes them, and waits the longer."""
    moment, named = now.timestamp(), _hash(key)
    Bucket.objects.get_or_create(key=named, defaults={"level": float(burst), "filled_at": moment})
    refilled = F("level") + (Value(moment) - F("filled_at")) * rate
    left = Least(Value(float(burst)), refilled) - 1
    Bucket.objects.filter(key=named).update(level=left, filled_at=moment)


def has_room(key: str, now: datetime, *, burst: int, rate: float) -> bool:
    """Whether something is left now; takes nothing. For what counts only when it turns out wrong."""
    bucket = Bucket.objects.filter(key=_hash(key)).first()
    level = bucket.level + (now.timestamp() - bucket.filled_at) * rate if bucket else burst
    return level >= 1


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

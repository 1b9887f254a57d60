"""Housekeeping: what ended or is forgotten anyway is swept away once an hour."""

from __future__ import annotations

from celery import shared_task

from pestzorg.outbox.moments import moment_or_now
from pestzorg.signin.devices import KNOWN_FOR
from pestzorg.signin.models import Bucket, KnownDevice, Tries
from pestzorg.signin.store import SessionStore
from pestzorg.signin.throttle import DAY


def run_tidy(now: str | None = None) -> None:
    """Delete ended sessions, tries older than any limit, full buckets and browsers nobody used for long."""
    moment = moment_or_now(now)
    SessionStore.clear_expired()
    Tries.objects.filter(tried_at__lt=moment - DAY).delete()
    Bucket.objects.filter(filled_at__lt=(moment - DAY).timestamp()).delete()
    KnownDevice.objects.filter(used_at__lt=moment - KNOWN_FOR).delete()


tidy_task = shared_task(name="signin.tidy")(run_tidy)

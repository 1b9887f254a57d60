"""The own calendar feed: opened with a secret address, renewed, ended by hand and with the work at a school."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.signin import throttle
from schools import events
from schools.access import may_own_feed
from schools.models import CalendarFeed, User
from schools.services.secret_words import hash_of, new_secret

# A calendar program looks once an hour or so, also when a phone, a tablet and a laptop share one address.
BURST, RATE = 20, 1 / 30


class FeedEnded(Exception):
    """This address worked once, and never will again."""


class FeedBusy(Exception):
    """Asked too often."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


@transaction.atomic
def open_feed(user: User, *, now: datetime) -> str:
    """A new address for somebody who works with pupils; the old one ends. Returns its secret, for the only time."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not may_own_feed(user, now):
        raise broken(
            None, _("You do not work with pupils at a school, so there is nothing to show.")
        )
    end_feed(user, now=now)
    secret = new_secret()
    feed = CalendarFeed.objects.create(user=user, secret_hash=hash_of(secret), created_at=now)
    log.record(user, events.FEED_OPENED, now=now, subject_uuid=feed.uuid)
    return secret


@transaction.atomic
def end_feed(user: User, *, now: datetime) -> None:
    """The address of this person is gone at once; nothing happens when there is none."""
    living = CalendarFeed.objects.filter(user=user, revoked_at=None)
    for feed in living:
        living.filter(pk=feed.pk).update(revoked_at=now)
        log.record(user, events.FEED_ENDED, now=now, subject_uuid=feed.uuid)


def feed_of(secret: str, now: datetime) -> CalendarFeed | None:
    """The feed behind a secret, or None when there never was one; remembers the day it was used.

    Raises FeedEnded when it was taken back or its owner works with pupils nowhere now, FeedBusy when it is asked
    too often.
    """
    feed = CalendarFeed.objects.select_related("user").filter(secret_hash=hash_of(secret)).first()
    if feed is None:
        return None
    if feed.revoked_at is not None or not may_own_feed(feed.user, now):
        raise FeedEnded
    if wait := throttle.spend(f"feed {feed.pk}", now, burst=BURST, rate=RATE):
        raise FeedBusy(wait)
    _remember_use(feed, now.date())
    return feed


def _remember_use(feed: CalendarFeed, today: date) -> None:
    if feed.last_used_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_on=today)

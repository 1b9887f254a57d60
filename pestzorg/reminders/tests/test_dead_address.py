"""A reminder for an address that takes no mail waits, unless somebody else is asked by now."""

from __future__ import annotations

import pytest
from django.core import mail as django_mail

from pestzorg.outbox.bounces import hash_of, revive
from pestzorg.outbox.delivery import Counts, deliver
from pestzorg.outbox.models import DeadAddress, Mail
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned

pytestmark = pytest.mark.django_db

EMAIL = "p1@example.org"


@pytest.fixture(autouse=True)
def dead(source):
    DeadAddress.objects.create(
        recipient_id=1, address_hash=hash_of(EMAIL), what="hard", since=MORNING
    )


def test_it_waits_and_takes_along_what_comes_up_meanwhile():
    first = planned()
    sweep(MORNING)
    assert deliver(MORNING) == Counts(postponed=1)
    second = planned(MORNING + DAY)
    sweep(MORNING + DAY)
    assert deliver(MORNING + DAY) == Counts(postponed=1)
    assert Mail.objects.get().built_at is None
    revive(1, EMAIL, MORNING + DAY)
    assert deliver(MORNING + DAY) == Counts(sent=1)
    [letter] = django_mail.outbox
    assert str(first) in letter.body
    assert str(second) in letter.body


def test_what_has_somebody_else_by_now_is_told_to_them(source):
    theirs, mine = planned(), planned()
    sweep(MORNING)
    source.recipients[theirs] = (2,)
    assert deliver(MORNING) == Counts(postponed=1)
    sweep(MORNING)
    assert deliver(MORNING) == Counts(sent=1)
    [letter] = django_mail.outbox
    assert letter.to == ["p2@example.org"]
    assert str(theirs) in letter.body
    assert str(mine) not in letter.body


def test_what_is_done_meanwhile_ends_though_nobody_is_told(source):
    source.done.add(planned())
    thing = planned()
    sweep(MORNING)
    source.done.add(thing)
    assert deliver(MORNING) == Counts(aborted=1)
    assert Reminder.objects.get().outcome == Outcome.DROPPED

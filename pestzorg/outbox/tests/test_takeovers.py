"""Two workers with one mail in hands: the first one was slower than its lease, or died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail

from pestzorg.outbox import delivery
from pestzorg.outbox.builders import Nothing, Postponed
from pestzorg.outbox.claims import IN_HAND, LEASE, claim
from pestzorg.outbox.delivery import Counts, deliver, deliver_one
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.pace import TooFast
from pestzorg.outbox.retry import MOST_TRIES
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = pytest.mark.django_db


def test_who_comes_back_after_the_lease_builds_and_sends_nothing(builder, monkeypatch):
    queued()
    prepare = delivery._prepare

    def slow(mail, now):
        with monkeypatch.context() as quick:
            quick.setattr(delivery, "_prepare", prepare)
            deliver(MORNING + LEASE)
        return prepare(mail, now)

    monkeypatch.setattr(delivery, "_prepare", slow)
    assert deliver(MORNING, limit=1) == Counts(overtaken=1)
    assert len(django_mail.outbox) == 1
    assert Mail.objects.get().state == State.SENT


@pytest.mark.parametrize("verdict", [Nothing(), Postponed(MORNING + timedelta(days=1))])
def test_whatever_it_would_have_done_is_left_to_the_other(builder, monkeypatch, verdict):
    queued()
    [mine] = claim(MORNING)
    assert claim(MORNING + LEASE)
    builder.verdicts = [verdict]
    assert delivery._prepare(mine, MORNING) is None
    mine.refresh_from_db()
    assert (mine.state, mine.attempts, mine.lease_until) == (
        State.SENDING,
        2,
        MORNING + LEASE + IN_HAND,
    )


def test_a_turn_that_comes_too_late_puts_nothing_back(builder, monkeypatch):
    queued()

    def overtaken(_now):
        claim(MORNING + LEASE)
        raise TooFast(1)

    monkeypatch.setattr(delivery, "take_turn", overtaken)
    deliver(MORNING, paced=True)
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (State.SENDING, 2)


def test_a_possible_repeat_is_counted(builder):
    queued()
    claim(MORNING)
    assert deliver(MORNING + LEASE) == Counts(sent=1)
    assert Mail.objects.get().takeovers == 1


def test_a_mail_that_kills_its_workers_is_parked_and_the_others_leave(builder, monkeypatch):
    deadly = queued()
    prepare = delivery._prepare

    def die(mail, now):
        if mail.pk == deadly.pk:
            raise SystemExit
        return prepare(mail, now)

    monkeypatch.setattr(delivery, "_prepare", die)
    now = MORNING
    for _ in range(MOST_TRIES):
        with pytest.raises(SystemExit):
            deliver_one(now)
        now += LEASE
    queued(recipient_id=2, now=now)
    assert deliver(now) == Counts(sent=1, parked=1)
    deadly.refresh_from_db()
    assert (deadly.state, deadly.error) == (State.PARKED, "WorkerLost")


def test_a_long_outage_does_not_park_a_mail_whose_worker_then_dies(builder):
    queued()
    Mail.objects.update(attempts=100)
    claim(MORNING)
    assert deliver(MORNING + LEASE) == Counts(sent=1)

"""Mails are claimed some at a time: whoever holds them gives back, and loses none by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pestzorg.outbox import claims, delivery
from pestzorg.outbox.claims import AT_ONCE, IN_HAND, claim
from pestzorg.outbox.delivery import Counts, deliver
from pestzorg.outbox.models import Mail, Priority, State
from pestzorg.outbox.pace import TooFast
from pestzorg.outbox.queue import put
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def twelve(builder):
    """More than one worker takes at once."""
    return [queued(recipient_id=number) for number in range(1, AT_ONCE + 3)]


def states() -> list[tuple[str, int]]:
    return list(Mail.objects.order_by("pk").values_list("state", "attempts"))


def test_no_more_is_claimed_than_may_be_sent(twelve):
    assert deliver(MORNING, limit=3) == Counts(sent=3)
    assert states()[3:] == [(State.QUEUED, 0)] * (AT_ONCE - 1)
    assert deliver(MORNING) == Counts(sent=AT_ONCE - 1)


def test_what_was_not_begun_in_time_is_free_at_once(twelve):
    assert deliver(MORNING, seconds=0) == Counts(sent=1)
    assert states()[1:] == [(State.QUEUED, 0)] * (AT_ONCE + 1)


def test_a_pace_gives_everything_back(twelve, monkeypatch):
    turns = iter([None, None])

    def two_turns(_now):
        if next(turns, TooFast(9)):
            raise TooFast(9)

    monkeypatch.setattr(delivery, "take_turn", two_turns)
    assert deliver(MORNING, paced=True) == Counts(sent=2, wait=9)
    assert states()[2:] == [(State.QUEUED, 0)] * AT_ONCE
    assert not Mail.objects.filter(lease_until__isnull=False).exists()


def test_what_is_urgent_waits_for_no_more_than_is_in_hand(twelve, monkeypatch):
    order = []
    prepare = delivery._prepare

    def look(mail, now):
        order.append(mail.recipient_id)
        if len(order) == 1:
            put("test", 99, now.date(), "urgent", now, now, Priority.URGENT)
            monkeypatch.setattr(claims, "LONGEST_HOLD", -1.0)
        return prepare(mail, now)

    monkeypatch.setattr(delivery, "_prepare", look)
    assert deliver(MORNING) == Counts(sent=AT_ONCE + 3)
    assert order[:3] == [1, 99, 2]


def test_what_is_urgent_is_taken_one_by_one(builder):
    for number in (1, 2):
        put("test", number, MORNING.date(), "urgent", MORNING, MORNING, Priority.URGENT)
    assert [[mail.recipient_id for mail in claim(MORNING, AT_ONCE)] for _ in (1, 2)] == [[1], [2]]


def test_a_worker_that_dies_takes_the_others_along_for_one_lease_only(twelve, monkeypatch):
    deadly = twelve[4]
    prepare = delivery._prepare

    def die(mail, now):
        if mail.pk == deadly.pk:
            raise SystemExit
        return prepare(mail, now)

    with monkeypatch.context() as killed:
        killed.setattr(delivery, "_prepare", die)
        killed.setattr(claims.Hands, "close", lambda self: None)  # SIGKILL gives nothing back
        with pytest.raises(SystemExit):
            deliver(MORNING)
    assert deliver(MORNING) == Counts(sent=2)
    assert deliver(MORNING + IN_HAND) == Counts(sent=AT_ONCE - 4)
    assert {state for state, _attempts in states()} == {State.SENT}


def test_a_mail_over_which_a_worker_died_is_taken_alone(twelve):
    in_dead_hands = [mail.pk for mail in claim(MORNING, 3)]
    late = MORNING + IN_HAND + timedelta(seconds=1)
    assert len(claim(late, AT_ONCE)) == AT_ONCE - 1  # the others, who waited longer
    alone = [claim(late, AT_ONCE) for _ in in_dead_hands]
    assert [[mail.pk for mail in mails] for mails in alone] == [[pk] for pk in in_dead_hands]
    assert [mail.takeovers for mails in alone for mail in mails] == [1, 1, 1]

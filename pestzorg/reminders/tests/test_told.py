"""What may be said of a reminder: planned, under way, sent, not delivered; and nothing of what was dropped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import abort, requeue
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.plan import cancel
from pestzorg.reminders.sweep import plan_one, sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned
from pestzorg.reminders.told import Status, tellings

pytestmark = pytest.mark.django_db


def told(thing):
    return [(t.status, t.recipient_id) for t in tellings(["test"], [thing])]


def park(server, mail=None):
    """The mail server refuses until the mail is parked."""
    server.at_door = ValueError("no")
    Mail.objects.update(attempts=7)
    deliver(MORNING)
    server.at_door = None
    return Mail.objects.get()


def test_from_planned_by_way_of_under_way_to_sent(source):
    thing = planned()
    assert told(thing) == [(Status.PLANNED, None)]
    plan_one(MORNING)
    assert told(thing) == [(Status.PLANNED, 1)]
    sweep(MORNING)
    assert told(thing) == [(Status.UNDER_WAY, 1)]
    deliver(MORNING + DAY)
    assert told(thing) == [(Status.SENT, 1)]
    assert tellings(["test"], [thing])[0].at == MORNING + DAY


def test_a_parked_mail_was_not_delivered_and_is_under_way_when_tried_again(source, server):
    thing = planned()
    sweep(MORNING)
    mail = park(server)
    assert told(thing) == [(Status.NOT_DELIVERED, 1)]
    requeue(MORNING, mail.uuid)
    assert told(thing) == [(Status.UNDER_WAY, 1)]
    deliver(MORNING)
    assert told(thing) == [(Status.SENT, 1)]


def test_what_somebody_gave_up_stays_not_delivered(source, server):
    thing = planned()
    sweep(MORNING)
    abort(park(server).uuid, MORNING + DAY)
    assert Reminder.objects.get().outcome == Outcome.FAILED
    assert told(thing) == [(Status.NOT_DELIVERED, 1)]
    assert tellings(["test"], [thing])[0].at == MORNING + DAY


def test_what_somebody_took_back_before_it_was_tried_was_not_delivered_either(source):
    thing = planned()
    sweep(MORNING)
    assert abort(Mail.objects.get().uuid, MORNING)
    assert told(thing) == [(Status.NOT_DELIVERED, 1)]


def test_giving_up_a_mail_drops_what_nobody_wants_any_more(source, server):
    done, still_open = planned(), planned()
    sweep(MORNING)
    mail = park(server)
    source.done.add(done)
    abort(mail.uuid, MORNING)
    assert told(done) == []
    assert told(still_open) == [(Status.NOT_DELIVERED, 1)]


def test_what_was_cancelled_is_not_told(source):
    thing = planned()
    sweep(MORNING)
    cancel("test", thing, MORNING)
    deliver(MORNING)
    assert told(thing) == []


def test_only_these_things_and_in_the_order_of_their_moments(source):
    later, first, other = planned(MORNING + DAY), planned(MORNING), planned()
    found = tellings(["test"], [later, first])
    assert [t.source_uuid for t in found] == [first, later]
    assert tellings(["test"], []) == tellings(["elsewhere"], [first]) == []
    assert other not in {t.source_uuid for t in found}


def test_many_things_are_two_questions(source, django_assert_num_queries):
    things = [planned(MORNING + timedelta(minutes=n)) for n in range(20)]
    sweep(MORNING + timedelta(minutes=9))
    with django_assert_num_queries(2):
        assert len(tellings(["test"], things)) == 20

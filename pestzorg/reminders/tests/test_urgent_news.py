"""What is urgent has a mail of its own, and waits for nothing but the rest of its own thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail as django_mail

from pestzorg.outbox.bounces import News, note
from pestzorg.outbox.delivery import Counts as Delivered
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, What
from pestzorg.reminders.models import DueMoment, Kind, Outcome, Reminder
from pestzorg.reminders.sweep import Counts, plan_one, queue_one, sweep
from pestzorg.reminders.tests.fakes import DAY, FRIDAY, MORNING, planned

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_urgent_item_does_not_wait(source):
    planned()
    sweep(MORNING)
    planned(MORNING + timedelta(hours=1), urgent=True)
    assert sweep(MORNING + timedelta(hours=1)) == Counts(planned=1, queued=1)
    urgent = Reminder.objects.get(urgent=True)
    assert urgent.mail is not None
    assert urgent.mail.key == f"urgent:{urgent.pk}"


def test_the_source_can_make_an_item_urgent_later(source):
    source.answer = replace(source.answer, urgent=True)
    planned()
    sweep(MORNING)
    assert Mail.objects.get().key.startswith("urgent:")


def test_urgent_items_have_a_mail_each(source):
    planned(urgent=True)
    planned(urgent=True)
    planned()
    assert sweep(MORNING) == Counts(planned=3, queued=3)


def test_urgent_news_of_one_thing_is_one_mail_however_many_moments_it_has(source):
    thing = uuid4()
    source.answer = replace(source.answer, urgent=True)
    for kind in (Kind.UPCOMING, Kind.DUE_TODAY, Kind.OVERDUE):
        DueMoment.objects.create(
            source="test", source_uuid=thing, kind=kind, due_on=FRIDAY, fires_at=MORNING
        )
    assert sweep(MORNING) == Counts(planned=3, queued=1)


def test_urgent_news_of_two_things_is_two_mails(source):
    source.answer = replace(source.answer, urgent=True)
    planned(), planned()
    assert sweep(MORNING) == Counts(planned=2, queued=2)


def test_what_waited_for_long_is_one_mail_also_when_it_is_urgent(source):
    source.answer = replace(source.answer, urgent=True)
    for _ in range(20):
        planned(MORNING - 2 * DAY)
    planned(MORNING)
    assert sweep(MORNING) == Counts(planned=21, queued=1)
    assert Mail.objects.get().reminders.count() == 21


def test_fresh_urgent_news_waits_for_its_own_thing_only(source):
    source.answer = replace(source.answer, urgent=True)
    thing = planned(MORNING - timedelta(minutes=2))
    DueMoment.objects.create(
        source="test", source_uuid=thing, kind=Kind.OVERDUE, due_on=FRIDAY, fires_at=MORNING
    )
    other = planned()
    plan_one(MORNING)
    assert not queue_one(MORNING)
    plan_one(MORNING)
    assert queue_one(MORNING)
    assert Mail.objects.get().reminders.count() == 2
    assert DueMoment.objects.get(settled_at=None).source_uuid == other


def test_urgent_news_that_waited_long_waits_for_the_rest_of_it(source):
    source.answer = replace(source.answer, urgent=True)
    planned(MORNING - 2 * DAY), planned(MORNING - 2 * DAY)
    plan_one(MORNING)
    assert not queue_one(MORNING)
    plan_one(MORNING)
    assert queue_one(MORNING)
    assert not queue_one(MORNING)


def test_urgent_news_goes_along_with_what_its_reader_waits_for(source):
    """A second sweep that queues while the first still plans must not send a mail more (weekend without a worker)."""
    source.answer = replace(source.answer, urgent=True)
    planned(MORNING - 2 * DAY), planned(MORNING - 2 * DAY), planned(), planned()
    for _ in range(3):
        plan_one(MORNING)
        assert not queue_one(MORNING)
    plan_one(MORNING)
    assert queue_one(MORNING)
    assert Mail.objects.get().reminders.count() == 4


def test_urgent_news_does_not_wait_for_what_others_wait_for(source):
    source.answer = replace(source.answer, urgent=True)
    source.recipients = {planned(MORNING - 2 * DAY): (2,), planned(): (1,)}
    planned()
    plan_one(MORNING)
    plan_one(MORNING)
    assert queue_one(MORNING)
    assert Mail.objects.get().recipient_id == 1


def test_what_missed_its_mail_of_today_holds_up_nobody_else(source):
    """Two old things are one mail with the key of the first; while that one cannot be asked, the mail leaves without."""
    source.answer = replace(source.answer, urgent=True)
    poisoned = planned(MORNING - 2 * DAY)
    planned(MORNING - 2 * DAY)
    sweep(MORNING)
    source.poisoned.add(poisoned)
    assert deliver(MORNING) == Delivered(sent=1)
    source.poisoned.clear()
    others = planned(MORNING + HOUR), planned(MORNING + HOUR)
    source.recipients = dict.fromkeys(others, (2,))
    assert sweep(MORNING + HOUR) == Counts(planned=2, queued=2)
    assert deliver(MORNING + HOUR) == Delivered(sent=2)
    assert sweep(MORNING + DAY) == Counts(planned=0, queued=1)
    deliver(MORNING + DAY)
    assert set(Reminder.objects.values_list("outcome", flat=True)) == {Outcome.MAILED}


def test_what_came_back_is_told_to_whoever_mail_reaches(source):
    thing = planned(urgent=True)
    sweep(MORNING)
    deliver(MORNING)
    mail = Mail.objects.get()
    source.recipients[thing] = (2,)  # a source passes over whom mail does not reach
    news = News("event-1", What.HARD, "p1@example.org", mail.uuid)
    assert note(news, 1, mail, MORNING + HOUR)
    assert not note(news, 1, mail, MORNING + HOUR)
    sweep(MORNING + HOUR)
    deliver(MORNING + HOUR)
    assert [letter.to for letter in django_mail.outbox] == [["p1@example.org"], ["p2@example.org"]]


def test_what_may_wait_is_not_told_anew_when_it_came_back(source):
    thing = planned()
    sweep(MORNING)
    deliver(MORNING)
    mail = Mail.objects.get()
    source.recipients[thing] = (2,)
    note(News("event-1", What.HARD, "p1@example.org", mail.uuid), 1, mail, MORNING + HOUR)
    assert sweep(MORNING + HOUR) == Counts()

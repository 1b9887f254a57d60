from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail

from pestzorg.outbox import delivery
from pestzorg.outbox.claims import LEASE
from pestzorg.outbox.delivery import Counts, deliver, deliver_one
from pestzorg.outbox.models import Mail, State
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.plan import cancel
from pestzorg.reminders.sweep import plan_one, sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=2)  # longer than the first pause of a retry


def outcomes() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_digest_is_sent_once_and_settles_its_reminders(source):
    first, second = planned(), planned()
    for _ in range(2):
        sweep(MORNING)
        deliver(MORNING)
    [message] = django_mail.outbox
    assert message.to == ["p1@example.org"]
    assert str(first) in message.body
    assert str(second) in message.body
    assert outcomes() == [Outcome.MAILED, Outcome.MAILED]


def test_what_is_done_meanwhile_is_left_out(source):
    done, still_open = planned(), planned()
    sweep(MORNING)
    source.done.add(done)
    deliver(MORNING)
    assert str(done) not in django_mail.outbox[0].body
    assert str(still_open) in django_mail.outbox[0].body
    assert outcomes() == [Outcome.DROPPED, Outcome.MAILED]


def test_a_mail_with_nothing_wanted_left_is_aborted(source):
    thing = planned()
    sweep(MORNING)
    source.done.add(thing)
    assert deliver(MORNING) == Counts(aborted=1)
    assert django_mail.outbox == []
    assert outcomes() == [Outcome.DROPPED]


def test_a_cancelled_thing_is_not_mailed(source):
    thing = planned()
    sweep(MORNING)
    cancel("test", thing, MORNING)
    assert deliver(MORNING) == Counts(aborted=1)
    assert django_mail.outbox == []


def test_a_former_recipient_is_not_reminded(source):
    thing = planned()
    sweep(MORNING)
    source.recipients[thing] = (2,)
    assert deliver(MORNING) == Counts(aborted=1)
    assert outcomes() == [Outcome.DROPPED]


def test_a_person_who_left_is_not_reminded_ever(source, book):
    planned()
    sweep(MORNING)
    book.left.add(1)
    deliver(MORNING)
    book.left.clear()
    sweep(MORNING + DAY)
    deliver(MORNING + DAY)
    assert django_mail.outbox == []
    assert outcomes() == [Outcome.DROPPED]


def test_outside_the_window_a_mail_is_postponed(source):
    thing = planned()
    sweep(MORNING)
    source.opens_at[thing] = MORNING + DAY
    assert deliver(MORNING + timedelta(hours=10)) == Counts(postponed=1)
    assert django_mail.outbox == []
    assert sweep(MORNING + DAY).queued == 0
    assert deliver(MORNING + DAY) == Counts(sent=1)
    assert outcomes() == [Outcome.MAILED]


def test_what_its_school_does_not_allow_yet_comes_with_a_later_digest(source):
    closed, opened = planned(), planned()
    sweep(MORNING)
    source.opens_at[closed] = MORNING + DAY
    deliver(MORNING)
    assert str(closed) not in django_mail.outbox[0].body
    sweep(MORNING + DAY)
    deliver(MORNING + DAY)
    assert len(django_mail.outbox) == 2
    assert str(closed) in django_mail.outbox[1].body
    assert str(opened) not in django_mail.outbox[1].body


def test_what_comes_up_before_the_digest_is_built_goes_along(source):
    planned()
    sweep(MORNING)
    late = planned(MORNING + MINUTE)
    sweep(MORNING + MINUTE)
    deliver(MORNING + MINUTE)
    assert str(late) in django_mail.outbox[0].body
    assert outcomes() == [Outcome.MAILED, Outcome.MAILED]


def test_what_comes_up_after_the_first_try_does_not_change_the_mail(source, server):
    server.at_door = ConnectionRefusedError()
    planned()
    sweep(MORNING)
    deliver(MORNING)
    late = planned(MORNING)
    sweep(MORNING)
    server.at_door = None
    deliver(MORNING + MINUTE)
    assert str(late) not in django_mail.outbox[0].body
    assert outcomes() == [Outcome.MAILED, ""]


@pytest.mark.parametrize("by", ["source", "cancel"])
def test_what_ends_during_an_outage_is_not_mailed(source, server, by):
    server.at_door = ConnectionRefusedError()
    ended, still_open = planned(), planned()
    sweep(MORNING)
    deliver(MORNING)
    if by == "source":
        source.done.add(ended)
    else:
        cancel("test", ended, MORNING)
    late = planned()
    sweep(MORNING)
    server.at_door = None
    assert deliver(MORNING + MINUTE) == Counts(sent=1)
    assert str(ended) not in django_mail.outbox[0].body
    assert str(still_open) in django_mail.outbox[0].body
    assert str(late) not in django_mail.outbox[0].body
    assert outcomes() == [Outcome.DROPPED, Outcome.MAILED, ""]


def test_a_repeat_after_a_crash_reads_the_same(source, monkeypatch):
    planned()
    planned()
    sweep(MORNING)

    def die(*_args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "mark_sent", die)
        with pytest.raises(SystemExit):
            deliver_one(MORNING)
    planned(MORNING + MINUTE)
    sweep(MORNING + MINUTE)
    deliver(MORNING + LEASE)
    first, second = django_mail.outbox
    assert (first.subject, first.body, first.extra_headers) == (
        second.subject,
        second.body,
        second.extra_headers,
    )


def test_an_urgent_mail_has_its_own_reminder_only(source):
    calm, urgent = planned(), planned(urgent=True)
    sweep(MORNING)
    deliver(MORNING)
    bodies = {str(calm) in message.body: message.body for message in django_mail.outbox}
    assert len(django_mail.outbox) == 2
    assert str(urgent) not in bodies[True]
    assert str(urgent) in bodies[False]


def test_a_digest_leaves_a_new_urgent_reminder_to_its_own_mail(source):
    planned()
    sweep(MORNING)
    urgent = planned(urgent=True)
    plan_one(MORNING)
    deliver(MORNING)
    assert str(urgent) not in django_mail.outbox[0].body


def test_a_digest_does_not_wait_for_what_is_due_another_day(source):
    done, closed = planned(), planned()
    source.opens_at[closed] = MORNING + DAY
    sweep(MORNING)
    source.done.add(done)
    assert deliver(MORNING) == Counts(aborted=1)
    sweep(MORNING + DAY)
    assert deliver(MORNING + DAY) == Counts(sent=1)


def test_one_poisoned_thing_does_not_hold_up_the_rest_of_the_mail(source, caplog):
    bad, good = planned(), planned()
    sweep(MORNING)
    source.poisoned.add(bad)
    assert deliver(MORNING) == Counts(sent=1)
    assert str(good) in django_mail.outbox[0].body
    assert outcomes() == ["", Outcome.MAILED]
    assert "Noor" not in caplog.text
    source.poisoned.clear()
    sweep(MORNING + DAY)
    deliver(MORNING + DAY)
    assert outcomes() == [Outcome.MAILED, Outcome.MAILED]


def test_a_mail_with_poisoned_things_only_waits_an_hour(source):
    bad = planned()
    sweep(MORNING)
    source.poisoned.add(bad)
    assert deliver(MORNING) == Counts(postponed=1)
    source.poisoned.clear()
    assert deliver(MORNING + timedelta(hours=1)) == Counts(sent=1)


def test_nothing_wanted_is_lost_when_a_mail_is_parked(source, server):
    server.at_door = ConnectionRefusedError()
    planned()
    sweep(MORNING)
    deliver(MORNING)
    Mail.objects.update(first_tried_at=MORNING - 4 * DAY)
    assert deliver(MORNING + MINUTE) == Counts(parked=1)
    assert outcomes() == [""]
    assert Mail.objects.get().state == State.PARKED

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from pestzorg.outbox.heartbeat import last_beat_at
from pestzorg.outbox.models import Mail, State
from pestzorg.reminders import planning, sources
from pestzorg.reminders import sweep as sweeping
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import Counts, plan_one, queue_one, sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned

pytestmark = pytest.mark.django_db


def test_a_due_moment_becomes_one_reminder_per_recipient(source):
    source.recipients[planned()] = (1, 2)
    assert plan_one(MORNING)
    assert not plan_one(MORNING)
    assert set(Reminder.objects.values_list("recipient_id", flat=True)) == {1, 2}
    assert DueMoment.objects.get().settled_at == MORNING


def test_nothing_fires_before_its_moment(source):
    planned()
    assert not plan_one(MORNING - timedelta(seconds=1))


def test_what_is_not_wanted_settles_without_a_reminder(source):
    source.done.add(planned())
    assert plan_one(MORNING)
    assert Reminder.objects.count() == 0
    assert not plan_one(MORNING)


def test_a_reminder_waits_for_the_schools_send_window(source):
    opens_at = MORNING + 2 * DAY
    source.opens_at[planned()] = opens_at
    plan_one(MORNING)
    assert Reminder.objects.get().not_before == opens_at
    assert not queue_one(opens_at - timedelta(seconds=1))
    assert queue_one(opens_at)


def test_a_poisoned_moment_stands_aside_for_an_hour(source, caplog):
    bad, good = planned(MORNING - timedelta(hours=1)), planned()
    source.poisoned.add(bad)
    assert sweep(MORNING) == Counts(planned=1, queued=1)
    assert Reminder.objects.get().source_uuid == good
    assert DueMoment.objects.get(source_uuid=bad).fires_at == MORNING + timedelta(hours=1)
    assert "Noor" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_healed_moment_fires_after_all(source):
    bad = planned()
    source.poisoned.add(bad)
    sweep(MORNING)
    source.poisoned.clear()
    assert sweep(MORNING + timedelta(minutes=59)) == Counts()
    assert sweep(MORNING + timedelta(hours=1)) == Counts(planned=1, queued=1)


def test_a_moment_without_a_source_waits_for_one(source, monkeypatch):
    planned()
    monkeypatch.delitem(sources.registry, "test")
    assert sweep(MORNING) == Counts()
    assert DueMoment.objects.get().settled_at is None


def test_one_person_gets_one_digest(source):
    planned()
    planned()
    assert sweep(MORNING) == Counts(planned=2, queued=1)
    assert sweep(MORNING) == Counts()
    mail = Mail.objects.get()
    assert (mail.key, mail.recipient_id, mail.local_date) == ("digest", 1, MORNING.date())
    assert set(Reminder.objects.values_list("mail", flat=True)) == {mail.pk}


def test_every_person_gets_an_own_digest(source):
    source.recipients[planned()] = (1, 2, 3)
    assert sweep(MORNING) == Counts(planned=1, queued=3)


def test_later_item_of_the_day_waits_for_the_next_days_digest(source):
    planned()
    sweep(MORNING)
    Mail.objects.update(state=State.SENT, sent_at=MORNING)
    planned(MORNING + timedelta(hours=1))
    assert sweep(MORNING + timedelta(hours=1)) == Counts(planned=1, queued=0)
    assert sweep(MORNING + DAY) == Counts(planned=0, queued=1)


def test_a_digest_that_ended_empty_still_counts_as_todays(source):
    planned()
    sweep(MORNING)
    Mail.objects.update(state=State.ABORTED)
    planned()
    plan_one(MORNING)
    assert not queue_one(MORNING)
    assert queue_one(MORNING + DAY)


def test_no_second_digest_while_one_is_on_its_way(source):
    planned()
    sweep(MORNING)
    Mail.objects.update(state=State.RETRY)
    planned(MORNING + DAY)
    assert sweep(MORNING + DAY) == Counts(planned=1, queued=0)


def test_yesterdays_digest_sent_today_is_todays(source):
    planned()
    sweep(MORNING)
    Mail.objects.update(state=State.SENT, sent_at=MORNING + DAY)
    planned(MORNING + DAY)
    assert sweep(MORNING + DAY + timedelta(hours=1)) == Counts(planned=1, queued=0)
    assert sweep(MORNING + 2 * DAY) == Counts(planned=0, queued=1)


def test_a_sweep_ends_even_when_there_is_more_to_do(source, monkeypatch):
    monkeypatch.setattr(sweeping, "MOST_STEPS", 1)
    monkeypatch.setattr(sweeping, "plan_some", partial(planning.plan_some, most=1))
    planned()
    planned()
    assert sweep(MORNING) == Counts(planned=1, queued=0)
    assert sweep(MORNING) == Counts(planned=1, queued=1)


def test_an_unreachable_database_is_no_poisoned_moment(source, monkeypatch):
    planned()

    def fail(_now, _most):
        raise OperationalError

    monkeypatch.setattr(planning, "first_due", fail)
    with pytest.raises(OperationalError):
        plan_one(MORNING)
    assert DueMoment.objects.get().fires_at == MORNING


def test_a_source_answers_for_its_name(source, monkeypatch):
    monkeypatch.setattr(sources, "registry", {})
    sources.register(source)
    planned()
    assert sweep(MORNING) == Counts(planned=1, queued=1)


def test_every_sweep_leaves_a_heartbeat(source):
    sweep(MORNING)
    assert last_beat_at("sweep") == MORNING


def test_finding_nothing_costs_the_same_however_much_is_planned(source):
    with CaptureQueriesContext(connection) as empty:
        sweep(MORNING)
    for hours in range(1, 41):
        planned(MORNING + timedelta(hours=hours))
    with CaptureQueriesContext(connection) as full:
        sweep(MORNING)
    assert len(full) == len(empty) <= 9


def test_who_has_something_due_today_is_told_first(source):
    today = MORNING.date()
    source.recipients = {planned(): (1,), planned(due_on=today): (2,), planned(): (3,)}
    sweep(MORNING)
    first = Mail.objects.order_by("priority", "pk").values_list("recipient_id", flat=True)
    assert list(first) == [2, 1, 3]


def test_a_digest_waits_until_everything_that_is_due_is_planned(source, monkeypatch):
    planned(), planned()
    plan_one(MORNING)
    assert not queue_one(MORNING)
    plan_one(MORNING)
    assert queue_one(MORNING)
    assert Mail.objects.get().reminders.count() == 2


def test_a_poisoned_moment_holds_up_no_digest(source):
    source.poisoned.add(planned(MORNING - timedelta(hours=1)))
    planned()
    assert sweep(MORNING) == Counts(planned=1, queued=1)


def test_one_of_many_that_cannot_be_planned_holds_up_none_of_the_others(source, monkeypatch):
    monkeypatch.setattr(planning, "SECONDS", 60.0)
    things = [planned() for _ in range(5)]
    source.poisoned.add(things[1])
    source.recipients[things[3]] = ("nobody",)  # what no table takes
    assert planning.plan_some(MORNING) == 3
    assert planning.plan_some(MORNING) is None
    waiting = DueMoment.objects.filter(settled_at=None)
    assert set(waiting.values_list("source_uuid", flat=True)) == {things[1], things[3]}
    assert set(Reminder.objects.values_list("source_uuid", flat=True)) == {
        things[0],
        things[2],
        things[4],
    }


def test_a_slow_machine_plans_fewer_at_a_time_and_goes_on(source, monkeypatch):
    for _ in range(3):
        planned()
    monkeypatch.setattr(planning, "SECONDS", 0.0)
    assert [planning.plan_some(MORNING) for _ in range(4)] == [1, 1, 1, None]


def test_what_things_planned_together_share_is_looked_up_once():
    asked = []

    def look_up():
        asked.append(1)
        return len(asked)

    with sources.together():
        assert [sources.looked_up("calendar", look_up) for _ in range(3)] == [1, 1, 1]
    assert sources.looked_up("calendar", look_up) == 2
    assert sources.looked_up("calendar", look_up) == 3

from __future__ import annotations

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.core import mail as django_mail
from django.db import connection

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail
from pestzorg.reminders import digest
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.plan import hasten
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def test_two_sweeps_at_once_lose_nothing_and_double_nothing(source):
    for number in range(60):
        source.recipients[planned()] = (number % 7, 7 + number % 5)
    start, failures = Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            sweep(MORNING)
            deliver(MORNING)
        except Exception as error:
            failures.append(error)
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert set(Counter(message.to[0] for message in django_mail.outbox).values()) == {1}
    # Planned by one worker when the other had sent that person's digest: waits for the next day's.
    sweep(MORNING + DAY)
    deliver(MORNING + DAY)
    assert Reminder.objects.filter(outcome=Outcome.MAILED).count() == 120
    lines = "".join(message.body for message in django_mail.outbox).count("PZ-7K3M-Q2")
    assert lines == 120


def somebody_waits_for_us():
    asked = (
        "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    with connection.cursor() as cursor:
        return cursor.execute(asked).fetchone() is not None


def test_what_becomes_critical_while_its_mail_is_built_is_told_once(source, monkeypatch):
    thing = planned()
    sweep(MORNING)

    def work() -> None:
        hasten("test", [thing], MORNING)
        connection.close()

    helper, compose = Thread(target=work), digest.compose

    def compose_slowly(*words):
        helper.start()
        while not somebody_waits_for_us():
            assert helper.is_alive(), "it went on without waiting"
        return compose(*words)

    monkeypatch.setattr(digest, "compose", compose_slowly)
    deliver(MORNING)
    helper.join()
    sweep(MORNING)
    deliver(MORNING)
    assert len(django_mail.outbox) == 1
    assert Reminder.objects.get().mail == Mail.objects.get()

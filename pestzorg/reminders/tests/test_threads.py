from __future__ import annotations

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.core import mail as django_mail
from django.db import connection

from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import Outcome, Reminder
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

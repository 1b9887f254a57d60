from __future__ import annotations

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.core import mail as django_mail
from django.db import connection

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def test_two_workers_send_every_mail_once(builder):
    for recipient_id in range(100):
        queued(recipient_id=recipient_id)
    start, shares = Barrier(2), []

    def work() -> None:
        start.wait()
        shares.append(deliver(MORNING).sent)
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(shares) == 100
    assert min(shares) > 0
    assert set(Counter(message.to[0] for message in django_mail.outbox).values()) == {1}
    assert len(django_mail.outbox) == Mail.objects.filter(state=State.SENT).count() == 100

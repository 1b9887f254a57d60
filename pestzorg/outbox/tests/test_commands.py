from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from pestzorg import clock
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.tasks import run_deliver
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = pytest.mark.django_db


def outbox(*args: str) -> dict[str, int | None]:
    out = StringIO()
    call_command("outbox", *args, stdout=out)
    answer: dict[str, int | None] = json.loads(out.getvalue())
    return answer


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    noon = MORNING + timedelta(hours=4)
    monkeypatch.setattr(clock, "now", lambda: noon)
    return noon


def test_status_of_an_empty_outbox():
    assert outbox("status") == {
        **dict.fromkeys(State.values, 0),
        "oldest_unsent_seconds": None,
    }


def test_status_counts_and_tells_the_age():
    queued()
    queued(recipient_id=2)
    Mail.objects.filter(recipient_id=2).update(state=State.PARKED)
    status = outbox("status")
    assert (status["queued"], status["parked"], status["sent"]) == (1, 1, 0)
    assert status["oldest_unsent_seconds"] == 4 * 3600


def test_a_parked_mail_is_sent_after_retry(builder, noon):
    mail = queued()
    Mail.objects.update(state=State.PARKED, attempts=8, first_tried_at=MORNING)
    assert outbox("retry", str(mail.uuid)) == {"retried": 1}
    assert run_deliver()["sent"] == 1


def test_retry_all_takes_parked_and_waiting_mails(noon):
    for recipient_id, state in enumerate([State.PARKED, State.RETRY, State.SENT]):
        queued(recipient_id=recipient_id)
        Mail.objects.filter(recipient_id=recipient_id).update(state=state)
    assert outbox("retry", "--all") == {"retried": 2}


def test_abort_takes_a_mail_back(builder):
    mail = queued()
    assert outbox("abort", str(mail.uuid)) == {"aborted": 1}
    assert run_deliver()["sent"] == 0


@pytest.mark.parametrize("verb", ["retry", "abort"])
def test_an_unknown_mail_is_an_error(verb):
    with pytest.raises(CommandError):
        outbox(verb, str(uuid4()))


def test_retry_wants_one_mail_or_all():
    with pytest.raises(CommandError):
        outbox("retry")


def test_the_task_takes_an_explicit_moment(builder):
    queued()
    assert run_deliver("2025-11-12T07:59")["sent"] == 0
    assert run_deliver("2025-11-12T08:00")["sent"] == 1

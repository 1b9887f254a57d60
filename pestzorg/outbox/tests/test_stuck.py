"""What is told of a mail that does not arrive: a kind of failure, made of class and code alone."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.retry import WORKER_LOST
from pestzorg.outbox.stuck import Failure, failure_of, parked
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = pytest.mark.django_db
LATE = MORNING + timedelta(hours=73)

ERRORS = {
    Failure.ADDRESS: smtplib.SMTPRecipientsRefused({"x@example.org": (550, b"x@example.org")}),
    Failure.REFUSED: smtplib.SMTPDataError(554, b"about x@example.org"),
    Failure.AWAY: ConnectionRefusedError(111, "no route to x@example.org"),
}


@pytest.mark.parametrize("failure", ERRORS)
def test_an_error_of_the_server_becomes_one_of_a_few_kinds(builder, server, failure):
    server.at_door = ERRORS[failure]
    mail = queued()
    deliver(MORNING)
    Mail.objects.update(attempts=7, retry_at=LATE)
    deliver(LATE)
    (found,) = parked()
    assert (found, failure_of(found)) == (mail, failure)
    assert "x@example.org" not in repr(Mail.objects.values_list())


def test_a_mail_that_cannot_be_written_is_told_apart(builder):
    builder.verdicts = [ValueError("a name")]
    queued()
    Mail.objects.update(attempts=7)
    deliver(MORNING)
    assert failure_of(parked().get()) == Failure.UNWRITTEN


def test_a_mail_over_which_workers_died_is_told_apart():
    queued()
    Mail.objects.update(state=State.PARKED, error=WORKER_LOST)
    assert failure_of(parked().get()) == Failure.WORKER


def test_only_parked_mails_wait_for_a_person_and_the_oldest_stands_first():
    for recipient_id, state in enumerate(State.values):
        queued(recipient_id)
        Mail.objects.filter(recipient_id=recipient_id).update(state=state)
    assert [mail.state for mail in parked()] == ["parked"]
    older = queued(99)
    Mail.objects.filter(pk=older.pk).update(state=State.PARKED, not_before=MORNING - timedelta(1))
    assert parked().first() == older

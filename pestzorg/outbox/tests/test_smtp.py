"""A real SMTP server on the loopback: what a recipient's mail system would see."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller

from pestzorg.outbox import delivery
from pestzorg.outbox.builders import Unchanged
from pestzorg.outbox.claims import LEASE
from pestzorg.outbox.delivery import Counts, deliver, deliver_one
from pestzorg.outbox.models import State
from pestzorg.outbox.tests.fakes import LETTER, MORNING, queued

pytestmark = pytest.mark.django_db


class Sink:
    """Accepts mail, after answering with the given refusals first."""

    def __init__(self) -> None:
        self.accepted: list[Message] = []
        self.refusals: list[str] = []
        self.callers: set[object] = set()
        self.hangs_up = False

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - name set by aiosmtpd
        if self.refusals:
            return self.refusals.pop(0)
        self.accepted.append(message_from_bytes(envelope.content))
        self.callers.add(session.peer)
        if self.hangs_up:
            # After the answer below: this server takes one mail a connection.
            server.loop.call_soon(server.transport.close)
        return "250 OK"


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink
    controller.stop()


def test_a_mail_arrives(builder, sink):
    queued()
    assert deliver(MORNING) == Counts(sent=1)
    [message] = sink.accepted
    assert (message["To"], message["Subject"]) == ("p1@example.org", "Subject")


def test_a_crash_after_acceptance_repeats_the_very_same_mail(builder, sink, monkeypatch):
    mail = queued()
    builder.verdicts = [LETTER, Unchanged()]

    def die(*_args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "mark_sent", die)
        with pytest.raises(SystemExit):
            deliver_one(MORNING)
    mail.refresh_from_db()
    assert mail.state == State.SENDING
    assert deliver(MORNING + LEASE) == Counts(sent=1)
    first, second = sink.accepted
    for header in ("Message-ID", "Date", "Subject", "To"):
        assert first[header] == second[header]
    assert [part.get_payload() for part in first.get_payload()] == [
        part.get_payload() for part in second.get_payload()
    ]


@pytest.mark.parametrize("answer", ["421 busy", "451 later", "550 no"])
def test_a_refused_mail_arrives_once_when_tried_again(builder, sink, answer):
    mail = queued()
    sink.refusals = [answer]
    assert deliver(MORNING) == Counts(retry=1)
    mail.refresh_from_db()
    assert mail.error == f"SMTPDataError {answer[:3]}"
    assert deliver(MORNING + timedelta(minutes=2)) == Counts(sent=1)
    assert len(sink.accepted) == 1


def test_a_server_that_is_not_there_is_tried_again(builder, settings, sink):
    settings.EMAIL_PORT = 1
    mail = queued()
    assert deliver(MORNING) == Counts(retry=1)
    mail.refresh_from_db()
    assert mail.error == "ConnectionRefusedError"


def test_all_mails_of_a_run_share_one_connection(builder, sink):
    for person in (1, 2, 3):
        queued(person)
    assert deliver(MORNING) == Counts(sent=3)
    assert len(sink.callers) == 1


def test_after_a_refusal_the_next_mail_gets_a_new_connection(builder, sink):
    for person in (1, 2):
        queued(person)
    sink.refusals = ["451 later"]
    assert deliver(MORNING) == Counts(sent=1, retry=1)


def test_a_server_that_hung_up_between_two_mails_is_no_failure(builder, sink):
    for person in (1, 2, 3):
        queued(person)
    sink.hangs_up = True
    assert deliver(MORNING) == Counts(sent=3)
    assert len(sink.callers) == 3

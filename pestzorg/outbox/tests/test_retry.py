from __future__ import annotations

import ssl
from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from uuid import UUID

import pytest
from django.core import mail as django_mail

from pestzorg.outbox.builders import Postponed
from pestzorg.outbox.delivery import Counts, deliver
from pestzorg.outbox.heartbeat import ON_TIME, last_beat_at
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.retry import is_temporary, name_of, next_try_at
from pestzorg.outbox.tests.fakes import LETTER, MORNING, queued

TEMPORARY = [
    ConnectionRefusedError(),
    TimeoutError(),
    ssl.SSLError(),
    SMTPServerDisconnected("gone"),
    SMTPConnectError(421, b"busy"),
    SMTPConnectError(-1, b"nonsense"),
    SMTPSenderRefused(451, b"later", "from@example.org"),
    SMTPSenderRefused(550, b"not you", "from@example.org"),
    SMTPAuthenticationError(535, b"no"),
    SMTPNotSupportedError("no"),
    SMTPRecipientsRefused({"p1@example.org": (451, b"grey")}),
    SMTPDataError(452, b"full"),
]
LASTING = [
    SMTPRecipientsRefused({"p1@example.org": (550, b"unknown p1@example.org")}),
    SMTPDataError(554, b"no"),
    SMTPSenderRefused(552, b"too large", "from@example.org"),
    ValueError("no"),
]


@pytest.mark.parametrize("error", TEMPORARY, ids=name_of)
def test_a_server_that_is_away_or_says_later_is_temporary(error):
    assert is_temporary(error)


@pytest.mark.parametrize("error", LASTING, ids=name_of)
def test_a_server_that_says_no_is_not_temporary(error):
    assert not is_temporary(error)


def test_pauses_grow_to_half_an_hour():
    at_once = UUID(int=0)
    pauses = [
        next_try_at(ConnectionRefusedError(), n, MORNING, MORNING, at_once) - MORNING
        for n in range(1, 9)
    ]
    assert [p.total_seconds() / 60 for p in pauses] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_the_name_of_an_error_holds_code_but_no_address():
    assert name_of(LASTING[0]) == "SMTPRecipientsRefused 550"
    assert name_of(ConnectionRefusedError("secret")) == "ConnectionRefusedError"


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["at_door", "after_mail"])
@pytest.mark.parametrize("error", [*TEMPORARY, *LASTING], ids=name_of)
def test_a_failure_at_any_point_is_tried_again_and_then_sent_once(builder, server, point, error):
    setattr(server, point, error)
    mail = queued()
    assert deliver(MORNING) == Counts(retry=1)
    mail.refresh_from_db()
    assert mail.state == State.RETRY
    assert mail.error == name_of(error)
    setattr(server, point, None)
    assert deliver(mail.retry_at - timedelta(seconds=1)) == Counts()
    assert deliver(mail.retry_at) == Counts(sent=1)
    assert len(django_mail.outbox) == 1
    mail.refresh_from_db()
    assert mail.error == ""


@pytest.mark.django_db
def test_patience_with_an_absent_server_ends_after_three_days(builder, server):
    server.at_door = ConnectionRefusedError()
    mail, now = queued(), MORNING
    while deliver(now).retry:
        mail.refresh_from_db()
        now = mail.retry_at
    mail.refresh_from_db()
    assert mail.state == State.PARKED
    assert timedelta(hours=72) <= now - MORNING < timedelta(hours=72, minutes=36)
    assert builder.endings == []


@pytest.mark.django_db
def test_a_wrong_password_parks_nothing_and_is_late_for_all_to_see(builder, server):
    server.at_door = SMTPAuthenticationError(535, b"no")
    mail, now = queued(), MORNING
    for _ in range(20):
        assert deliver(now) == Counts(retry=1)
        mail.refresh_from_db()
        now = mail.retry_at
    assert last_beat_at(ON_TIME) is None
    server.at_door = None
    assert deliver(now) == Counts(sent=1)


@pytest.mark.django_db
def test_a_refusal_is_tried_eight_times(builder, server):
    server.after_mail = SMTPDataError(554, b"no")
    mail, now = queued(), MORNING
    while deliver(now).retry:
        mail.refresh_from_db()
        now = mail.retry_at
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.PARKED, 8)


@pytest.mark.django_db
def test_closed_hours_do_not_use_up_the_patience(builder, server):
    server.at_door = ConnectionRefusedError()
    queued()
    after_holiday = MORNING + timedelta(days=14)
    builder.verdicts = [LETTER, Postponed(after_holiday), LETTER]
    deliver(MORNING)
    assert deliver(MORNING + timedelta(minutes=2)) == Counts(postponed=1)
    assert deliver(after_holiday) == Counts(retry=1)


@pytest.mark.django_db
def test_one_bad_mailbox_does_not_hold_up_the_others(builder, server, monkeypatch):
    queued(recipient_id=1, now=MORNING - timedelta(hours=1))
    queued(recipient_id=2)
    accept = server.__mro__[1].send_messages

    def refuse_the_first(self, messages):
        if messages[0].to == ["p1@example.org"]:
            raise SMTPRecipientsRefused({"p1@example.org": (550, b"unknown")})
        return accept(self, messages)

    monkeypatch.setattr(server, "send_messages", refuse_the_first)
    assert deliver(MORNING) == Counts(sent=1, retry=1)
    assert Mail.objects.get(recipient_id=2).state == State.SENT


@pytest.mark.django_db
def test_when_the_server_is_back_nobody_waits_out_a_pause(builder, server):
    server.at_door = ConnectionRefusedError()
    now = MORNING
    for recipient_id in range(1, 31):
        queued(recipient_id=recipient_id)
    for _step in range(36):
        now += timedelta(minutes=5)
        deliver(now)
    assert Mail.objects.filter(state=State.RETRY).count() == 30
    server.at_door = None
    while not deliver(now).sent:
        now += timedelta(minutes=1)
    assert Mail.objects.filter(state=State.SENT).count() == 30


@pytest.mark.django_db
def test_when_the_server_is_back_the_oldest_leaves_first(builder, server):
    server.at_door = ConnectionRefusedError()
    now = MORNING
    for recipient_id in range(1, 13):
        queued(recipient_id=recipient_id, now=now)
        deliver(now)
        now += timedelta(minutes=5)
    server.at_door = None
    while not deliver(now).sent:
        now += timedelta(minutes=1)
    _whoever_found_it_back, *others = [message.to[0] for message in django_mail.outbox]
    assert others == [p for n in range(1, 13) if (p := f"p{n}@example.org") in others]
    assert len(others) == 11


@pytest.mark.django_db
def test_a_mailbox_that_says_later_is_not_asked_more_often_because_others_work(builder, server):
    server.at_door = SMTPRecipientsRefused({"p1@example.org": (451, b"grey")})
    grey = queued(recipient_id=1)
    deliver(MORNING)
    server.at_door = ConnectionRefusedError()
    queued(recipient_id=2)
    deliver(MORNING)
    server.at_door = None
    grey.refresh_from_db()
    waits_until = grey.retry_at
    Mail.objects.filter(recipient_id=2).update(retry_at=MORNING)
    assert deliver(MORNING) == Counts(sent=1)
    grey.refresh_from_db()
    assert grey.retry_at == waits_until

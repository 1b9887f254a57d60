from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pestzorg.outbox import addresses, delivery
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Nothing, Postponed, Unchanged
from pestzorg.outbox.claims import IN_HAND, LEASE, claim, put_back
from pestzorg.outbox.delivery import Counts, deliver, deliver_one
from pestzorg.outbox.heartbeat import last_beat_at
from pestzorg.outbox.marks import mark_failed
from pestzorg.outbox.message import message_of
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.tests.fakes import LETTER, MORNING, queued

pytestmark = pytest.mark.django_db


def test_a_mail_is_sent_once(builder):
    mail = queued()
    assert deliver_one(MORNING)
    assert not deliver_one(MORNING)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.sent_at) == (State.SENT, 1, MORNING)
    assert len(django_mail.outbox) == 1
    assert builder.endings == [(mail.pk, "sent")]


def test_the_message_has_steady_headers_and_two_bodies(builder, settings):
    settings.BASE_URL = "https://pestzorg.example:8443"
    queued()
    deliver_one(MORNING)
    [message] = django_mail.outbox
    sent = message.message()
    assert message.to == ["p1@example.org"]
    assert sent["Subject"] == "Subject"
    assert sent["Message-ID"].endswith("@pestzorg.example>")
    assert sent["Date"] == "Wed, 12 Nov 2025 07:00:00 +0000"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Auto-Response-Suppress"] == "All"
    assert not [name for name in sent if name.lower().startswith("list-")]
    assert [part.get_content_type() for part in sent.get_payload()] == ["text/plain", "text/html"]


def test_a_mail_that_was_never_built_has_no_message():
    with pytest.raises(ValueError, match="built"):
        message_of(queued(), Address("p1@example.org", "en"))


def test_the_last_address_book_registered_is_asked(builder, book, monkeypatch):
    monkeypatch.setattr(addresses, "book", [])
    queued()
    addresses.register(lambda _recipient_id, _now: Address("first@example.org", "en"))
    addresses.register(lambda _recipient_id, _now: Address("last@example.org", "en"))
    deliver(MORNING)
    assert django_mail.outbox[0].to == ["last@example.org"]


def test_different_keys_have_different_message_ids(builder):
    queued()
    queued(key="urgent:1")
    queued(recipient_id=2)
    deliver(MORNING)
    assert len({message.extra_headers["Message-ID"] for message in django_mail.outbox}) == 3


def test_nothing_goes_before_its_moment(builder):
    queued(now=MORNING + timedelta(seconds=1))
    assert not deliver_one(MORNING)
    assert deliver_one(MORNING + timedelta(seconds=1))


def test_oldest_goes_first(builder):
    queued(recipient_id=2, now=MORNING)
    queued(recipient_id=1, now=MORNING - timedelta(hours=1))
    deliver(MORNING)
    assert [message.to for message in django_mail.outbox] == [
        ["p1@example.org"],
        ["p2@example.org"],
    ]


def test_unwanted_mail_is_aborted(builder):
    mail = queued()
    builder.verdicts = [Nothing()]
    assert deliver(MORNING) == Counts(aborted=1)
    assert django_mail.outbox == []
    assert builder.endings == [(mail.pk, "aborted")]


def test_person_who_left_gets_nothing(builder, book):
    mail = queued()
    book.left.add(1)
    assert deliver(MORNING) == Counts(aborted=1)
    assert django_mail.outbox == []
    assert builder.endings == [(mail.pk, "aborted")]


def test_without_an_address_book_no_mail_is_lost(builder, monkeypatch):
    queued()
    monkeypatch.setattr(addresses, "book", [])
    assert deliver(MORNING) == Counts(retry=1)


def test_postponed_mail_waits_and_does_not_count_as_a_try(builder):
    mail = queued()
    tomorrow = MORNING + timedelta(days=1)
    builder.verdicts = [Postponed(tomorrow), LETTER]
    assert deliver(MORNING) == Counts(postponed=1)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.not_before) == (State.QUEUED, 0, tomorrow)
    assert not deliver_one(tomorrow - timedelta(seconds=1))
    assert deliver(tomorrow) == Counts(sent=1)


def test_a_builder_that_postpones_to_the_past_does_not_spin(builder):
    queued()
    builder.verdicts = [Postponed(MORNING - timedelta(days=1))]
    assert deliver(MORNING) == Counts(postponed=1)


def test_content_is_frozen_at_the_first_build(builder, server):
    server.at_door = ConnectionRefusedError()
    mail = queued()
    builder.verdicts = [LETTER, Unchanged()]
    deliver(MORNING)
    server.at_door = None
    deliver(MORNING + timedelta(minutes=2))
    mail.refresh_from_db()
    assert (mail.subject, mail.built_at, mail.state) == ("Subject", MORNING, State.SENT)
    assert django_mail.outbox[0].body == "Text\n"


def test_a_part_that_fell_out_changes_the_content_but_not_the_identity(builder, server):
    server.at_door = ConnectionRefusedError()
    mail = queued()
    builder.verdicts = [LETTER, Content("Less", "Less\n", "<p>Less</p>")]
    deliver(MORNING)
    server.at_door = None
    deliver(MORNING + timedelta(minutes=2))
    mail.refresh_from_db()
    assert (mail.subject, mail.built_at) == ("Less", MORNING)


def test_mail_no_longer_wanted_on_a_later_try_is_aborted(builder, server):
    server.at_door = ConnectionRefusedError()
    queued()
    builder.verdicts = [LETTER, Nothing()]
    deliver(MORNING)
    server.at_door = None
    assert deliver(MORNING + timedelta(minutes=2)) == Counts(aborted=1)
    assert django_mail.outbox == []


def test_a_poisoned_mail_does_not_stall_the_others(builder):
    queued(recipient_id=1, now=MORNING - timedelta(hours=1))
    queued(recipient_id=2)
    builder.verdicts = [ValueError("Noor was here"), LETTER]
    assert deliver(MORNING) == Counts(sent=1, retry=1)


def test_errors_name_no_one(builder, caplog):
    mail = queued()
    builder.verdicts = [ValueError("Noor was here")]
    deliver(MORNING)
    mail.refresh_from_db()
    assert mail.error == "ValueError"
    assert str(mail.uuid) in caplog.text
    assert "Noor" not in caplog.text


def test_a_builder_that_fails_after_sending_does_not_repeat_the_mail(builder):
    mail = queued()
    builder.ending_error = ValueError("late")
    deliver(MORNING)
    deliver(MORNING + timedelta(hours=1))
    mail.refresh_from_db()
    assert mail.state == State.SENT
    assert len(django_mail.outbox) == 1


@pytest.mark.parametrize(("dies_in", "free_after"), [("_prepare", IN_HAND), ("message_of", LEASE)])
@pytest.mark.parametrize("verdict", [LETTER, Unchanged()])
def test_a_mail_in_a_dead_workers_hands_is_free_after_the_lease(
    builder, monkeypatch, dies_in, free_after, verdict
):
    mail = queued()
    Mail.objects.update(built_at=MORNING)
    builder.verdicts = [verdict] * 2

    def die(*_args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivery, dies_in, die)
        with pytest.raises(SystemExit):
            deliver_one(MORNING)
    mail.refresh_from_db()
    assert (mail.state, mail.lease_until) == (State.SENDING, MORNING + free_after)
    assert not deliver_one(MORNING + free_after - timedelta(seconds=1))
    assert deliver(MORNING + free_after) == Counts(sent=1)


def test_a_slow_worker_does_not_undo_what_another_has_sent(builder, server, monkeypatch):
    mail = queued()

    def overtaken(message):
        Mail.objects.update(state=State.SENT, attempts=2)
        raise TimeoutError

    monkeypatch.setattr(server, "send_messages", lambda self, messages: overtaken(messages))
    deliver_one(MORNING)
    mail.refresh_from_db()
    assert mail.state == State.SENT


def test_limit_and_time_bound_a_run(builder):
    for recipient_id in range(1, 6):
        queued(recipient_id=recipient_id)
    assert deliver(MORNING, limit=2) == Counts(sent=2)
    assert deliver(MORNING, seconds=0) == Counts(sent=1)
    assert deliver(MORNING) == Counts(sent=2)


def signs() -> dict[str, datetime | None]:
    names = ("deliver", "sent", "on_time")
    return {name: moment for name in names if (moment := last_beat_at(name))}


def test_every_run_leaves_a_heartbeat(builder):
    deliver(MORNING)
    assert signs() == {"deliver": MORNING, "on_time": MORNING}
    later = MORNING + timedelta(minutes=2)
    queued()
    deliver(later)
    assert signs() == {"deliver": later, "sent": later, "on_time": later}


def test_a_run_that_leaves_mail_behind_is_not_on_time(builder):
    queued(), queued(recipient_id=2)
    deliver(MORNING, limit=1)
    assert signs() == {"deliver": MORNING, "sent": MORNING}


def test_mail_that_waits_for_an_absent_server_is_not_on_time(builder, server):
    server.at_door = ConnectionRefusedError()
    queued()
    deliver(MORNING)
    assert signs() == {"deliver": MORNING}
    server.at_door = None
    later = MORNING + timedelta(minutes=2)
    deliver(later)
    assert signs()["on_time"] == later


def test_a_server_that_goes_away_in_the_middle_makes_mail_late_from_then_on(builder, server):
    queued()
    deliver(MORNING)
    server.at_door = ConnectionRefusedError()
    queued(recipient_id=2)
    for minutes in range(1, 15):
        deliver(MORNING + timedelta(minutes=minutes))
    assert signs()["on_time"] == MORNING


def test_a_mail_that_met_the_end_of_the_outage_waits_no_half_hour(builder, server):
    """In another worker's hands when the first yes released all that waited, and its server hung up later."""
    server.at_door = SMTPServerDisconnected()
    queued(), queued(recipient_id=2)
    now = MORNING
    for _ in range(7):
        deliver(now)
        now += timedelta(minutes=40)
    [first], [straggler] = claim(now), claim(now)
    put_back(first)
    server.at_door = None
    deliver(now)
    mark_failed(straggler, SMTPServerDisconnected(), now)
    deliver(now + timedelta(minutes=2))
    assert list(Mail.objects.values_list("state", flat=True)) == [State.SENT, State.SENT]


def test_one_bad_mailbox_does_not_make_the_mail_of_all_late(builder, server):
    server.at_door = SMTPRecipientsRefused({"p1@example.org": (451, b"grey")})
    queued()
    deliver(MORNING)
    assert signs()["on_time"] == MORNING


def test_finding_nothing_costs_the_same_however_much_waits(builder):
    with CaptureQueriesContext(
        connection,
    ) as empty:
        deliver(MORNING)
    for recipient_id in range(1, 41):
        queued(recipient_id=recipient_id, now=MORNING + timedelta(hours=1))
    with CaptureQueriesContext(connection) as full:
        deliver(MORNING)
    assert len(full) == len(empty) <= 8

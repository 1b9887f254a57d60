"""What becomes of the other mails in hand: one is cancelled meanwhile, one is poison, one takes its worker along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail

from pestzorg.outbox import claims, delivery
from pestzorg.outbox.builders import Content, Nothing, Unchanged
from pestzorg.outbox.claims import IN_HAND, LEASE, claim
from pestzorg.outbox.delivery import Counts, deliver
from pestzorg.outbox.models import Mail, Priority, State
from pestzorg.outbox.statements import first_in_line, lock, write
from pestzorg.outbox.tests.fakes import LETTER, MORNING, FakeBuilder, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(builder: FakeBuilder) -> list[Mail]:
    return [queued(recipient_id=number) for number in range(1, 6)]


def receivers() -> list[str]:
    return [message.to[0].partition("@")[0] for message in django_mail.outbox]


def test_a_mail_cancelled_while_another_is_being_sent_is_not_sent(five, builder, monkeypatch):
    """All five are in hand by then: each is asked again immediately before it leaves."""
    send = delivery.Line.send

    def cancelled_meanwhile(line, message):
        builder.verdicts = [Nothing()] if len(django_mail.outbox) == 1 else [LETTER]
        send(line, message)

    monkeypatch.setattr(delivery.Line, "send", cancelled_meanwhile)
    assert deliver(MORNING, limit=3) == Counts(sent=2, aborted=1)
    assert receivers() == ["p1", "p2"]


def test_a_person_who_leaves_while_another_mail_is_being_sent_gets_none(five, book, monkeypatch):
    send = delivery.Line.send

    def left_meanwhile(line, message):
        send(line, message)
        book.left.add(4)

    monkeypatch.setattr(delivery.Line, "send", left_meanwhile)
    assert deliver(MORNING) == Counts(sent=4, aborted=1)
    assert receivers() == ["p1", "p2", "p3", "p5"]


@pytest.mark.postgres
def test_words_that_cannot_be_stored_spoil_no_other_mail_in_hand(five, builder):
    """The database refuses them, inside the transaction of this one mail."""
    builder.verdicts = [LETTER, Content("x" * 201, "Text\n", "<p>Html</p>"), LETTER]
    assert deliver(MORNING) == Counts(sent=4, retry=1)
    assert receivers() == ["p1", "p3", "p4", "p5"]
    poisoned = Mail.objects.get(state=State.RETRY)
    assert (poisoned.error, poisoned.subject, poisoned.lease_until) == ("DataError", "", None)


@pytest.mark.parametrize(("dies_in", "times"), [("message_of", 1), ("mark_sent", 2)])
def test_a_mail_whose_worker_dies_once_it_is_frozen_leaves_word_for_word(
    five, builder, monkeypatch, dies_in, times
):
    sent: list[bytes] = []
    keep = lambda _line, message: sent.append(message.message().as_bytes())  # noqa: E731 - a stand-in of one line
    monkeypatch.setattr(delivery.Line, "send", keep)

    def die(*_args):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(delivery, dies_in, die)
        killed.setattr(claims.Hands, "close", lambda self: None)  # SIGKILL gives nothing back
        with pytest.raises(SystemExit):
            deliver(MORNING)
    [frozen] = Mail.objects.exclude(built_at=None)
    assert (frozen.text, frozen.lease_until) == (LETTER.text, MORNING + LEASE)
    news = Content("Later", "Later\n", "<p>Later</p>")
    monkeypatch.setattr(builder, "build", lambda mail, *_: Unchanged() if mail.built_at else news)
    assert deliver(MORNING + LEASE) == Counts(sent=5)
    its = [words for words in sent if b"To: p1@example.org" in words]
    assert (len(its), len(set(its))) == (times, 1)
    assert b"Subject: Subject" in its[0]


def test_what_is_read_by_hand_is_the_mail_as_django_reads_it(five):
    later = MORNING + timedelta(minutes=1)
    Mail.objects.filter(recipient_id=2).update(
        state=State.RETRY, retry_at=later, server_away=True, first_tried_at=MORNING
    )
    found = first_in_line(Priority.USUAL, later, 9)
    assert [mail.recipient_id for mail in found] == [1, 3, 4, 5, 2]
    as_django = Mail.objects.in_bulk()
    names = [field.attname for field in Mail._meta.concrete_fields]
    for mail in found:
        for name in names:
            assert getattr(mail, name) == getattr(as_django[mail.pk], name), name


def test_only_whose_mail_it_is_can_lock_it(five):
    [mine] = claim(MORNING)
    assert lock(mine)
    assert claim(MORNING + IN_HAND, 9)
    [other] = [mail for mail in claim(MORNING + IN_HAND, 9) if mail.pk == mine.pk]
    assert lock(mine) is None
    assert lock(other)


def test_what_could_not_be_written_is_not_on_the_object_either(builder):
    mail = queued()
    with pytest.raises(TypeError):
        write(mail, sent_at=MORNING, attempts=object())
    assert (mail.sent_at, mail.attempts) == (None, 0)

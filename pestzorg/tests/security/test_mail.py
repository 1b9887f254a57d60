"""Every kind of mail: no word about anybody in it, its links do nothing, and nothing adds a header (S22, S37)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as sent
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from cases.deadlines.agreements import AGREEMENT
from cases.models import Agreement
from pestzorg.audit import letter as anchor
from pestzorg.audit.chain import chain
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import writers
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.message import message_of
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import put
from pestzorg.reminders.letter import Item, compose
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.plan import Moment, plan
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.texts import TEXTS
from pestzorg.signin import notices
from pestzorg.testing.builders import NOW, make_person
from pestzorg.tests.security.canaries import Canaries, Place, build, fill_sealed_columns
from pestzorg.tests.security.test_matrix import everything
from schools.models import User
from schools.roles import Role

pytestmark = pytest.mark.django_db
# By what was made through the services; the others are sent by their kind.
PLANNED = {
    *("agreement", "external_report", "first_talk", "report_half_way", "report_limit"),
    *("severity_review", "talk"),
}
LINK = re.compile(r"https?://[^\s\"'<>]+")
HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Date"),
    *("Auto-Submitted", "X-Auto-Response-Suppress"),
}


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def place(at: Any, canaries: Canaries) -> Place:
    """A school that knows many words, and one mail of every kind on its way out."""
    at(NOW)
    place = build(canaries, "De Vaart", "de-vaart")
    fill_sealed_columns(canaries)
    return place


def send_everything(place: Place, canaries: Canaries) -> list[EmailMultiAlternatives]:
    """What every source has planned, each kind alone and all in a digest, each notice, the anchor, password mails."""
    remind_of_all_that_is_planned()
    teacher = place.people[Role.TEACHER]
    officer = make_person(Role.DPO, place.school)
    agreement = Agreement.objects.get()
    for kind in TEXTS:
        remind(agreement, [Moment(kind, agreement.due_on, NOW, urgent=True)])
    remind(agreement, [Moment(kind, agreement.due_on, NOW) for kind in TEXTS])
    for what in notices.SENTENCES:
        notices.tell(teacher, what, NOW)
    chain(NOW)
    anchor.put(officer.pk, NOW)
    deliver(NOW)
    for email in (teacher.email, f"{canaries.new('typed')}@example.org"):
        Client().post("/account/password/reset/", {"email": email})
    return list(sent.outbox)


def remind_of_all_that_is_planned() -> None:
    """Every moment that the services planned for this case comes now."""
    moments = DueMoment.objects.filter(settled_at=None)
    moments.update(fires_at=NOW, urgent=True)
    sweep(NOW)
    deliver(NOW)
    told = set(Reminder.objects.filter(outcome="mailed").values_list("source", flat=True))
    assert told >= PLANNED
    Reminder.objects.all().delete()
    DueMoment.objects.all().delete()


def remind(agreement: Agreement, moments: list[Moment]) -> None:
    """Send these, and forget them, so that the same days may be told of once more."""
    plan(AGREEMENT, agreement.uuid, moments)
    sweep(NOW)
    assert deliver(NOW).sent == 1
    Reminder.objects.all().delete()
    DueMoment.objects.all().delete()


def kinds_of(mails: list[EmailMultiAlternatives]) -> set[str]:
    """Which examples these mails are, by their sentences."""
    told = "\n".join(mail.body for mail in mails)
    return {kind for kind, text in TEXTS.items() if str(text.line).split("%")[0].strip() in told}


def parts_of(mail: EmailMultiAlternatives) -> Iterator[str]:
    message: Message = mail.message()
    for name, value in message.items():
        if name != "To":  # the one place where an address belongs
            yield f"{name}: {value}"
    for part in message.walk():
        body = part.get_payload(decode=True)
        yield body.decode() if isinstance(body, bytes) else ""


def test_no_mail_holds_a_word_about_anybody(place: Place, canaries: Canaries) -> None:
    mails = send_everything(place, canaries)
    assert len(canaries.words) > 200
    assert len(mails) >= len(notices.SENTENCES) + 4
    assert kinds_of(mails) == set(map(str, TEXTS))
    heard = {word for mail in mails for part in parts_of(mail) for word in canaries.heard_in(part)}
    assert heard == set()
    for mail in mails:
        assert set(mail.message().keys()) - HEADERS <= {"Content-Transfer-Encoding"}


def test_the_test_would_hear_a_word(place: Place, canaries: Canaries) -> None:
    leak = EmailMultiAlternatives("x", canaries.new("leak"), to=["x@example.org"])
    assert {w for part in parts_of(leak) for w in canaries.heard_in(part)} == {"leak"}


@pytest.mark.parametrize("reader", ["nobody", "recipient", "coordinator", "leader"])
def test_following_every_link_of_every_mail_changes_nothing(
    place: Place, canaries: Canaries, reader: str
) -> None:
    mails = send_everything(place, canaries)
    links = {link for mail in mails for part in parts_of(mail) for link in LINK.findall(part)}
    assert len(links) >= 3
    assert {link for link in links if not link.startswith(settings.BASE_URL)} == set()
    client = browser_of(reader, place)
    before = everything()
    for link in sorted(links):
        path = link.removeprefix(settings.BASE_URL)
        for ask in (client.get, client.head):
            assert ask(path, follow=True).status_code in {200, 404}
    assert everything() == before


def browser_of(reader: str, place: Place) -> Client:
    client = Client()
    people: dict[str, User] = {
        "recipient": place.people[Role.TEACHER],
        "coordinator": place.people[Role.COORDINATOR],
        "leader": place.people[Role.PRINCIPAL],
    }
    if reader in people:
        client.force_login(people[reader])
    return client


# ── headers ──────────────────────────────────────────────────────────────────
EVIL = [
    "x\r\nBcc: all@example.org",
    "x\nBcc: all@example.org",
    "x\rBcc: all@example.org",
    "x\r\n\r\n<h1>body</h1>",
    "=?utf-8?q?x=0D=0ABcc:_all@example.org?=",
    "=?utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLm9yZw==?=",
    "x" * 5000,
    "é" * 998,
    "x\x00\x0b\x0c\x85\u2028Bcc: all@example.org",
    "x\t\r\n folded: yes",
]
PLACES = ["school", "reference", "path"]


def test_nothing_that_is_written_anywhere_adds_a_header(at: Any) -> None:
    at(NOW)
    cases = 0
    for evil, place, kind in product(EVIL, PLACES, list(TEXTS)[:7]):
        wanted = {"school": "De Vaart", "reference": "PZ-7K3M-Q2", "path": "/"} | {place: evil}
        item = Item(kind, NOW.date(), Wanted((1,), send_from=NOW, urgent=False, **wanted))
        content = compose([item], "nl", NOW.date())
        mail = Mail(recipient_id=1, local_date=NOW.date(), key="digest", built_at=NOW)
        mail.subject, mail.text, mail.html = content.subject, content.text, content.html
        message = message_of(mail, Address("x@example.org", "nl")).message()
        assert set(message.keys()) == HEADERS
        assert len(message.keys()) == len(HEADERS)
        assert message["To"] == "x@example.org"
        cases += 1
    assert cases >= 200


def test_an_address_with_a_line_break_parks_its_own_mail_and_holds_up_nobody(
    place: Place, canaries: Canaries
) -> None:
    evil, good = (place.people[role] for role in (Role.TEACHER, Role.COORDINATOR))
    User.objects.filter(pk=evil.pk).update(email="x@example.org\nBcc: all@example.org")
    for person in (evil, good):
        assert put("account", person.pk, NOW.date(), "new_device:1", NOW, NOW)
    now = NOW
    for _try in range(9):
        deliver(now)
        now += timedelta(hours=1)
    assert [mail.to for mail in sent.outbox] == [[good.email]]
    assert dict(Mail.objects.values_list("recipient_id", "state")) == {
        evil.pk: "parked",
        good.pk: "sent",
    }


def test_each_example_keeps_to_these_headers_too(db: None) -> None:
    for writer in writers().values():
        for example in writer.examples("nl", NOW):
            assert "\n" not in example.content.subject
            assert "\r" not in example.content.subject

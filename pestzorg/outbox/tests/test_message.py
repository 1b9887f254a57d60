"""What leaves is the same to the byte at every try, and what Python's own writer would have written."""

from __future__ import annotations

from email.policy import compat32

import pytest

from pestzorg.outbox.addresses import Address
from pestzorg.outbox.message import Repeatable, message_of
from pestzorg.outbox.models import Mail
from pestzorg.outbox.tests.fakes import MORNING

SUBJECTS = (
    "Subject",
    "",
    " two  spaces ",
    "Zo\u00eb",
    "a" * 67,
    "a" * 68,
    "word " * 15,
    "w" * 200,
    "=?x?=",
)


def letter(subject: str = "Subject", text: str = "Text\n") -> Repeatable:
    mail = Mail(recipient_id=1, local_date=MORNING.date(), key="digest", built_at=MORNING)
    mail.subject, mail.text, mail.html = subject, text, "<p>Html</p>"
    message = message_of(mail, Address("p1@example.org", "en"))
    assert isinstance(message, Repeatable)
    return message


def test_two_tries_are_the_same_bytes():
    assert letter().message().as_bytes() == letter().message().as_bytes()


def test_what_stands_between_the_parts_depends_on_the_parts():
    first, second = letter(), letter(text="Other\n")
    assert first.boundary != second.boundary
    assert first.message().as_bytes().count(first.boundary.encode()) == 4


@pytest.mark.parametrize("subject", SUBJECTS)
def test_headers_are_as_python_writes_them(subject):
    message = letter(subject)
    ours, pythons = message.message(), message.message()
    pythons.policy = compat32
    assert ours.as_bytes(linesep="\r\n") == pythons.as_bytes(linesep="\r\n")

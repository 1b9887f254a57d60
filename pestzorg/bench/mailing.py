"""S9: how fast one worker sends, beside a loop that does nothing but talk to the mail server."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import count, islice

from django.conf import settings

from pestzorg import clock
from pestzorg.bench.rounds import race
from pestzorg.bench.verdict import Verdict
from pestzorg.chaos.ports import free_port, wait_for
from pestzorg.outbox import addresses, builders
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Example, Unchanged
from pestzorg.outbox.delivery import deliver, deliver_one
from pestzorg.outbox.message import message_of
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import put

KIND, MAILS, ROUNDS = "bench", 40, 12
SINK = "aiosmtpd -n -c aiosmtpd.handlers.Sink -l"


class Letter:
    """Writes the same letter to everybody: a digest as it looks in the list of examples."""

    label = KIND

    def __init__(self, now: datetime) -> None:
        examples = builders.builder_of("reminders").examples("nl", now)
        self.content = next(one.content for one in examples if one.key == "digest")

    def examples(self, language: str, now: datetime) -> list[Example]:
        """The one letter."""
        return [Example("only", self.content)]

    def build(self, mail: Mail, address: Address, now: datetime) -> Content | Unchanged:
        """Asks nobody: what sending costs is measured here, not what is asked before it."""
        return Unchanged() if mail.built_at else self.content

    def settled(self, mail: Mail, now: datetime) -> None:
        """Nobody waits for it."""


def mailing(verdict: Verdict) -> None:
    """The outbox as a worker empties it, with a connection for all and with one each."""
    book, now = addresses.book[0], clock.now()
    letter = Letter(now)
    builders.register(KIND, letter)
    addresses.register(lambda recipient_id, _now: Address(f"p{recipient_id}@example.org", "nl"))
    try:
        with _sink() as port:
            _measure(verdict, port, letter.content, now)
    finally:
        addresses.register(book)
        del builders.registry[KIND]
        Mail.objects.filter(kind=KIND).delete()


def _measure(verdict: Verdict, port: int, content: Content, now: datetime) -> None:
    queue = partial(_queue, count(), now)
    times = race(
        {
            "raw": _raw(port, content, now),
            "queue": queue,
            "outbox": partial(deliver, now),
            "queue again": queue,
            "one each": partial(_one_each, now),
        },
        rounds=ROUNDS,
    )
    raw, outbox = times["raw"], times["outbox"]
    for title, taken in (("raw SMTP", raw), ("one worker", outbox)):
        verdict.shown("S9", f"{title}, mails a second", f"{MAILS / taken.median * 1000:.0f}")
    verdict.at_least("S9", "one worker, x raw SMTP", raw.over(outbox), 0.20)
    verdict.shown("S9", "one worker, x a connection each", str(times["one each"].over(outbox)))


def _queue(numbers: Iterator[int], now: datetime) -> None:
    for number in islice(numbers, MAILS):
        put(KIND, number, now.date(), KIND, now, now)


def _one_each(now: datetime) -> None:
    while deliver_one(now):
        pass


def _raw(port: int, content: Content, now: datetime) -> Callable[[], None]:
    """The same mails without an outbox: nothing but the talk with the mail server."""
    example = Mail(kind=KIND, recipient_id=1, local_date=now.date(), key=KIND, built_at=now)
    example.subject, example.text, example.html = content.subject, content.text, content.html
    message = message_of(example, Address("p@example.org", "nl")).message()
    text = message.as_bytes().replace(b"\n", b"\r\n")

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _ in range(MAILS):
                server.sendmail("pestzorg@example.org", "p@example.org", text)

    return talk


@contextmanager
def _sink() -> Iterator[int]:
    """A mail server in a process of its own that takes everything and keeps nothing."""
    port = free_port()
    words = [sys.executable, "-m", *SINK.split(), f"127.0.0.1:{port}"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    server = subprocess.Popen(words)  # noqa: S603 - words of this file
    try:
        wait_for(port)
        yield port
    finally:
        server.kill()
        server.wait()

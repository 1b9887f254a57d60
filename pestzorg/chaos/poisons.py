"""What no mail should ever be, and what one may be all the same: the builders of R13. Each fails as real ones would."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.template import Template
from django.template.loader import render_to_string

from cases.models import Report
from pestzorg.outbox import builders
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Example, Nothing, Verdict
from pestzorg.outbox.models import Mail

UNWRITTEN = "unwritten"  # a kind that nobody writes
HUGE = 10 * 1024 * 1024  # more than a mail server takes
SWAPPED = """
UPDATE cases_report SET description = (SELECT description FROM cases_report ORDER BY id LIMIT 1)
WHERE id = (SELECT max(id) FROM cases_report)
"""


class Poison:
    """Writes mail in its own way, and has nothing to tell afterwards."""

    def __init__(self, kind: str, write: Callable[[], Verdict]) -> None:
        self.kind = self.label = kind
        self._write = write

    def examples(self, language: str, now: datetime) -> list[Example]:
        """None: whoever looks would fail too."""
        return []

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """Fails, or writes what cannot be sent."""
        return self._write()

    def settled(self, mail: Mail, now: datetime) -> None:
        """Nobody waits for it."""


def swap_a_secret() -> None:
    """Somebody moved a sealed text from one row to another: it cannot be opened there."""
    with connection.cursor() as cursor:
        cursor.execute(SWAPPED)


def _deadly() -> Verdict:
    """As a broken library would: ends whoever calls it."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return Nothing()


def _sealed() -> Verdict:
    return _letter(Report.objects.order_by("pk").last().description)  # type: ignore[union-attr] # there is one


def _unclosed() -> Verdict:
    return _letter(Template("{% if %}").render())  # type: ignore[call-arg] # it does not come so far


def _without_template() -> Verdict:
    return _letter(render_to_string("mail/nowhere.txt"))


def _huge() -> Verdict:
    return _letter("x" * HUGE)


def _letter(text: str) -> Content:
    return Content(subject="poison", text=text, html="")


POISONS = {
    poison.kind: poison
    for poison in (
        Poison("deadly", _deadly),
        Poison("sealed", _sealed),
        Poison("unclosed", _unclosed),
        Poison("nowhere", _without_template),
        Poison("huge", _huge),
    )
}
KINDS = (UNWRITTEN, *POISONS)


def register() -> None:
    """Let the outbox of this process know them."""
    for kind, poison in POISONS.items():
        builders.register(kind, poison)

"""The weekly mail that carries the head of the chain to people outside the machine room. It names no school and no case."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from pestzorg.audit.chain import head
from pestzorg.outbox import builders, queue
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Example, Nothing, Unchanged, Verdict
from pestzorg.outbox.models import Mail

KIND = "audit_anchor"


def register() -> None:
    """Called once at start-up."""
    builders.register(KIND, AnchorLetter())


def put(recipient_id: int, now: datetime) -> bool:
    """Queue the letter for one person; False when today's is queued already."""
    return queue.put(KIND, recipient_id, queue.local_date_of(now), KIND, now, now) is not None


class AnchorLetter:
    """Writes the letter when it is first sent, so that it holds the head of that moment."""

    label = gettext_lazy("Anchor of the audit log")

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """Nothing while there is no chain."""
        if mail.built_at is not None:
            return Unchanged()
        last = head()
        if last is None:
            return Nothing()
        return _content(f"{last.position} {last.hash}", address.language, now)

    def examples(self, language: str, now: datetime) -> list[Example]:
        """With signs that no chain has."""
        return [Example("anchor", _content(f"0 {'0' * 64}", language, now))]

    def settled(self, mail: Mail, now: datetime) -> None:
        """Nobody waits for it."""


def _content(anchor: str, language: str, now: datetime) -> Content:
    with override(language):
        context = {
            "language": language,
            "anchor": anchor,
            "day": format_date(queue.local_date_of(now), "j F Y"),
        }
        return Content(
            subject=_("Keep this mail: anchor of the audit log"),
            text=render_to_string("mail/anchor.txt", context).strip() + "\n",
            html=render_to_string("mail/anchor.html", context),
        )

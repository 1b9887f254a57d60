"""Where each kind of mail plugs in who writes it. What is in a mail is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pestzorg.outbox.addresses import Address
from pestzorg.outbox.models import Mail


@dataclass(frozen=True)
class Content:
    """What the recipient reads; stored before the first try and frozen from then on."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Unchanged:
    """The frozen content still holds."""


@dataclass(frozen=True)
class Postponed:
    """Still wanted, but not before this moment."""

    until: datetime


@dataclass(frozen=True)
class Nothing:
    """Nothing in this mail is wanted any more."""


Verdict = Content | Unchanged | Postponed | Nothing


class Builder(Protocol):
    """Writes one kind of mail. Called inside a transaction, on every claim of the mail."""

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """First time: the content. Later: Unchanged, or new Content when a part is no longer wanted."""

    def settled(self, mail: Mail, now: datetime) -> None:
        """The mail has come to its end: `mail.state` says sent or aborted."""


registry: dict[str, Builder] = {}


def register(kind: str, builder: Builder) -> None:
    """Let `builder` write all mails of this kind."""
    registry[kind] = builder


def builder_of(kind: str) -> Builder:
    """The builder of a kind; raises LookupError for a kind nobody writes."""
    return registry[kind]

"""Where each kind of mail plugs in who writes it. What is in a mail is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

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


@dataclass(frozen=True)
class Example:
    """A mail as it would look, about nothing and nobody that exists."""

    key: str
    content: Content
    about: str = ""  # where several have one subject


Verdict = Content | Unchanged | Postponed | Nothing


class Writer(Protocol):
    """Somebody who writes mail of one sort, through the outbox or past it."""

    @property
    def label(self) -> str | Promise:
        """What sort of mail it is, for whoever looks after mail."""

    def examples(self, language: str, now: datetime) -> list[Example]:
        """Every mail of this sort with invented words, by the templates of the real one. Reads and changes nothing."""


class Builder(Writer, Protocol):
    """Writes one kind of mail. Called inside a transaction, on every claim of the mail."""

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """First time: the content. Later: Unchanged, or new Content when a part is no longer wanted."""

    def settled(self, mail: Mail, now: datetime) -> None:
        """The mail has come to its end: `mail.state` says sent or aborted."""


registry: dict[str, Builder] = {}
past_the_outbox: dict[str, Writer] = {}  # mail that leaves while somebody waits for it


def register(kind: str, builder: Builder) -> None:
    """Let `builder` write all mails of this kind."""
    registry[kind] = builder


def builder_of(kind: str) -> Builder:
    """The builder of a kind; raises LookupError for a kind nobody writes."""
    return registry[kind]


def writers() -> dict[str, Writer]:
    """Everybody who writes mail in this installation, by a word for an address."""
    return {**registry, **past_the_outbox}

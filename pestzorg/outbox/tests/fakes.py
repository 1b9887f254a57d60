"""Stand-ins for the rest of the world: an address book, a builder, a mail server that says no."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.mail.backends.locmem import EmailBackend

from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Example, Verdict
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import put

MORNING = datetime(2025, 11, 12, 7, 0, tzinfo=UTC)
LETTER = Content("Subject", "Text\n", "<p>Html</p>")


class Book:
    """Everybody has an address, except those who left."""

    def __init__(self) -> None:
        self.left: set[int] = set()
        self.languages: dict[int, str] = {}

    def __call__(self, recipient_id: int, now: datetime) -> Address | None:
        if recipient_id in self.left:
            return None
        return Address(f"p{recipient_id}@example.org", self.languages.get(recipient_id, "en"))


class FakeBuilder:
    """Answers `verdicts` one by one, the last one for ever; remembers what it was told."""

    label = "Test"

    def examples(self, language: str, now: datetime) -> list[Example]:
        return [Example("only", LETTER)]

    def __init__(self) -> None:
        self.verdicts: list[Verdict | Exception] = [LETTER]
        self.endings: list[tuple[int, str]] = []
        self.ending_error: Exception | None = None

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    def settled(self, mail: Mail, now: datetime) -> None:
        if self.ending_error:
            raise self.ending_error
        self.endings.append((mail.pk, str(mail.state)))


class MoodyBackend(EmailBackend):
    """A mail server that fails as told, either at the door or after it has read the mail."""

    at_door: ClassVar[Exception | None] = None
    after_mail: ClassVar[Exception | None] = None

    def send_messages(self, messages: Any) -> int:
        if self.at_door:
            raise self.at_door
        if self.after_mail:
            next(iter(messages)).message()
            raise self.after_mail
        return super().send_messages(messages)


def queued(recipient_id: int = 1, key: str = "digest", now: datetime = MORNING) -> Mail:
    mail = put("test", recipient_id, now.date(), key, now, now)
    assert mail is not None
    return mail

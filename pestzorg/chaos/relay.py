"""The mail server of a scenario: it can be away, slow or unwilling, and writes down what it accepts."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from pestzorg.chaos.ports import free_port

AGREEMENT = re.compile(r"/agreements/[0-9a-f-]{36}/")
HANGS_FOR = 0.5
LARGEST = 5 * 1024 * 1024  # as many mail servers: more is refused


@dataclass(frozen=True)
class Accepted:
    """One line of the accept log."""

    at: float  # of a clock that only counts on
    message_id: str
    recipient: str
    subject: str
    text: str

    @property
    def agreements(self) -> tuple[str, ...]:
        """The pages of agreements that the mail links to."""
        return tuple(AGREEMENT.findall(self.text))


class Relay:
    """`moods` are the answers to the next mails, one each; after the last one it accepts everything.

    A mood is an SMTP answer such as "451 later", or "hang".
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.log: list[Accepted] = []
        self.mood: Callable[[str], str] = lambda _recipient: ""
        self.tries: list[float] = []
        self._controller: Any = None

    def open(self) -> None:
        """Begin to listen."""
        place: dict[str, Any] = {"hostname": "127.0.0.1", "port": self.port}
        self._controller = Controller(self, **place, data_size_limit=LARGEST)
        self._controller.start()

    def close(self) -> None:
        """Refuse connections from now on."""
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """aiosmtpd calls this for every message."""
        self.tries.append(time.monotonic())
        answer = self.mood(envelope.rcpt_tos[0])
        if answer == "hang":
            await asyncio.sleep(HANGS_FOR)
            return "421 too slow"
        if answer:
            return answer
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        self.log.append(
            Accepted(
                time.monotonic(),
                str(mail["Message-ID"]),
                envelope.rcpt_tos[0],
                str(mail["Subject"]),
                text,
            )
        )
        return "250 accepted"

"""One connection to the mail server for all mails of a run: opened for the first, opened anew when it broke."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

WELL = 250


class Line:
    """Closed at the end of the block. Whatever goes wrong with one mail, the next one gets a new connection."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Returns when the server said yes; raises what smtplib raises."""
        if not self._is_well():
            self._hang_up()
        self._backend.open()
        message.connection = self._backend
        try:
            message.send()
        except Exception:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        # A server that does not say goodbye changes nothing about what it said before.
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def _is_well(self) -> bool:
        """A server may hang up between two mails; after the yes to one of them that is no failure of the next."""
        server = getattr(self._backend, "connection", None)
        if not isinstance(server, smtplib.SMTP):
            return True
        try:
            return server.noop()[0] == WELL
        except (OSError, smtplib.SMTPException):
            return False

"""The mails of the demo installation, which go to files instead of people. Exists only with DEMO."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from pestzorg.web.pages import page

# What Django's file backend writes after each mail; one file holds the mails of one connection.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"
SUFFIXES = {".log", ".eml"}


@dataclass(frozen=True)
class DemoMail:
    """One mail as it would have left."""

    name: str
    message: EmailMessage

    @property
    def sent_at(self) -> object:
        """The moment in its header, None without one."""
        header = self.message["date"]
        return header.datetime if header else None

    @property
    def text(self) -> str:
        """The plain text body."""
        body = self.message.get_body(("plain",))
        return cast(EmailMessage, body).get_content() if body else ""


@page(GET="P05")
def mails(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    _refuse_outside_demo()
    return render(request, "home/demo_mails.html", {"mails": list(_mails())})


@page(GET="P05")
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail; only names from the list above are looked for, so no other file can be read."""
    _refuse_outside_demo()
    found = next((mail for mail in _mails() if mail.name == name), None)
    if found is None:
        raise Http404
    return render(request, "home/demo_mail.html", {"mail": found})


def _refuse_outside_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _mails() -> Iterator[DemoMail]:
    # The folder that the file backend of the demo writes to; other backends have none.
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    files = [file for file in Path(folder).glob("*") if file.suffix in SUFFIXES] if folder else []
    for file in sorted(files, key=lambda f: (f.stat().st_mtime_ns, f.name), reverse=True):
        parts = [part for part in file.read_bytes().split(SEPARATOR) if part.strip()]
        for number, part in reversed(list(enumerate(parts, start=1))):
            message = message_from_bytes(part.lstrip(), policy=policy.default)
            yield DemoMail(f"{file.stem}-{number}", message)

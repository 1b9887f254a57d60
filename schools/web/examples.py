"""Every mail of this installation as an example: by the real templates, about nobody. Sends and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from pestzorg.outbox.builders import Example, writers
from pestzorg.web.pages import page
from schools.queries.stuck_mail import tends_mail
from schools.web.staff_request import StaffRequest


@dataclass(frozen=True)
class Group:
    """All mails of one sort in the language of the reader."""

    kind: str
    label: str
    examples: list[Example]


def _tender(request: StaffRequest) -> None:
    if not tends_mail(request.user, request.now):
        raise Http404


@page(door=_tender, GET="P22")
def examples(request: StaffRequest) -> HttpResponse:
    """The list: each mail by its subject, with a link per language."""
    language = request.user.language
    groups = [
        Group(kind, str(writer.label), writer.examples(language, request.now))
        for kind, writer in writers().items()
    ]
    context = {"groups": groups, "languages": settings.LANGUAGES}
    return render(request, "people/mail_examples.html", context)


@page(door=_tender, GET="P22")
def example(request: StaffRequest, kind: str, key: str, language: str) -> HttpResponse:
    """One mail: from whom, subject and text as they would leave."""
    found = _example(request, kind, key, language)
    context = {
        "example": found,
        "kind": kind,
        "language": language,
        "languages": settings.LANGUAGES,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "people/mail_example.html", context)


@page(door=_tender, GET="P22")
def as_html(request: StaffRequest, kind: str, key: str, language: str) -> HttpResponse:
    """The HTML part alone, as a mail program gets it."""
    found = _example(request, kind, key, language)
    if not found.content.html:
        raise Http404
    return HttpResponse(found.content.html)


def _example(request: StaffRequest, kind: str, key: str, language: str) -> Example:
    writer = writers().get(kind)
    if writer is None or language not in dict(settings.LANGUAGES):
        raise Http404
    found = {one.key: one for one in writer.examples(language, request.now)}
    if key not in found:
        raise Http404
    return found[key]

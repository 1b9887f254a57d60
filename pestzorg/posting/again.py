"""The answer when something cannot be saved for a moment: all that was typed, to be sent once more."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

from pestzorg.posting.drafts import KEY

RETRY_AFTER = "10"  # seconds


def to_send_again(request: HttpRequest, template: str) -> HttpResponse:
    """A page with status 503. Asks the database nothing."""
    page = render_to_string(template, {"carried": _typed(request)})
    headers = {"Retry-After": RETRY_AFTER}
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Only of a form that may be sent twice. Others, such as the one with a password, are typed anew."""
    try:
        posted = request.POST
        may_be_sent_twice = KEY in posted and not request.FILES
    except (SuspiciousOperation, UnreadablePostError):
        return []
    if not may_be_sent_twice:
        return []
    return [(name, str(value)) for name, values in posted.lists() for value in values]

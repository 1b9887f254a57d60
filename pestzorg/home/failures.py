"""What a reader or a program gets when something broke: one text that tells nothing about what, or whom."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from pestzorg.api.errors import MEDIA_TYPE
from pestzorg.posting.again import to_send_again

# What psycopg raises for a server that stops, starts, or has no place left; all of it goes by.
AWAY = (OperationalError, InterfaceError)


def broken(request: HttpRequest) -> HttpResponse:
    """The page or the problem document for an error that nobody expected. Asks the database nothing."""
    # Django calls this while it handles the error.
    is_away = isinstance(sys.exc_info()[1], AWAY)
    if request.path.startswith("/api/"):
        return _problem(is_away=is_away)
    return to_send_again(request, "away.html") if is_away else server_error(request)


def _problem(*, is_away: bool) -> HttpResponse:
    status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "error"
    said = _("Something went wrong on our side")
    if is_away:
        status, code = HTTPStatus.SERVICE_UNAVAILABLE, "away"
        said = _("This does not work for a moment")
    problem = {"title": status.phrase, "status": int(status), "code": code, "detail": said}
    return JsonResponse(problem, status=status, content_type=MEDIA_TYPE)

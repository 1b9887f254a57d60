"""What a reader or a program gets when something broke: one text that tells nothing about what, or whom."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from pestzorg.api.errors import MEDIA_TYPE


def broken(request: HttpRequest) -> HttpResponse:
    """The page or the problem document for an error that nobody expected. Asks the database nothing."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    problem = {
        "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        "status": 500,
        "code": "error",
        "detail": _("Something went wrong on our side"),
    }
    return JsonResponse(problem, status=500, content_type=MEDIA_TYPE)

"""Nothing is shown that cannot be logged: the reader gets a page that says so, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from pestzorg.audit.log import LogUnwritable
from pestzorg.posting.again import to_send_again

GetResponse = Callable[[HttpRequest], HttpResponse]


class UnwritableLogMiddleware:
    """Turns LogUnwritable into 503. The API answers for itself (pestzorg/api/errors.py)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for this one error; every other one goes on."""
        if not isinstance(error, LogUnwritable):
            return None
        return to_send_again(request, "503.html")

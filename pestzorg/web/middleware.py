"""What every request gets: a clock, a language, and headers that keep children's stories out of caches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, cached_property

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from pestzorg import clock

GetResponse = Callable[[HttpRequest], HttpResponse]

SENSORS = (
    "accelerometer", "autoplay", "camera", "display-capture",
    "encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone",
    "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PRIVACY_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{sensor}=()" for sensor in SENSORS),
}


class TimedRequest(HttpRequest):
    """A request with one present moment, the same until the end: read with the session, or asked for."""

    @cached_property
    def now(self) -> datetime:
        return clock.now(getattr(getattr(self, "session", None), "read_at", None))


@cache
def _timed(kind: type[HttpRequest]) -> type[HttpRequest]:
    return type(f"Timed{kind.__name__}", (TimedRequest, kind), {})


class ClockMiddleware:
    """Gives `request.now`. A request that never asks costs no query."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A SimpleLazyObject would be shorter, but it can neither be subtracted nor sent to PostgreSQL.
        request.__class__ = _timed(type(request))  # type: ignore[arg-type] # a class is hashable
        return self.get_response(request)


class LanguageMiddleware:
    """Speaks the language of the signed-in reader, otherwise the installation's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(_language_of(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


def _language_of(request: HttpRequest) -> str:
    return request.user.language if request.user.is_authenticated else settings.LANGUAGE_CODE


class PrivacyHeadersMiddleware:
    """No answer is shared with another origin or may use a sensor; only static files may stay in a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PRIVACY_HEADERS.items():
            response.headers[name] = value
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        return response

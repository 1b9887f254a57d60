"""Every answer: one present moment, the reader's language, headers that keep it out of caches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils import translation

from pestzorg import clock
from pestzorg.web.middleware import (
    ClockMiddleware,
    LanguageMiddleware,
    PrivacyHeadersMiddleware,
)

NOON = datetime(2025, 11, 6, 12, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch):
    """How often the clock was asked."""
    answers = []

    def tick(_read: datetime | None = None) -> datetime:
        answers.append(NOON + timedelta(seconds=len(answers)))
        return answers[-1]

    monkeypatch.setattr(clock, "now", tick)
    return answers


def test_a_request_that_needs_no_time_asks_no_clock(rf, asked):
    ClockMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert asked == []


def test_a_request_has_one_present_moment(rf, asked):
    seen = []
    ClockMiddleware(lambda request: seen.append((request.now, request.now)))(rf.get("/"))
    assert seen == [(NOON, NOON)]
    assert type(seen[0][0]) is datetime


def test_the_next_request_has_its_own_moment(rf, asked):
    seen = []
    middleware = ClockMiddleware(lambda request: seen.append(request.now))
    middleware(rf.get("/"))
    middleware(rf.get("/"))
    assert seen == [NOON, NOON + timedelta(seconds=1)]


def speak(rf, user, seen=None) -> HttpResponse:
    def view(request):
        if seen is not None:
            seen.append(translation.get_language())
        return HttpResponse()

    request = rf.get("/")
    request.user = user
    return LanguageMiddleware(view)(request)


def test_a_reader_gets_the_language_of_the_account(rf):
    seen = []
    response = speak(rf, SimpleNamespace(is_authenticated=True, language="en"), seen)
    assert (seen, response["Content-Language"]) == (["en"], "en")


def test_a_stranger_gets_the_language_of_the_installation(rf, settings):
    settings.LANGUAGE_CODE = "nl"
    assert speak(rf, AnonymousUser())["Content-Language"] == "nl"


def test_a_language_does_not_leak_into_the_next_request(rf):
    before = translation.get_language()
    speak(rf, SimpleNamespace(is_authenticated=True, language="en"))
    assert translation.get_language() == before


def test_no_answer_stays_in_a_cache_even_if_the_view_allows_it(rf):
    view = PrivacyHeadersMiddleware(
        lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=60"})
    )
    assert view(rf.get("/"))["Cache-Control"] == "no-store"


def test_no_answer_is_shared_with_another_origin_or_a_sensor(rf):
    response = PrivacyHeadersMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]

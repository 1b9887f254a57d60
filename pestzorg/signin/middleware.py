"""What stands between a signed-in browser and every page: the session's limits, then the second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from pestzorg.rules.registry import declared_rules
from pestzorg.signin import sessions
from pestzorg.web.middleware import TimedRequest

GetResponse = Callable[[HttpRequest], HttpResponse]
COVER = "P03"  # the rule of the page behind "Hide", and of the way back from it
COVER_PAGE = "home:hidden"
DRAFTS = "P11"  # of what a page that keeps drafts asks beside itself


class SessionLimits:
    """Ends a session that is idle, old or was hidden; while it is hidden, every page is the cover."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if sessions.is_signed_in(request) and not sessions.enter(cast(TimedRequest, request)):
            away = _("You were away for a while. Sign in and everything is still there.")
            messages.info(request, away)
        response = self.get_response(request)
        if getattr(request, "was_on_its_way", False) and sessions.is_hidden(request):
            return redirect(COVER_PAGE)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """The back button, or another tab, shows the cover too; only "Continue" on it leads back.

        What was sent before the reader hid is still done: it must not get lost. It is not shown.
        """
        if not sessions.is_hidden(request) or _comes_by_itself(request, view):
            return None
        if request.method in {"GET", "HEAD"}:
            return redirect(COVER_PAGE)
        request.was_on_its_way = True  # type: ignore[attr-defined]
        return None


def _comes_by_itself(request: HttpRequest, view: Any) -> bool:
    # A page that is hidden in the middle of a sentence sends that sentence after the cover was shown.
    return bool({COVER, DRAFTS} & set(declared_rules(view).values())) or "draft" in request.POST


# What a session with only a password may reach: setting up the second step, the cover, signs of life, the way out.
OPEN_RULES = frozenset({COVER, "P07", "P10", "R54"})
OPEN_PAGES = frozenset({"account_login", "account_logout", "account_reauthenticate"})


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with more than a password."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class SecondFactor:
    """Nobody sees a case with a password alone. The demo and the tests turn this off with MFA_REQUIRED."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Before any page and before any object is looked up: the same answer everywhere."""
        if not settings.MFA_REQUIRED or not sessions.is_signed_in(request):
            return None
        if has_second_factor(request):
            return None
        request.without_menu = True  # type: ignore[attr-defined] # it would only lead back here
        if self._is_open(request, view):
            return None
        if request.path.startswith("/api/"):
            return _problem()
        return redirect("mfa_index")

    def _is_open(self, request: HttpRequest, view: Any) -> bool:
        declared = set(declared_rules(view).values())
        name = request.resolver_match.url_name if request.resolver_match else None
        return (bool(declared) and declared <= OPEN_RULES) or name in OPEN_PAGES


def _problem() -> JsonResponse:
    body = {
        "title": "Forbidden",
        "status": 403,
        "code": "second_factor_required",
        "detail": _("Set up a second step at sign-in first."),
    }
    return JsonResponse(body, status=403, content_type="application/problem+json")

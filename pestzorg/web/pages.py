"""Declaring a page: which rule per method, no other methods, a fresh sign-in where a rule wants one. Knows no app."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from pestzorg.posting.drafts import KEY, drop, keep, place_of
from pestzorg.posting.once import once
from pestzorg.posting.versions import Stale
from pestzorg.rules.registry import declare
from pestzorg.signin.step_up import needs_step_up, refuse_stale
from pestzorg.web.parts import next_url
from pestzorg.web.templatetags.pestzorg_ui import clock_time

Page = Callable[..., HttpResponse]
Door = Callable[[Any], object]
# Each try that fails means that somebody else's save went through.
TRIES = 5


def methods_of(rule_by_method: dict[str, str]) -> list[str]:
    """The methods a page answers; HEAD comes with GET."""
    return [*rule_by_method, *(["HEAD"] if "GET" in rule_by_method else [])]


def fresh(enter: Page) -> Page:
    """Decorator: when somebody else wrote a row in between, begin anew with what is stored by then."""

    @wraps(enter)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for _again in range(TRIES - 1):
            try:
                return enter(request, *args, **kwargs)
            except Stale:
                continue
        return enter(request, *args, **kwargs)

    return run


def answer(
    view: Page, request: Any, *, case_uuid: UUID | None = None, **kwargs: Any
) -> HttpResponse:
    """What a page answers once its door is passed: drafts are kept, a form that names its page is sent once."""
    posted = request.POST if request.method == "POST" else {}
    if "draft" in posted:
        return _draft(request, case_uuid)
    key = posted.get(KEY)
    if not key:
        return view(request, **kwargs)
    found = once(request, lambda: view(request, **kwargs))
    if isinstance(found, HttpResponseRedirectBase):
        drop(request.user, place_of(request), key)
    return found


def _draft(request: Any, case_uuid: UUID | None) -> HttpResponse:
    if request.POST["draft"] == "drop":
        drop(request.user, place_of(request), request.POST.get(KEY, ""))
        return redirect(next_url(request, request.path))
    if request.POST.get("who", "") != str(request.user.uuid):
        # Somebody else signed in on this device meanwhile: this text is not theirs.
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    keep(request.user, place_of(request), request.POST, now=request.now, case_uuid=case_uuid)
    # Created, not OK: it shows nothing of the case, so it is no look at it.
    return JsonResponse({"at": clock_time(request.now)}, status=HTTPStatus.CREATED)


def page(door: Door | None = None, **rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator for a page without a case: `@page(GET="P02")`.

    With a rule that wants a fresh sign-in, `door` raises Http404 for whom the page is not there: only others are asked.
    """

    def decorate(view: Page) -> Page:
        allowed = require_http_methods(methods_of(rule_by_method))
        asks = needs_step_up(*rule_by_method.values())

        @declare(**rule_by_method)
        @fresh
        @wraps(view)
        def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if door:
                door(request)
            if asks:
                refuse_stale(request)
            return allowed(partial(answer, view))(request, **kwargs)

        return enter

    return decorate

"""Declaring a page: which rule per method, and no other methods. Knows no app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from pestzorg.posting.versions import Stale
from pestzorg.rules.registry import declare

Page = Callable[..., HttpResponse]
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


def page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator for a page without a case: `@page(GET="P02")`."""

    def decorate(view: Page) -> Page:
        allowed = require_http_methods(methods_of(rule_by_method))
        return declare(**rule_by_method)(fresh(allowed(view)))

    return decorate

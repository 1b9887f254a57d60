"""Declaring a page: which rule per method, and no other methods. Knows no app."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from pestzorg.rules.registry import declare

Page = Callable[..., HttpResponse]


def methods_of(rule_by_method: dict[str, str]) -> list[str]:
    """The methods a page answers; HEAD comes with GET."""
    return [*rule_by_method, *(["HEAD"] if "GET" in rule_by_method else [])]


def page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator for a page without a case: `@page(GET="P02")`."""

    def decorate(view: Page) -> Page:
        return declare(**rule_by_method)(require_http_methods(methods_of(rule_by_method))(view))

    return decorate

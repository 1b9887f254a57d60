"""Which rule a route declares, per method. The registry decides nothing: it only makes forgetting visible."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.urls import URLPattern, URLResolver, get_resolver

SAFE_EXTRAS = {"HEAD", "OPTIONS", "TRACE"}
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """One row of rules.csv."""

    id: str
    action: str
    object: str
    step_up: bool


@dataclass(frozen=True)
class Route:
    """One URL with one method, as a browser can ask for it."""

    path: str
    method: str
    rule: str | None


@lru_cache
def rules() -> dict[str, Rule]:
    """All known rules by id."""
    lines = (Path(__file__).parent / "rules.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {r["rule"]: Rule(r["rule"], r["action"], r["object"], r["step_up"] == "S") for r in rows}


def declare(**rule_by_method: str) -> Callable[[View], View]:
    """Decorator: `@declare(GET="R14", POST="R17")`. Refuses an unknown rule when the module is imported."""
    unknown = set(rule_by_method.values()) - set(rules())
    if unknown:
        raise LookupError(f"Unknown rules {sorted(unknown)}: add them to pestzorg/rules/rules.csv.")

    def mark(view: View) -> View:
        view.declared_rules = rule_by_method  # type: ignore[attr-defined]
        return view

    return mark


def declare_foreign(patterns: list[Any], **rule_by_method: str) -> list[Any]:
    """Declare one rule for every route of somebody else's URL list (sign-in pages, API schema)."""
    for route in _patterns(patterns):
        declare(**rule_by_method)(route.callback)
    return patterns


def routes() -> Iterator[Route]:
    """Every (path, method) that the URL map answers, with its declared rule or None."""
    for path, callback in _walk(get_resolver().url_patterns, ""):
        declared = declared_rules(callback)
        for method in sorted(_methods(callback) | set(declared)):
            yield Route(path, method, declared.get(method))


def undeclared() -> list[Route]:
    """The routes nobody declared a rule for; must be empty."""
    return [route for route in routes() if route.rule is None]


def declared_rules(callback: Any) -> dict[str, str]:
    """The rule of each method that a view declared; empty when it declared none."""
    for holder in (callback, getattr(callback, "cls", None), getattr(callback, "view_class", None)):
        found = getattr(holder, "declared_rules", None)
        if found:
            return dict(found)
    return {}


def _methods(callback: Any) -> set[str]:
    cls = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if getattr(callback, "actions", None):
        found = {method.upper() for method in callback.actions}
    elif cls:
        found = {m.upper() for m in cls.http_method_names if hasattr(cls, m)}
    else:
        found = set(declared_rules(callback)) or {"GET", "POST"}
    return found - SAFE_EXTRAS


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def _patterns(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern

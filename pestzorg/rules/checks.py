"""System check pestzorg.E001: an installation with a route that declares no rule does not start."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from pestzorg.rules.registry import undeclared


@register
def every_route_declares_a_rule(app_configs: Any, **kwargs: Any) -> list[Error]:
    """One error per route and method without a rule."""
    return [
        Error(
            f"{route.method} /{route.path} declares no rule.",
            hint="Decorate the view with @declare(...) or cases.web.doors.case_page(...).",
            id="pestzorg.E001",
        )
        for route in undeclared()
    ]

"""Deploy check W050: numbers that a school calls in need, and that nobody compared for more than a year.

Asks the database for the day, so it runs with `manage.py check --deploy --database default`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Tags, register
from django.core.checks import Warning as Complaint

from cases.protocol import help_routes
from pestzorg.clock import now

HINT = "Compare it with what the organisation publishes, and write the day in cases/protocol/help_routes.toml."


@register(Tags.database, deploy=True)
def help_routes_are_compared(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Complaint]:
    """One warning for each place to call that was compared more than a year ago."""
    if not databases or "default" not in databases:
        return []
    return [
        Complaint(
            f"{route.name.en} ({route.contact}) was last compared on {route.last_checked_on}.",
            hint=HINT,
            id="pestzorg.W050",
        )
        for route in help_routes.outdated(now().date())
    ]

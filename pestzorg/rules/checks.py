"""System checks: a route without a rule does not start (E001); what loses mail or data is no production (E002-E005).

E006: guardian stores grants and decides nothing; settings that let it decide stop the installation.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

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


@register
def guardian_decides_nothing(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuses an account for everybody, guardian's old behaviour, and the admin with its permission pages."""
    old = sorted(name for name in dir(settings) if name.startswith("GUARDIAN_LEGACY"))
    found = [
        (settings.ANONYMOUS_USER_NAME is not None, "ANONYMOUS_USER_NAME must be None."),
        (bool(old), f"{', '.join(old)}: guardian's old behaviour opens too much."),
        ("django.contrib.admin" in settings.INSTALLED_APPS, "The admin grants rights unasked."),
    ]
    return [Error(text, id="pestzorg.E006") for wrong, text in found if wrong]


@register(Tags.security, deploy=True)
def production_is_no_trial(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuses what is fine for trying out, and in production loses data or sends nothing."""
    sqlite = str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
    broker = str(settings.CELERY_BROKER_URL)
    found = [
        (sqlite, "E002", "SQLite is for trying out: set DATABASE_URL to a PostgreSQL."),
        (settings.CLOCK_OFFSET != 0, "E003", "CLOCK_OFFSET moves every deadline: leave it out."),
        (broker.startswith("memory"), "E004", "Without REDIS_URL no reminder is ever sent."),
        (
            not settings.BASE_URL.startswith("https://"),
            "E005",
            "BASE_URL stands in every mail: set it to the https address of the installation.",
        ),
    ]
    return [Error(text, id=f"pestzorg.{number}") for wrong, number, text in found if wrong]

"""System checks of sign-in: what would open every case to a password, a stolen table or one account (E010, E020-E026)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register

NEEDED = (
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "pestzorg.signin.middleware.SessionLimits",
    "pestzorg.signin.middleware.SecondFactor",
    "csp.middleware.CSPMiddleware",
)


@register
def sign_in_is_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuses an installation in which somebody took a guard away."""
    absent = [name for name in NEEDED if name not in settings.MIDDLEWARE]
    transactions = any(base.get("ATOMIC_REQUESTS") for base in settings.DATABASES.values())
    found = [
        (settings.SESSION_ENGINE != "pestzorg.signin.store", "E020", "Sessions need their store."),
        (bool(absent), "E021", f"MIDDLEWARE lacks {', '.join(absent)}."),
        (transactions, "E022", "ATOMIC_REQUESTS undoes what a refused request must leave behind."),
        (settings.USE_X_FORWARDED_HOST, "E023", "Links and hosts never follow a header."),
    ]
    return [Error(text, id=f"pestzorg.{number}") for wrong, number, text in found if wrong]


@register(Tags.security, deploy=True)
def nobody_relies_on_a_password(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuses, for a school, what the demo and the tests may do."""
    found = [
        (not settings.MFA_REQUIRED, "E024", "MFA_REQUIRED is off: a password alone opens cases."),
        ("*" in settings.ALLOWED_HOSTS, "E025", "ALLOWED_HOSTS names hosts, never every host."),
        (bool(settings.SILENCED_SYSTEM_CHECKS), "E026", "No check is silenced."),
    ]
    return [Error(text, id=f"pestzorg.{number}") for wrong, number, text in found if wrong]


@register(Tags.database, deploy=True)
def no_account_is_above_the_rules(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Error]:
    """Refuses accounts marked as superuser. They open nothing here; whoever made one thinks otherwise."""
    if not databases:
        return []
    count = get_user_model().objects.filter(is_superuser=True).count()
    text = f"{count} accounts are marked as superuser: give them roles instead."
    return [Error(text, id="pestzorg.E010")] if count else []

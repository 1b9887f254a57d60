"""Some acts ask for a fresh sign-in: whether this one is fresh, and how to ask again without losing what was typed."""

from __future__ import annotations

from datetime import timedelta

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

from pestzorg.rules.registry import rules
from pestzorg.signin.sessions import is_signed_in
from pestzorg.signin.store import PROVED
from pestzorg.web.middleware import TimedRequest

FRESH = timedelta(minutes=5)


def is_fresh(request: TimedRequest) -> bool:
    """Whether the person in this browser proved who they are in the last five minutes."""
    if not is_signed_in(request) or PROVED not in request.session:
        return False
    proved = float(request.session[PROVED])
    return request.now.timestamp() - proved <= FRESH.total_seconds()


def needs_step_up(*of_rules: str) -> bool:
    """Whether one of these rules wants a fresh sign-in."""
    return any(rules()[rule].step_up for rule in of_rules)


def refuse_stale(request: HttpRequest) -> None:
    """Asks for a new proof when the last is too old. A form that was sent waits, sealed, in the session."""
    if not is_fresh(request):  # type: ignore[arg-type] # every request is timed by the middleware
        raise ReauthenticationRequired

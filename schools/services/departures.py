"""What else happens when somebody is gone from a school, or comes back. Other rooms plug in here what they know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from schools.models import School, User

Change = Callable[[User | None, User, School, datetime], None]
_departures: list[Change] = []
_returns: list[Change] = []


def register(*, departure: Change, return_: Change) -> None:
    """Call these in the transaction in which somebody leaves or is kept out, and comes back after a long time."""
    _departures.append(departure)
    _returns.append(return_)


def gone_from(actor: User | None, person: User, school: School, now: datetime) -> None:
    """Tell everybody who plugged in; roles have ended already. Raises what they raise, so that nothing is half done."""
    for departure in _departures:
        departure(actor, person, school, now)


def back_at(actor: User | None, person: User, school: School, now: datetime) -> None:
    """Tell everybody who plugged in, before the new role begins."""
    for return_ in _returns:
        return_(actor, person, school, now)

"""What else happens when somebody is gone from a school, or comes back. Other rooms plug in here what they know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from schools.models import School, User

Departure = Callable[[User | None, User, School, datetime], None]
_departures: list[Departure] = []


def register(departure: Departure) -> None:
    """Call this in the transaction in which somebody leaves a school, or is kept out of it."""
    _departures.append(departure)


def gone_from(actor: User | None, person: User, school: School, now: datetime) -> None:
    """Tell everybody who plugged in; roles have ended already. Raises what they raise, so that nothing is half done."""
    for departure in _departures:
        departure(actor, person, school, now)

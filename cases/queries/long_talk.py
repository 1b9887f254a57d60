"""How long a talk is good for a child: thirty minutes in primary school, forty-five after that."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.models import Conversation, Sitting
from schools.grades import begins_at

PRIMARY, SECONDARY = 30, 45


def long_enough(conversation: Conversation, sitting: Sitting | None, now: datetime) -> int | None:
    """The minutes after which stopping is offered, once they have passed in the sitting that is open; else None."""
    if sitting is None:
        return None
    school_class = conversation.case.school_class
    # Only the names of classes in primary school tell an age.
    is_primary = school_class is not None and begins_at(school_class.name) is not None
    minutes = PRIMARY if is_primary else SECONDARY
    return minutes if now - sitting.started_at >= timedelta(minutes=minutes) else None

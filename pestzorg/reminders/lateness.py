"""Until when reminders were well: for the banner that tells staff when they are not."""

from __future__ import annotations

from django.db.models import DateTimeField, Subquery
from django.db.models.functions import Coalesce

from pestzorg.outbox import heartbeat
from pestzorg.reminders.models import DueMoment


def well_until() -> Coalesce:
    """The oldest sign of life; where there never was one, the first moment that should have had one. Else NULL.

    An expression, so that a request gets the answer with its session and asks nothing more.
    """
    never_swept = DueMoment.objects.filter(settled_at=None).order_by("fires_at")
    first_missed = never_swept.values("fires_at")[:1]
    moment = DateTimeField()
    return Coalesce(
        Subquery(heartbeat.weakest(), output_field=moment),
        Subquery(first_missed, output_field=moment),
        output_field=moment,
    )

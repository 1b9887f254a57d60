"""The cases somebody works in by name: what their role opens beside is no work of theirs."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import Case, Principal
from cases.queries.watching import TARGETS


def own_cases(who: Who) -> QuerySet[Case]:
    """Open cases that somebody handles, leads or was asked along in: not all that a role opens."""
    seats = [seen.principal_id for seen in who.seen if seen.kind == Principal.Kind.SEAT]
    granted = visible_to(who, Level.VIEW).filter(
        is_open=True,
        access_rows__principal__in=seats,
        access_rows__level__gte=Level.VIEW,
        access_rows__valid_until__gt=who.now,
    )
    return (
        visible_to(who, Level.VIEW)
        .filter(pk__in=granted.values("pk"))
        .select_related("school_class")
        .prefetch_related(TARGETS)
        .order_by("-opened_at", "-id")
    )

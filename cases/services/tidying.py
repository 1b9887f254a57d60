"""Clearing away access that ran out long ago. Nobody can do less through it: it opened nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from cases.models import BreakGlass, Case, CaseUserObjectPermission
from cases.services.sharing import lock, rebuild_access

# So long somebody may still want to know who could see a case until last month.
KEPT_FOR = timedelta(days=90)


def tidy_access(now: datetime) -> int:
    """Remove grants and the rows of emergency access that ended more than ninety days ago; returns how many cases."""
    old = {"valid_until__lte": now - KEPT_FOR}
    grants = CaseUserObjectPermission.objects.filter(**old).values_list("content_object", flat=True)
    glass = BreakGlass.objects.filter(**old, tidied=False).values_list("case", flat=True)
    found = sorted({*grants, *glass})
    for case in Case.objects.filter(pk__in=found):
        _tidy(case, old)
    return len(found)


@transaction.atomic
def _tidy(case: Case, old: dict[str, datetime]) -> None:
    locked = lock(case)
    locked.grants.filter(**old).delete()
    locked.break_glass.filter(**old).update(tidied=True)
    rebuild_access(locked)

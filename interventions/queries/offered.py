"""The methods as a school offers them now: as published, or as it adapted them."""

from __future__ import annotations

from interventions.models import MethodCopy
from interventions.protocol import Method, current
from schools.models import School


def copy_in_use(school: School, key: str) -> MethodCopy | None:
    """What the school made of this method; None while it runs it as published."""
    return MethodCopy.objects.filter(
        school=school, method=key, status=MethodCopy.Status.ACTIVE
    ).first()


def offered(school: School | None, key: str) -> Method:
    """How a new intervention of this school begins; without a school as published."""
    copy = copy_in_use(school, key) if school else None
    return copy.definition if copy else current(key)

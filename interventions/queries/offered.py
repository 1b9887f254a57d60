"""The methods as a school offers them now: as published, or as it adapted them."""

from __future__ import annotations

from collections.abc import Iterable

from interventions.models import MethodCopy
from interventions.protocol import Method, current
from schools.models import School


def copy_in_use(school: School, key: str) -> MethodCopy | None:
    """What the school made of this method; None while it runs it as published."""
    return _in_use(school, [key]).get(key)


def offered(school: School | None, key: str) -> Method:
    """How a new intervention of this school begins; without a school as published."""
    return offered_all(school, [key])[0]


def offered_all(school: School | None, keys: Iterable[str]) -> list[Method]:
    """The same of several methods, in their order, in one question to the database."""
    keys = list(keys)
    copies = _in_use(school, keys) if school else {}
    return [copies[key].definition if key in copies else current(key) for key in keys]


def _in_use(school: School, keys: list[str]) -> dict[str, MethodCopy]:
    found = MethodCopy.objects.filter(school=school, status=MethodCopy.Status.ACTIVE)
    return {copy.method: copy for copy in found.filter(method__in=keys)}

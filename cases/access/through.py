"""By which way somebody came to a case: in which role, and through what. For the log, never for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cases.access.who import Seen, Who
from cases.models import Access, Principal


class Placed(Protocol):
    """A case, or a row of a list that knows where its case belongs."""

    @property
    def pk(self) -> int: ...
    @property
    def school_id(self) -> int: ...
    @property
    def restricted(self) -> bool: ...


@dataclass(frozen=True)
class Through:
    """A role and the kind of principal (A audience, S seat, G glass); both empty when nothing opens the case."""

    role: str = ""
    kind: str = ""


def through(who: Who, cases: Iterable[Placed], level: int) -> dict[int, Through]:
    """The way to each of these visible cases at `level`: the role itself, else a grant, else emergency access.

    One query, and only for cases to which somebody has a seat and glass at once.
    """
    able = {case.pk: _able(who, case, level) for case in cases}
    unsure = [pk for pk, found in able.items() if len({seen.kind for seen in found}) > 1]
    real = _real(who, unsure, level) if unsure else set()
    for pk in unsure:
        able[pk] = [seen for seen in able[pk] if (pk, seen.principal_id) in real]
    return {pk: _widest(found) for pk, found in able.items()}


def _able(who: Who, case: Placed, level: int) -> list[Seen]:
    place = (case.school_id, case.restricted)
    found = [s for s in who.seen if (s.school_id, s.restricted) == place and s.cap >= level]
    # Whoever is among a school's audience sees its cases, whatever else they were given.
    return [s for s in found if s.kind == Principal.Kind.AUDIENCE] or found


def _real(who: Who, cases: list[int], level: int) -> set[tuple[int, int]]:
    principals = {seen.principal_id for seen in who.seen}
    rows = Access.objects.filter(case__in=cases, principal__in=principals, level__gte=level)
    live = rows.filter(valid_until__gt=who.now)
    return set(live.values_list("case_id", "principal_id"))


def _widest(found: list[Seen]) -> Through:
    best = max(found, key=lambda s: (s.kind != Principal.Kind.GLASS, s.cap), default=None)
    return Through(best.role, best.kind) if best else Through()

"""Emergency access as others see it: running now on one case, and the log that is reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import BreakGlass, Case, Principal
from schools.models import MembershipRole, School, SchoolExclusion, User
from schools.roles import Role

# One year is what a yearly review looks back on.
LOOKED_BACK = timedelta(days=365)
MOST = 200
REVIEWERS = frozenset({Role.COORDINATOR, Role.DPO, Role.BOARD_VIEWER})
TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Opening:
    """One row of the log. Without `tells_all` it has neither person, nor code, nor what was written."""

    glass: BreakGlass
    tells_all: bool


def running_until(who: Who, case: Case) -> datetime | None:
    """Until when somebody reads this case by emergency access; None when they do not."""
    if not isinstance(who.user, User) or not _has_glass(who):
        return None
    mine = case.break_glass.filter(user=who.user, valid_until__gt=who.now)
    return mine.order_by("-valid_until").values_list("valid_until", flat=True).first()


def _has_glass(who: Who) -> bool:
    return any(seen.kind == Principal.Kind.GLASS for seen in who.seen)


def openings_of(case: Case) -> QuerySet[BreakGlass]:
    """Every time somebody opened this case, the latest first."""
    return case.break_glass.select_related("user").order_by("-started_at")


def recent_openings(who: Who) -> QuerySet[BreakGlass]:
    """Openings of the last week by others, of cases that this person reads."""
    if not isinstance(who.user, User):
        return BreakGlass.objects.none()
    seen = BreakGlass.objects.filter(
        case__in=visible_to(who, Level.VIEW), started_at__gt=who.now - TOLD_FOR
    )
    others = seen.exclude(user=who.user).select_related("user", "case")
    return others.order_by("-started_at")


def may_review(user: User, now: datetime) -> bool:
    """Coordinators of a school; data protection officer and members of a board."""
    return _held(user, now).exists()


def review_log(who: Who) -> list[Opening]:
    """The openings of the last year that this person reviews, the latest first (rule R40).

    A coordinator finds those of cases they read. The data protection officer finds all of the board's schools,
    a member of the board when, where and why in a word.
    """
    if not isinstance(who.user, User):
        return []
    tells: dict[int, bool] = {}
    for role, board_id in _held(who.user, who.now).values_list("role", "membership__board"):
        if role != Role.COORDINATOR:
            found = _of_board(who, who.user, board_id)
            tells |= {pk: tells.get(pk, False) or role == Role.DPO for pk in found}
    own = BreakGlass.objects.filter(case__in=visible_to(who, Level.VIEW))
    if _held(who.user, who.now).filter(role=Role.COORDINATOR).exists():
        tells |= dict.fromkeys(own.values_list("pk", flat=True), True)
    return _rows(who, tells)


def _rows(who: Who, tells: dict[int, bool]) -> list[Opening]:
    recent = BreakGlass.objects.filter(pk__in=tells, started_at__gt=who.now - LOOKED_BACK)
    rows = recent.select_related("user", "case__school").order_by("-started_at")[:MOST]
    return [Opening(glass, tells[glass.pk]) for glass in rows]


def _of_board(who: Who, user: User, board_id: int) -> Iterable[int]:
    closed = SchoolExclusion.objects.filter(user=user, lifted_at=None).values("school")
    schools = School.objects.filter(board=board_id).exclude(pk__in=closed)
    found = BreakGlass.objects.filter(case__school__in=schools).exclude(case__in=who.excluded)
    return found.values_list("pk", flat=True)


def _held(user: User, now: datetime) -> QuerySet[MembershipRole]:
    return MembershipRole.objects.valid_at(now).filter(membership__user=user, role__in=REVIEWERS)

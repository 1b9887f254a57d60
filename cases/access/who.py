"""Who asks: the principals somebody has at one moment, from their memberships, their roles and their token."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from cases.ceilings import CEILINGS, Level
from cases.models import CaseExclusion, Principal
from schools.models import ApiToken, MembershipRole, SchoolExclusion, User


@dataclass(frozen=True)
class Seen:
    """A principal through which somebody sees, with the role that gives it and the cap of that role."""

    principal_id: int
    role: str
    kind: str
    restricted: bool
    cap: int
    school_id: int


@dataclass(frozen=True)
class Who:
    """Somebody at one moment, possibly through a token that narrows what they may do."""

    user: User | AnonymousUser
    now: datetime
    token: ApiToken | None = None
    _case_rules: dict[int, frozenset[str]] = field(default_factory=dict, compare=False)

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """The principals of this person now; memberships are read at request time, so leaving counts at once."""
        if not isinstance(self.user, User) or not self.user.is_active:
            return ()
        return tuple(self._through_token(resolve(self.user, self.now)))

    @cached_property
    def excluded(self) -> frozenset[int]:
        """Ids of the cases that are closed to this person whatever else would open them."""
        if not isinstance(self.user, User):
            return frozenset()
        live = CaseExclusion.objects.filter(user=self.user, lifted_at=None)
        return frozenset(live.values_list("case_id", flat=True))

    def principals(self, level: int) -> list[int]:
        """Ids of the principals whose cap reaches `level`."""
        return sorted({s.principal_id for s in self.seen if s.cap >= level})

    def _through_token(self, seen: Iterable[Seen]) -> Iterable[Seen]:
        # A token never reaches restricted cases or glass, nor schools it was not made for.
        if self.token is None:
            return seen
        if ApiToken.Scope.CASES_READ not in self.token.scopes:
            return ()
        at = set(
            Principal.objects.filter(school__in=self.token.schools.all()).values_list(
                "id", flat=True
            )
        )
        return (
            replace(s, cap=min(s.cap, Level.VIEW))
            for s in seen
            if not s.restricted and s.kind != Principal.Kind.GLASS and s.principal_id in at
        )


def who(request: Any) -> Who:
    """The person behind this request, resolved once per request."""
    found = getattr(request, "_pestzorg_who", None)
    if not isinstance(found, Who):
        token = request.auth if isinstance(getattr(request, "auth", None), ApiToken) else None
        found = request._pestzorg_who = Who(request.user, request.now, token)
    return found


def resolve(user: User, now: datetime) -> list[Seen]:
    """The principals of somebody at one moment: what their roles open, and the seats that are theirs."""
    roles = list(
        MembershipRole.objects.valid_at(now)
        .filter(membership__user=user)
        .values_list("role", "membership__school_id", "membership__board_id")
    )
    wanted = Q(pk__in=[])
    for school_id, board_id in {(s, b) for _role, s, b in roles}:
        if school_id or board_id:
            wanted |= Q(school_id=school_id) if school_id else Q(school__board_id=board_id)
    closed = SchoolExclusion.objects.filter(user=user, lifted_at=None).values("school")
    principals = (
        Principal.objects.filter(wanted, Q(user=user) | Q(user=None))
        .exclude(school__in=closed)
        .select_related("school")
        if roles
        else Principal.objects.none()
    )
    return [
        Seen(p.pk, role, p.kind, p.restricted, cap, p.school_id)
        for p in principals
        for role, school_id, board_id in roles
        if (p.school_id == school_id if school_id else board_id and p.school.board_id == board_id)
        for cap in [cap_through(role, p)]
        if cap is not None
    ]


def cap_through(role: str, principal: Principal) -> int | None:
    """The highest level a role reaches through a principal; None when the role has no such principal."""
    for row in CEILINGS:
        if (row.role, row.kind, row.restricted) == (role, principal.kind, principal.restricted):
            return _cap(role, principal, row.cap)
    return None


def _cap(role: str, principal: Principal, cap: int) -> int:
    opens_content = (
        role == "principal" and principal.kind == "A" and principal.school.principal_content
    )
    return Level.VIEW if opens_content else cap

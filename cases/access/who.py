"""Who asks: the principals somebody has at one moment, from their memberships, their roles and their token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Q

from cases.access.statement import Statement, written
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
class Found:
    """What the database says of somebody at one moment."""

    seen: tuple[Seen, ...]
    roles: frozenset[str]
    excluded: frozenset[int]


# What Django writes for the three questions, joined, so that every request asks once. The first row is there for
# somebody without any role too.
RESOLVE = """
SELECT e.cases, h.role, p.id, p.kind, p.restricted, s.id, s.principal_content
FROM (SELECT (SELECT <joined> FROM (<closed>) c) AS cases) e
LEFT JOIN (<held>) h ON 1 = 1
LEFT JOIN schools_school s ON s.id = h.school_id OR s.board_id = h.board_id
LEFT JOIN (<principals>) p ON p.school_id = s.id"""
JOINED = {
    "postgresql": "string_agg(c.case_id::text, ',')",
    "sqlite": "group_concat(c.case_id, ',')",
}


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
        return tuple(self._through_token(self._found.seen))

    @cached_property
    def excluded(self) -> frozenset[int]:
        """Ids of the cases that are closed to this person whatever else would open them."""
        return self._found.excluded

    @property
    def roles(self) -> frozenset[str]:
        """Every role this person has anywhere now; for menus, never for decisions about a case."""
        return self._found.roles

    @cached_property
    def _found(self) -> Found:
        if not isinstance(self.user, User) or not self.user.is_active:
            return Found((), frozenset(), frozenset())
        return resolve(self.user, self.now)

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


def resolve(user: User, now: datetime) -> Found:
    """The roles of somebody at one moment, the principals they open, and what is closed; one statement."""
    rows = _rows(user, now).rows()
    seen = (_seen(role, *principal) for _closed, role, *principal in rows if principal[0])
    return Found(
        seen=tuple(found for found in seen if found is not None),
        roles=frozenset(role for _closed, role, *_principal in rows if role),
        excluded=frozenset(int(case) for case in (rows[0][0] or "").split(",") if case),
    )


def _rows(user: User, now: datetime) -> Statement:
    asked = _written(
        connection.vendor, MembershipRole.objects.valid_at, SchoolExclusion.objects.filter
    )
    moment = connection.ops.adapt_datetimefield_value(now)
    given = {SOMEBODY: user.pk, connection.ops.adapt_datetimefield_value(SOMETIME): moment}
    return Statement(asked.sql, tuple(given.get(value, value) for value in asked.params))


# To write these three takes Django as long as to answer them, and they never change: so once, for nobody.
SOMEBODY, SOMETIME = -(2**40), datetime(1, 2, 3, tzinfo=UTC)


@lru_cache(maxsize=4)
def _written(vendor: str, valid_at: Callable[..., Any], shut_out: Callable[..., Any]) -> Statement:
    excluded = CaseExclusion.objects.filter(user=SOMEBODY, lifted_at=None)
    held = valid_at(SOMETIME).filter(membership__user=SOMEBODY)
    places = {"school_id": F("membership__school_id"), "board_id": F("membership__board_id")}
    closed = shut_out(user=SOMEBODY, lifted_at=None).values("school")
    own = Principal.objects.filter(Q(user=SOMEBODY) | Q(user=None)).exclude(school__in=closed)
    parts = {
        "closed": written(excluded.values("case_id")),
        "held": written(held.values("role", **places)),
        "principals": written(own.values("id", "kind", "restricted", "school_id")),
    }
    sql = RESOLVE.replace("<joined>", JOINED[vendor])
    for name, part in parts.items():
        sql = sql.replace(f"<{name}>", part.sql)
    return Statement(sql, tuple(value for part in parts.values() for value in part.params))


def _seen(
    role: str, pk: int, kind: str, restricted: Any, school_id: int, shows_content: Any
) -> Seen | None:
    cap = cap_through(role, kind, restricted=bool(restricted), shows_content=bool(shows_content))
    return None if cap is None else Seen(pk, role, kind, bool(restricted), cap, school_id)


def cap_through(role: str, kind: str, *, restricted: bool, shows_content: bool) -> int | None:
    """The highest level a role reaches through a principal; None when the role has no such principal.

    `shows_content` is the school's wish that its principal reads cases.
    """
    for row in CEILINGS:
        if (row.role, row.kind, row.restricted) == (role, kind, restricted):
            opened = role == "principal" and kind == "A" and shows_content
            return Level.VIEW if opened else row.cap
    return None

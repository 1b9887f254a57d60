"""One page of the list of cases: the newest somebody sees, with the level on each, and how many there are.

The one place in hand-written SQL. PostgreSQL takes the newest of each principal from the index `access_page`
and merges them, so a page costs the same for ten cases and for ten million. SQLite, and every list that is
narrowed (a state, a search), groups all rows of the reader instead. Both answer what `visible_to` answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from cases.access.statement import Statement, as_list
from cases.access.visible import visible_to
from cases.access.who import Seen, Who
from cases.ceilings import Level
from cases.models import Case, Principal
from cases.models.access import FOREVER

# Above this a count says "1000+": counting on would cost more than the page itself.
COUNTED = 1000
OPEN, CLOSED = "a.is_open", "NOT a.is_open"


@dataclass(frozen=True)
class Place:
    """Where a case stands in the order of every list: newest first, and by number where moments are equal."""

    opened_at: datetime
    case_id: int


FIRST = Place(FOREVER, 2**62)

# The order of the index, so that each principal's part is read from its beginning and no further. GROUP BY
# before LIMIT: a case with two rows would otherwise shorten the page.
NEWEST = """
SELECT t.case_id, t.opened_at, max(t.level) AS level
FROM unnest(%s::bigint[], %s::integer[]) AS p(id, cap) CROSS JOIN LATERAL (<parts>) t
GROUP BY t.case_id, t.opened_at ORDER BY t.opened_at DESC, t.case_id DESC LIMIT %s"""
NEWEST_OF_ONE = """
(SELECT a.case_id, a.opened_at, LEAST(max(a.level), p.cap) AS level FROM cases_access a
WHERE a.principal_id = p.id AND <state> AND a.level >= 10 AND a.valid_until > %s
AND (a.opened_at, a.case_id) < (%s, %s) AND a.case_id <> ALL(%s::bigint[])
GROUP BY a.opened_at, a.case_id ORDER BY a.opened_at DESC, a.case_id DESC LIMIT %s)"""
GROUPED = """
SELECT a.case_id, a.opened_at, max(CASE WHEN a.level < p.cap THEN a.level ELSE p.cap END) AS level
FROM <principals> JOIN cases_access a ON a.principal_id = p.id
WHERE <state> AND a.level >= 10 AND a.valid_until > %s
AND (a.opened_at, a.case_id) < (%s, %s) AND <not excluded> <among>
GROUP BY a.case_id, a.opened_at ORDER BY a.opened_at DESC, a.case_id DESC LIMIT %s"""
COUNT = """
SELECT <counted> FROM cases_access a
WHERE a.principal_id <one of> AND <state> AND a.level >= 10 AND a.valid_until > %s AND <not excluded>"""
# To sort thousands of cases for the few that come twice takes as long as to count them.
EACH_ONCE = (
    "count(*) FILTER (WHERE a.is_only) + count(DISTINCT a.case_id) FILTER (WHERE NOT a.is_only)"
)
SORTED = "count(DISTINCT a.case_id)"
COUNT_AT_MOST = """
SELECT LEAST(count(DISTINCT t.case_id), %s)
FROM unnest(%s::bigint[], %s::integer[]) AS p(id, cap) CROSS JOIN LATERAL (<parts>) t"""
# Lists are one parameter each, so that a statement reads the same for one principal and for thirty.
PRINCIPALS = {
    "postgresql": "unnest(%s::bigint[], %s::integer[]) AS p(id, cap)",
    "sqlite": "(SELECT i.value AS id, c.value AS cap FROM json_each(%s) i"
    " JOIN json_each(%s) c ON c.key = i.key) p",
}
ONE_OF = {
    "postgresql": "= ANY(%s::bigint[])",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}
NOT_EXCLUDED = {
    "postgresql": "a.case_id <> ALL(%s::bigint[])",
    "sqlite": "a.case_id NOT IN (SELECT value FROM json_each(%s))",
}


@dataclass(frozen=True)
class Part:
    """Which part of the list is wanted: cases before `place` (or newer than it), at most `limit`."""

    limit: int
    place: Place = FIRST
    newer: bool = False
    states: tuple[str, ...] = (OPEN,)
    among: QuerySet[Case, Any] | None = None  # narrowed to these, given as their primary keys


@dataclass(frozen=True)
class Key:
    """A case on the page; at HEADER no pupil, class or text may be joined."""

    case_id: int
    opened_at: datetime
    level: int


def page(who: Who, part: Part) -> list[Key]:
    """The cases of this part, newest first; one statement."""
    found = [Key(case_id, moment(at), level) for case_id, at, level in keys(who, part).rows()]
    return found[::-1] if part.newer else found


def count(who: Who, *, at_most: int | None = None, state: str = OPEN) -> int:
    """How many cases somebody sees; one statement. PostgreSQL stops counting at `at_most`."""
    ((found,),) = counted(who, at_most=at_most, state=state).rows()
    return int(found if at_most is None else min(found, at_most))


def place_of(who: Who, case_uuid: UUID) -> Place | None:
    """The place of a case this person sees; None for any other, as if it did not exist."""
    row = visible_to(who).filter(uuid=case_uuid).values_list("opened_at", "pk").first()
    return Place(*row) if row else None


def keys(who: Who, part: Part) -> Statement:
    """The statement behind `page`, with the columns case_id, opened_at and level."""
    if connection.vendor == "postgresql" and part.among is None:
        return _newest_of_each_principal(who, part)
    return _all_rows_grouped(who, part)


def counted(who: Who, *, at_most: int | None = None, state: str = OPEN) -> Statement:
    """The statement behind `count`."""
    vendor = connection.vendor
    if at_most is not None and vendor == "postgresql":
        part = Part(limit=at_most, states=(state,))
        sql = COUNT_AT_MOST.replace("<parts>", _parts(part))
        return Statement(sql, (at_most, *_principals(who), *_bounds(who, part), at_most))
    apart, overlap = _apart(who)
    sql = COUNT.replace("<counted>", SORTED if overlap else EACH_ONCE)
    sql = sql.replace("<one of>", ONE_OF[vendor]).replace("<state>", state)
    sql = sql.replace("<not excluded>", NOT_EXCLUDED[vendor])
    now, *_place, excluded = _bounds(who, Part(limit=0))
    return Statement(sql, (as_list(apart), now, excluded))


def moment(value: datetime) -> datetime:
    """A moment with its zone; SQLite answers hand-written SQL without one."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def caps(who: Who) -> dict[int, int]:
    """The principals that show something in a list, each with the highest level it reaches."""
    found: dict[int, int] = {}
    for seen in who.seen:
        if seen.cap >= Level.HEADER:
            found[seen.principal_id] = max(seen.cap, found.get(seen.principal_id, 0))
    return found


def _apart(who: Who) -> tuple[list[int], bool]:
    """Principals that together reach every case once, and whether some may still reach one twice.

    The audience of a place has a row for each case there, so a seat at the same place adds none. A seat and
    glass at one place may both reach a case.
    """
    lists = [seen for seen in who.seen if seen.cap >= Level.HEADER]
    heard = {_place(seen) for seen in lists if seen.kind == Principal.Kind.AUDIENCE}
    rest = {
        (_place(seen), seen.principal_id)
        for seen in lists
        if seen.kind == Principal.Kind.AUDIENCE or _place(seen) not in heard
    }
    return sorted(found for _at, found in rest), len({at for at, _found in rest}) < len(rest)


def _place(seen: Seen) -> tuple[int, bool]:
    return seen.school_id, seen.restricted


def _newest_of_each_principal(who: Who, part: Part) -> Statement:
    inner = (*_bounds(who, part), part.limit)
    sql = _turned(NEWEST.replace("<parts>", _parts(part)), part)
    return Statement(sql, (*_principals(who), *inner * len(part.states), part.limit))


def _parts(part: Part) -> str:
    return " UNION ALL ".join(NEWEST_OF_ONE.replace("<state>", state) for state in part.states)


def _all_rows_grouped(who: Who, part: Part) -> Statement:
    among, params = _among(part.among)
    state = part.states[0] if len(part.states) == 1 else "1 = 1"
    vendor = connection.vendor
    sql = GROUPED.replace("<principals>", PRINCIPALS[vendor]).replace("<state>", state)
    sql = sql.replace("<not excluded>", NOT_EXCLUDED[vendor])
    sql = _turned(sql, part).replace("<among>", among)
    return Statement(sql, (*_principals(who), *_bounds(who, part), *params, part.limit))


def _among(cases: QuerySet[Case, Any] | None) -> tuple[str, tuple[Any, ...]]:
    if cases is None:
        return "", ()
    sql, params = cases.query.sql_with_params()
    return f"AND a.case_id IN ({sql})", params


def _principals(who: Who) -> tuple[Any, Any]:
    found = caps(who)
    return as_list(found), as_list(found.values())


def _bounds(who: Who, part: Part) -> tuple[Any, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    place = adapt(part.place.opened_at), part.place.case_id
    return adapt(who.now), *place, as_list(sorted(who.excluded))


def _turned(sql: str, part: Part) -> str:
    """The same statement, walking towards the newest instead of away from it."""
    if not part.newer:
        return sql
    return sql.replace("a.case_id) < (", "a.case_id) > (").replace(" DESC", " ASC")

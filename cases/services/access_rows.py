"""The rows of the read model that a case should have, and writing them down with one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cases.ceilings import LEVEL_OF_PERMISSION, Level
from cases.models import Case, CaseUserObjectPermission, Principal
from cases.models.access import FOREVER
from schools.models import User
from schools.roles import Role

Kind = Principal.Kind
# Of the wanted rows those whose principal is there already, which is nearly always all.
STORE = """
WITH wanted (kind, user_id, level, valid_until, is_only) AS (VALUES <wanted>)
INSERT INTO cases_access (principal_id, case_id, level, is_open, opened_at, valid_until, is_only)
SELECT p.id, %s, w.level, %s, %s, w.valid_until, w.is_only FROM wanted w JOIN cases_principal p
ON p.school_id = %s AND p.restricted = %s AND p.kind = w.kind AND COALESCE(p.user_id, 0) = w.user_id"""
WANTED = "(%s, CAST(%s AS bigint), %s, %s, %s)"
GRANT = "INSERT INTO cases_caseuserobjectpermission (<columns>) VALUES <rows>"
NOBODY = 0  # the audience of a school is no person


@dataclass(frozen=True)
class Way:
    """One way to a case: for the audience of its school, or through somebody's seat or glass."""

    kind: str
    user_id: int
    level: int
    valid_until: datetime


def ways_to(case: Case) -> Iterator[Way]:
    """Every way that the case, its stored grants and its emergency access give."""
    yield from ways_of_new(case.grants.select_related("permission"))
    # Opened as school leader it counts while the case is normal, as safety officer while it is restricted.
    role = Role.SAFETY_OFFICER if case.restricted else Role.PRINCIPAL
    ends: dict[int, datetime] = {}
    for glass in case.break_glass.filter(role_used=role, tidied=False):
        ends[glass.user_id] = max(glass.valid_until, ends.get(glass.user_id, glass.valid_until))
    for user_id, until in ends.items():
        yield Way(Kind.GLASS, user_id, Level.VIEW, until)


def ways_of_new(grants: Iterable[CaseUserObjectPermission]) -> Iterator[Way]:
    """The ways to a case that was just made, with these grants."""
    yield Way(Kind.AUDIENCE, NOBODY, Level.AS_ROLE_ALLOWS, FOREVER)
    for grant in grants:
        level = LEVEL_OF_PERMISSION[grant.permission.codename]
        yield Way(Kind.SEAT, grant.user_id, level, grant.valid_until)


def store_grants(grants: Sequence[CaseUserObjectPermission]) -> None:
    """Write down the grants that a case is made with; by hand, since bulk_create takes three times as long."""
    columns = [f for f in CaseUserObjectPermission._meta.concrete_fields if not f.primary_key]
    values = [
        f.get_db_prep_save(getattr(g, f.attname), connection) for g in grants for f in columns
    ]
    row = f"({', '.join(['%s'] * len(columns))})"
    sql = GRANT.replace("<columns>", ", ".join(str(f.column) for f in columns))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("<rows>", ", ".join([row] * len(grants))), values)


def store(case: Case, ways: Iterable[Way]) -> None:
    """Write one row per way; none of them is there yet. Makes the principals that were never needed before."""
    wanted = list(ways)
    missing = wanted if _insert(case, wanted) < len(wanted) else []
    for way in missing:
        _make_principal(case, way)
    if missing:
        case.access_rows.all().delete()
        _insert(case, wanted)


def _insert(case: Case, wanted: list[Way]) -> int:
    adapt = connection.ops.adapt_datetimefield_value
    listed = Counter((w.kind, w.user_id) for w in wanted if w.level >= Level.HEADER)
    values: list[Any] = []
    for way in wanted:
        is_only = listed[way.kind, way.user_id] <= 1
        values += [str(way.kind), way.user_id, int(way.level), adapt(way.valid_until), is_only]
    about = [case.pk, case.is_open, adapt(case.opened_at), case.school_id, case.restricted]
    with connection.cursor() as cursor:
        cursor.execute(STORE.replace("<wanted>", ", ".join([WANTED] * len(wanted))), values + about)
        return int(cursor.rowcount)


def _make_principal(case: Case, way: Way) -> None:
    Principal.objects.get_or_create(
        kind=way.kind,
        restricted=case.restricted,
        school_id=case.school_id,
        user=User(pk=way.user_id) if way.user_id else None,
    )

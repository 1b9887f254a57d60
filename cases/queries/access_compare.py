"""The stored access rows compared with what the cases, grants and glass say they should be; both ways.

Written apart from the service that stores them, so that a slip in one is not repeated in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from cases.ceilings import LEVEL_OF_PERMISSION
from cases.models.access import FOREVER
from schools.models import School

LEVELS = " ".join(f"WHEN '{name}' THEN {int(at)}" for name, at in LEVEL_OF_PERMISSION.items())
FOREVER_OF = {"postgresql": "%s::timestamptz", "sqlite": "%s"}
DERIVED = """
SELECT 'A', c.restricted, c.school_id, NULL, c.id, 90, c.is_open, c.opened_at, <forever>
FROM cases_case c WHERE c.school_id = %s
UNION ALL
SELECT 'S', c.restricted, c.school_id, g.user_id, c.id, CASE p.codename <levels> END,
c.is_open, c.opened_at, g.valid_until
FROM cases_caseuserobjectpermission g JOIN cases_case c ON c.id = g.content_object_id
JOIN auth_permission p ON p.id = g.permission_id WHERE c.school_id = %s
UNION ALL
SELECT 'G', c.restricted, c.school_id, b.user_id, c.id, 20, c.is_open, c.opened_at, max(b.valid_until)
FROM cases_breakglass b JOIN cases_case c ON c.id = b.case_id
WHERE c.school_id = %s AND NOT b.tidied
AND b.role_used = CASE WHEN c.restricted THEN 'safety_officer' ELSE 'principal' END
GROUP BY c.restricted, c.school_id, b.user_id, c.id, c.is_open, c.opened_at"""
STORED = """
SELECT p.kind, p.restricted, p.school_id, p.user_id, a.case_id, a.level, a.is_open, a.opened_at, a.valid_until
FROM cases_access a JOIN cases_principal p ON p.id = a.principal_id JOIN cases_case c ON c.id = a.case_id
WHERE c.school_id = %s"""

BOTH = """
WITH derived (kind, restricted, school, person, case_id, level, is_open, opened_at, valid_until) AS (<derived>),
stored (kind, restricted, school, person, case_id, level, is_open, opened_at, valid_until) AS (<stored>)
"""
SIDES = {
    "missing": "SELECT * FROM derived EXCEPT SELECT * FROM stored",
    "surplus": "SELECT * FROM stored EXCEPT SELECT * FROM derived",
}


@dataclass(frozen=True)
class Difference:
    """A row that is missing, or one that nothing explains."""

    side: str  # missing, surplus
    case_id: int
    kind: str
    person_id: int | None
    level: int
    restricted: bool


def differences(school: School) -> list[Difference]:
    """Every row of this school that is stored and should not be, or the reverse."""
    derived = DERIVED.replace("<levels>", LEVELS)
    derived = derived.replace("<forever>", FOREVER_OF[connection.vendor])
    both = BOTH.replace("<derived>", derived).replace("<stored>", STORED)
    forever = connection.ops.adapt_datetimefield_value(FOREVER)
    values = (forever, school.pk, school.pk, school.pk, school.pk)
    return [row for side, sql in SIDES.items() for row in _rows(side, both + sql, values)]


def _rows(side: str, sql: str, values: tuple[Any, ...]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            Difference(side, case_id, kind, person_id, level, bool(restricted))
            for kind, restricted, _school, person_id, case_id, level, *_rest in cursor.fetchall()
        ]

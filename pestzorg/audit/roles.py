"""PostgreSQL: a role for the program that may add to the log and nothing else, and owns no table at all.

`manage.py audit roles` runs as the owner, after every migration. SQLite has no roles; it is for trying out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from pestzorg.audit.guard import TABLES


class NotTheOwner(Exception):
    """The connection cannot give rights: it is the program's own role, or no PostgreSQL."""


@dataclass(frozen=True)
class Login:
    """The role of the program and its password."""

    name: str
    password: str


def set_up(login: Login) -> list[str]:
    """Make the role and give it exactly what the program needs; returns the tables it may only add to."""
    if connection.vendor != "postgresql" or login.name == connection.settings_dict["USER"]:
        raise NotTheOwner
    with connection.cursor() as cursor:
        for statement in _statements(login):
            cursor.execute(statement)
    return list(TABLES)


def faults() -> list[str]:
    """What the role of this connection could do to the log although it must not."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FAULTS, [list(TABLES)])
        return [f"{table}: {right}" for table, right in cursor.fetchall()]


def _asked(question: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [name])
        return cursor.fetchone() is not None


def _statements(login: Login) -> Iterator[sql.Composed]:
    role = sql.Identifier(login.name)
    make = "ALTER" if _asked("SELECT 1 FROM pg_roles WHERE rolname = %s", login.name) else "CREATE"
    password = sql.Literal(login.password)
    yield sql.SQL(make + " ROLE {} LOGIN PASSWORD {}").format(role, password)
    if _asked(_OWNS, login.name):
        # What an older installation let the program own goes to the owner.
        yield sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(role)
    for words in _GIVEN:
        yield sql.SQL(words).format(role)
    for table in TABLES:
        name = sql.Identifier(table)
        yield sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(name, role)
        yield sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(name, role)


_GIVEN = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}",
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
)
_OWNS = """
SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s LIMIT 1
"""
_FAULTS = """
SELECT c.relname, r.privilege
  FROM pg_class c
 CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('OWNER')) AS r (privilege)
 WHERE c.relname = ANY (%s) AND pg_table_is_visible(c.oid)
   AND CASE r.privilege WHEN 'OWNER' THEN pg_has_role(c.relowner, 'USAGE')
       ELSE has_table_privilege(c.oid, r.privilege) END
 ORDER BY 1, 2
"""

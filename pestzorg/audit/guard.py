"""Triggers with which the database itself refuses to change or remove a row of the log.

They stop the program and its mistakes. Who owns the tables can switch them off: `manage.py audit roles` takes
ownership away from the role that the program uses, and the chain shows what was done all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TABLES = ("audit_auditevent", "audit_auditlink")
REFUSAL = "rows of the audit log are only added"
_ACTIONS = ("UPDATE", "DELETE")  # SQLite knows no TRUNCATE


def put_up(connection: Any) -> None:
    """Let the database refuse from now on; nothing happens when it does already."""
    take_down(connection)
    _run(connection, _POSTGRES_UP if connection.vendor == "postgresql" else _SQLITE_UP)


def take_down(connection: Any) -> None:
    """Allow changes: for the tables of a test or a demo that are emptied as a whole."""
    _run(connection, _POSTGRES_DOWN if connection.vendor == "postgresql" else _SQLITE_DOWN)


def stands(connection: Any) -> bool:
    """Whether the database refuses changes of both tables."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT[connection.vendor])
        (count,) = cursor.fetchone()
    return bool(count == len(_POSTGRES_DOWN if connection.vendor == "postgresql" else _SQLITE_DOWN))


@contextmanager
def down(connection: Any) -> Iterator[None]:
    """Allow changes for the length of a `with`."""
    take_down(connection)
    try:
        yield
    finally:
        put_up(connection)


_POSTGRES_UP = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END $$",
    # Per statement: one that happens to touch no row is refused too.
    *(
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for table in TABLES
    ),
)
_POSTGRES_DOWN = tuple(f"DROP TRIGGER IF EXISTS {table}_only_added ON {table}" for table in TABLES)
_SQLITE_UP = tuple(
    f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in TABLES
    for action in _ACTIONS
)
_SQLITE_DOWN = tuple(
    f"DROP TRIGGER IF EXISTS {table}_no_{action.lower()}" for table in TABLES for action in _ACTIONS
)

_COUNT = {
    "postgresql": "SELECT count(*) FROM pg_trigger "
    "WHERE tgname LIKE 'audit%_only_added' AND tgenabled IN ('O', 'A')",
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%_no_%'",
}


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

"""A second, real role on PostgreSQL: it can add to the log and read it, and nothing more (S40)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pestzorg.audit import guard, roles
from pestzorg.audit.checks import the_log_is_only_added_to
from pestzorg.audit.roles import Login
from pestzorg.audit.tests.chained import chained_log

APP = Login("pestzorg_test_app", "it's a secret")

pytestmark = pytest.mark.postgres

FORBIDDEN = [
    *(
        statement.format(table)
        for table in guard.TABLES
        for statement in (
            "DELETE FROM {}",
            "TRUNCATE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {0} DISABLE TRIGGER {0}_only_added",
            "DROP TRIGGER {0}_only_added ON {0}",
            "DROP TABLE {}",
            "ALTER TABLE {} ADD COLUMN extra int",
            "CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        )
    ),
    "UPDATE audit_auditevent SET verb = ''",
    "UPDATE audit_auditlink SET hash = ''",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    "CREATE TABLE mine (id int)",
    "DELETE FROM django_migrations",
]
ADDED = "INSERT INTO audit_auditlink (position, previous, hash, linked_at, event_id) VALUES (99, 'p', 'h', now(), 99)"


@pytest.fixture
def app(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection as the program's role, to a log with rows in it."""
    chained_log()
    guard.put_up(connection)
    roles.set_up(APP)
    with connect() as found:
        yield found
    guard.take_down(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {APP.name}")
        cursor.execute(f"DROP ROLE {APP.name}")


def connect() -> psycopg.Connection:
    own = connection.settings_dict
    return psycopg.connect(
        host=own["HOST"],
        port=own["PORT"] or 5432,
        dbname=own["NAME"],
        user=APP.name,
        password=APP.password,
        autocommit=True,
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_program_can_add_to_the_log_and_read_it_and_nothing_more(app) -> None:
    app.execute(ADDED)
    assert app.execute("SELECT count(*) FROM audit_auditevent").fetchone() == (20,)
    assert [statement for statement in FORBIDDEN if not is_refused(app, statement)] == []
    assert app.execute("UPDATE schools_user SET first_name = 'x'").rowcount == 0
    app.execute("SELECT nextval('schools_user_id_seq')")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_the_program_owned_before_goes_to_the_owner(app) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit_auditevent OWNER TO {APP.name}")
    assert not is_refused(app, "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL")
    roles.set_up(APP)
    assert is_refused(app, "ALTER TABLE audit_auditevent ENABLE TRIGGER ALL")
    assert is_refused(app, "DELETE FROM audit_auditevent")


def is_refused(app: psycopg.Connection, statement: str) -> bool:
    try:
        app.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


# ── the check and the command ────────────────────────────────────────────────
def complaints_as(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {name}")
        try:
            return [error.id for error in the_log_is_only_added_to(None, databases=["default"])]
        finally:
            cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_the_deploy_check_tells_a_role_that_can_change_the_log() -> None:
    guard.put_up(connection)
    roles.set_up(APP)
    assert complaints_as(connection.settings_dict["USER"]) == ["pestzorg.E040"]
    assert complaints_as(APP.name) == []
    guard.take_down(connection)
    assert complaints_as(APP.name) == ["pestzorg.E040"]


def test_the_deploy_check_is_asked_with_the_database_only() -> None:
    assert the_log_is_only_added_to(None, databases=None) == []


@pytest.mark.django_db
def test_the_command_makes_the_role_that_the_settings_name(settings) -> None:
    settings.APP_DATABASE_URL = f"postgres://{APP.name}:it%27s@127.0.0.1/x"
    out = StringIO()
    call_command("audit", "roles", stdout=out)
    assert json.loads(out.getvalue()) == {"role": APP.name, "may_only_add_to": [*guard.TABLES]}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "postgres://postgres:x@127.0.0.1/x", "sqlite:///x"])
def test_the_command_refuses_what_would_not_separate(address, settings) -> None:
    settings.APP_DATABASE_URL = address
    with pytest.raises(CommandError):
        call_command("audit", "roles")

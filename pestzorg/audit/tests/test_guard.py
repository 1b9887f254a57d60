"""The database itself refuses to change a row of the log, also to the program that wrote it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from pestzorg.audit import guard
from pestzorg.audit.models import AuditEvent, AuditLink
from pestzorg.audit.tests.chained import EVENTS, chained_log
from pestzorg.testing.fixtures import guard_stood

pytestmark = pytest.mark.django_db

ACTS = {
    "change an event": lambda: AuditEvent.objects.update(verb="x"),
    "remove an event": lambda: AuditEvent.objects.filter(pk__gt=3).delete(),
    "change a link": lambda: AuditLink.objects.update(hash="x"),
    "remove a link": lambda: AuditLink.objects.all().delete(),
}


@pytest.fixture
def guarded() -> None:
    chained_log()
    guard.put_up(connection)


@pytest.mark.parametrize("act", ACTS)
def test_the_database_refuses_to(act, guarded) -> None:
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        ACTS[act]()
    assert AuditEvent.objects.exclude(verb="x").count() == EVENTS
    assert AuditLink.objects.exclude(hash="x").count() == EVENTS


@pytest.mark.postgres
@pytest.mark.parametrize("table", guard.TABLES)
def test_the_database_refuses_to_empty_a_table(table, guarded) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_migrations_leave_the_guard_standing() -> None:
    assert guard_stood == [True]


def test_the_guard_goes_down_for_a_moment_and_comes_back(guarded) -> None:
    with guard.down(connection):
        AuditEvent.objects.all().delete()
        assert not guard.stands(connection)
    assert guard.stands(connection)

"""Fills an empty, migrated database with the population, through the real tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.management.color import no_style
from django.db import connection, models

from cases.models import (
    Access,
    Agreement,
    Case,
    CaseExclusion,
    CaseUserObjectPermission,
    Participant,
    Principal,
    Report,
)
from pestzorg.bench import load_cases, load_places
from pestzorg.bench.models import CaseGroupObjectPermission
from pestzorg.bench.population import Population
from schools.models import (
    Board,
    Membership,
    MembershipRole,
    Pupil,
    School,
    SchoolClass,
    SchoolYear,
    User,
)

BIG: tuple[type[models.Model], ...] = (
    Case, Report, Participant, Agreement, CaseUserObjectPermission, Access, CaseGroupObjectPermission,
)  # fmt: skip
NUMBERED: tuple[type[models.Model], ...] = (
    Board, School, SchoolYear, SchoolClass, Pupil, User, Membership, MembershipRole, Principal, CaseExclusion,
    Group, Case, Report, Participant, Agreement, CaseUserObjectPermission, CaseGroupObjectPermission,
)  # fmt: skip
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)
AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))"""


def load(population: Population) -> None:
    """Everything, with indexes, numbers to go on from, and statistics for the planner."""
    with connection.schema_editor() as editor:
        editor.create_model(CaseGroupObjectPermission)
    with _without_checks_and_indexes():
        load_places.schools(population)
        load_places.staff(population)
        load_cases.cases(population)
        load_cases.access(population)
        load_cases.guardian(population)
    _continue_numbers()
    _run("VACUUM ANALYZE")


@contextmanager
def _without_checks_and_indexes() -> Iterator[None]:
    """COPY is trusted, and an index is built faster than it grows."""
    tables = [model._meta.db_table for model in BIG]
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
    _run(*(f"DROP INDEX {connection.ops.quote_name(name)}" for name, _definition in indexes))
    _run("SET session_replication_role = replica")
    yield
    _run("SET maintenance_work_mem = '512MB'", *(definition for _name, definition in indexes))
    _run("RESET session_replication_role", "RESET maintenance_work_mem")


def _continue_numbers() -> None:
    _run(*connection.ops.sequence_reset_sql(no_style(), list(NUMBERED)))


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

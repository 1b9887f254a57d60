"""S8: finding what is due does not grow with what is finished, and planning many at a time pays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from cases.access.statement import Statement
from cases.models import Agreement
from pestzorg import clock
from pestzorg.bench.lists import buffers
from pestzorg.bench.rounds import Variant, race
from pestzorg.bench.verdict import Verdict
from pestzorg.outbox.claims import claim
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.reminders.planning import AT_A_TIME, first_due, plan_some, unplanned

FINISHED = 300_000
DUE = 200
# Beside the many finished rows a table with none: it has the same name, in a schema of its own.
SMALL = "finished_none"
TABLES = ("reminders_duemoment", "outbox_mail")
FINISHED_MOMENTS = """
INSERT INTO reminders_duemoment (source, source_uuid, kind, due_on, fires_at, urgent, settled_at)
SELECT 'agreement', gen_random_uuid(), 'upcoming', %s::date, %s::timestamptz - n * interval '1 second', false,
  %s::timestamptz FROM generate_series(1, %s) n"""
FINISHED_MAILS = """
INSERT INTO outbox_mail (uuid, kind, recipient_id, local_date, key, state, priority, attempts, takeovers, server_away,
  not_before, subject, text, html, error, created_at, sent_at)
SELECT gen_random_uuid(), 'reminders', n, %s::date, 'digest', 'sent', 2, 1, 0, false,
  %s::timestamptz - n * interval '1 second', '', '', '', '', %s::timestamptz, %s::timestamptz FROM generate_series(1, %s) n"""
UNFINISHED = (
    "INSERT INTO finished_none.reminders_duemoment SELECT * FROM reminders_duemoment WHERE settled_at IS NULL",
    "INSERT INTO finished_none.outbox_mail SELECT * FROM outbox_mail WHERE state = 'queued'",
)
WAITING_MAILS = FINISHED_MAILS.replace("'sent', 2, 1", "'queued', 2, 0").replace(
    "'digest'", "'waiting'"
)


def sweep(verdict: Verdict) -> None:
    """Both halves; nothing of it stays."""
    now = clock.now()
    try:
        _fill(now)
        _finding(verdict, now)
        _planning(verdict, now)
    finally:
        _run(f"DROP SCHEMA IF EXISTS {SMALL} CASCADE", *(f"TRUNCATE {t} CASCADE" for t in TABLES))


def _fill(now: datetime) -> None:
    day = now.date()
    _run(f"CREATE SCHEMA {SMALL}")
    _run(*(f"CREATE TABLE {SMALL}.{t} (LIKE public.{t} INCLUDING ALL)" for t in TABLES))
    with connection.cursor() as cursor:
        cursor.execute(FINISHED_MOMENTS, [day, now, now, FINISHED])
        cursor.execute(FINISHED_MAILS, [day, now, now, now, FINISHED])
        cursor.execute(WAITING_MAILS, [day, now, now, None, DUE])
    DueMoment.objects.bulk_create(_due(now))
    _run(*UNFINISHED)
    _run(*(f"VACUUM ANALYZE {schema}.{t}" for schema in ("public", SMALL) for t in TABLES))


def _due(now: datetime) -> Iterator[DueMoment]:
    """Agreements of the population that are open and of an open case, due now."""
    rows = Agreement.objects.filter(status="open", case__is_open=True).order_by("pk")[:DUE]
    for number, agreement in enumerate(rows):
        yield DueMoment(
            source="agreement",
            source_uuid=agreement.uuid,
            kind=Kind.UPCOMING,
            due_on=agreement.due_on,
            fires_at=now - timedelta(seconds=number),
        )


def _finding(verdict: Verdict, now: datetime) -> None:
    find: dict[str, Variant] = {
        "moments": partial(first_due, now, AT_A_TIME),
        "mail": partial(claim, now),
    }
    times = race(
        {
            f"{what} {schema}": partial(_undone, schema, look)
            for what, look in find.items()
            for schema in (SMALL, "public")
        }
    )
    for what, title in (
        ("moments", f"finding {AT_A_TIME} due moments"),
        ("mail", "claiming a mail"),
    ):
        many, none = times[f"{what} public"], times[f"{what} {SMALL}"]
        verdict.shown("S8", f"{title} beside {FINISHED} finished, ms", str(many))
        verdict.at_most("S8", f"{title}, x beside none", many.over(none), 1.4)
    query = unplanned(now).order_by("fires_at", "id")[:AT_A_TIME].query
    statement = Statement(*query.sql_with_params())
    verdict.at_most("S8", f"finding {AT_A_TIME} due moments, buffers", buffers(statement), 50)
    plan = "\n".join(
        str(row) for row in Statement("EXPLAIN " + statement.sql, statement.params).rows()
    )
    verdict.holds("S8", "by the index of unfinished moments", met="reminders_moment_due" in plan)


def _planning(verdict: Verdict, now: datetime) -> None:
    def all_of_them(most: int) -> None:
        with transaction.atomic():
            while plan_some(now, most) is not None:
                pass
            transaction.set_rollback(True)

    times = race(
        {"together": partial(all_of_them, AT_A_TIME), "alone": partial(all_of_them, 1)}, rounds=6
    )
    verdict.shown("S8", "moments planned a second", f"{DUE / times['together'].median * 1000:.0f}")
    faster = times["alone"].over(times["together"])
    verdict.shown("S8", f"{AT_A_TIME} at a time, x faster than one at a time", str(faster))


def _undone(schema: str, look: Variant) -> None:
    with transaction.atomic():
        _run(f"SET LOCAL search_path = {schema}, public")
        look()
        transaction.set_rollback(True)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

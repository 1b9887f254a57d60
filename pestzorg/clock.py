"""One clock for the whole installation: the database's, so that no worker's clock matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func

# statement_timestamp(), not now(): within a long transaction now() stands still.
_QUERIES = {
    "postgresql": "SELECT statement_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
}


class DatabaseClock(Func):
    """The database's clock as a column: the moment comes along with a row that is read anyway."""

    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL's."""
        return "statement_timestamp()", []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite's, in the form that Django stores."""
        return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", []


def now(read: datetime | None = None) -> datetime:
    """The present moment (UTC): database clock plus CLOCK_OFFSET seconds. One query; call it at entry points.

    `read` is what the database said a moment ago, with a row of the same request; then nothing is asked.
    """
    moment = read or _asked()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) + timedelta(seconds=settings.CLOCK_OFFSET)


def _asked() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(_QUERIES[connection.vendor])
        (value,) = cursor.fetchone()
    return datetime.fromisoformat(value) if isinstance(value, str) else cast(datetime, value)

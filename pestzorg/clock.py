"""One clock for the whole installation: the database's, so that no worker's clock matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

# statement_timestamp(), not now(): within a long transaction now() stands still.
_QUERIES = {
    "postgresql": "SELECT statement_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
}


def now() -> datetime:
    """The present moment (UTC): database clock plus CLOCK_OFFSET seconds. One query; call it at entry points."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERIES[connection.vendor])
        (value,) = cursor.fetchone()
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) + timedelta(seconds=settings.CLOCK_OFFSET)

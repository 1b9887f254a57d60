"""Hand-written SQL for the two questions every page asks: who is this, and which cases come first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class Statement:
    """SQL with its parameters, to be run or to stand inside a larger statement."""

    sql: str
    params: tuple[Any, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return list(cursor.fetchall())


def written(rows: QuerySet[Any, Any]) -> Statement:
    """What Django would ask for these rows, to stand inside a larger statement."""
    return Statement(*rows.query.sql_with_params())


def as_list(values: Iterable[int]) -> Any:
    """A list of numbers as one parameter."""
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))

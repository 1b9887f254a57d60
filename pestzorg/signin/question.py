"""The one question every signed-in request begins with: this session, its account, the database's clock, and until
when reminders were well.

To write it takes Django five times as long as the database takes to answer it, and only the key changes. So it is
written once; what comes back becomes the two objects as Django would have made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Value
from django.db.models.functions import Now

from pestzorg import clock
from pestzorg.reminders.lateness import well_until
from pestzorg.signin.models import Session

SOME_KEY = "some key"


def session_of(hashed_key: str) -> Session | None:
    """The living session with this hash, with its account; `read_at` is when it was read. None for any other."""
    sql, params = _written(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [hashed_key if value == SOME_KEY else value for value in params])
        row = cursor.fetchone()
    return None if row is None else _made(row)


@lru_cache(maxsize=4)
def _written(vendor: str) -> tuple[str, tuple[Any, ...]]:
    account = [f"user__{field.attname}" for field in _fields(get_user_model())]
    own = [field.attname for field in _fields(Session)]
    # The wall clock is right here: this end is only when the row may be swept away.
    alive = Session.objects.filter(expire_date__gt=Now(), session_key=SOME_KEY)
    asked = alive.values_list(clock.DatabaseClock(), well_until(), *own, *account)
    return asked.query.sql_with_params()


def _made(row: Sequence[Any]) -> Session:
    own, account = _fields(Session), _fields(get_user_model())
    session: Any = _instance(Session, own, row[2 : len(own) + 2])
    if session.user_id is not None:
        session.user = _instance(get_user_model(), account, row[len(own) + 2 :])
    moment = clock.DatabaseClock().output_field
    session.read_at, session.well_until = (_as_python(moment, value) for value in row[:2])
    return session  # type: ignore[no-any-return]


def _instance(model: Any, fields: Sequence[Field[Any, Any]], row: Iterable[Any]) -> Any:
    values = [_as_python(*pair) for pair in zip(fields, row, strict=True)]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def _as_python(field: Any, value: Any) -> Any:
    # SQLite keeps moments, ticks and identifiers as text and numbers.
    column = field.cached_col if hasattr(field, "column") else Value(None, output_field=field)
    for convert in connection.ops.get_db_converters(column) + field.get_db_converters(connection):
        value = convert(value, column, connection)
    return value


def _fields(model: Any) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)

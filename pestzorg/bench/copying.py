"""COPY into the tables of the migrations, whatever columns they have: what is not given takes its default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, models

from pestzorg.crypto.fields import EncryptedTextField

ROWS_AT_ONCE = 5_000
# As long as the ciphertext of a sentence. Lists never open it, so it needs to open nothing.
CIPHERTEXT = b"\x01" * 60


def copy(model: type[models.Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Fill the table of `model`: each row gives `columns` (words), in this order."""
    given = columns.split()
    others = [f for f in _fields(model) if f.column not in given]
    tail = "".join(f"\t{_text(_default(field))}" for field in others)
    names = ", ".join(connection.ops.quote_name(c) for c in [*given, *(f.column for f in others)])
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as out:
        for part in _parts(rows):
            out.write("".join("\t".join(map(_text, row)) + tail + "\n" for row in part))


def uuid_of(model: type[models.Model], number: int) -> str:
    """The uuid of the row with this number, so that nobody has to look it up."""
    return f"{len(model.__name__):08x}-0000-4000-8000-{number:012x}"


def _fields(model: type[models.Model]) -> list[Any]:
    fields = [f for f in model._meta.local_concrete_fields if f.column and not f.generated]
    return [f for f in fields if not isinstance(f, models.AutoField | models.BigAutoField)]


def _default(field: Any) -> Any:
    if isinstance(field, EncryptedTextField):
        return CIPHERTEXT
    if isinstance(field, models.JSONField):
        return json.dumps(field.get_default())
    return field.get_default()


def _text(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case bytes():
            return f"\\\\x{value.hex()}"
        case datetime() | date():
            return value.isoformat()
    return str(value)


def _parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    found = iter(rows)
    while part := list(islice(found, ROWS_AT_ONCE)):
        yield part

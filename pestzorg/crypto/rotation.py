"""Sealing older text anew with the primary key, while the installation is in use.

No position is stored: what still needs work is found by the key id in front of each ciphertext, so a
run that was broken off goes on by starting again. Which step may come when is decided in ceremony.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.apps import apps
from django.db import connection, transaction
from django.db.models import (
    BinaryField,
    Count,
    F,
    Func,
    Model,
    Q,
    QuerySet,
    Value,
)

from pestzorg.crypto.fields import EncryptedTextField, Sealed, Tampered, prefix_of
from pestzorg.crypto.keyset import current_keyset, primary_id

PREFIX = 5  # bytes in front of a ciphertext: Tink's version, and four for the key id
MAX_WALKS = 20
Report = Callable[[str, int, int], None]  # table, columns sealed anew, columns that do not open


class Source(Protocol):
    """Sealed text that stands in no encrypted column, such as inside a library's own table."""

    name: str

    def per_key(self) -> Counter[int]:
        """How many values each key has sealed."""

    def seal_anew(self) -> tuple[int, int]:
        """Seal what another key than the primary one sealed; counts of done and unreadable values."""


_sources: list[Source] = []


def register(source: Source) -> None:
    """Let rotation know of sealed text elsewhere; called when the apps are ready."""
    _sources.append(source)


def encrypted_models() -> Iterator[tuple[type[Model], list[EncryptedTextField]]]:
    """Every table with encrypted columns, whichever app it belongs to."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.db_table):
        own = model._meta.local_concrete_fields
        if fields := [field for field in own if isinstance(field, EncryptedTextField)]:
            yield model, fields


def columns_per_key() -> Counter[int]:
    """How many column values each key has sealed; reads every encrypted table once per column."""
    found: Counter[int] = Counter()
    for model, fields in encrypted_models():
        for field in fields:
            rows = model._base_manager.filter(**{f"{field.attname}__isnull": False})
            for prefix, count in rows.values_list(_prefix(field)).annotate(Count("pk")):
                found[Sealed(bytes(prefix)).key_id] += count
    for source in _sources:
        found += source.per_key()
    return found


def rotate(batch: int, report: Report) -> tuple[int, int]:
    """Seal anew what another key sealed, until nothing is left; counts of done and unreadable columns.

    A writer that read a row before and saves it after us writes the old seal back: the next walk finds it.
    """
    done = 0
    with _commits_without_waiting():
        for walk in range(MAX_WALKS):
            # The first walk leaves rows alone that somebody is just writing, and so waits for nobody
            # while it holds a batch. The later ones wait, and hold one row: no deadlock either way.
            is_first = walk == 0
            changed, unreadable = _walk_all(batch if is_first else 1, is_first, report)
            done += changed
            if _left() <= unreadable:
                return done, unreadable
    raise RuntimeError("The walks do not end: some process still writes with an older key.")


def _left() -> int:
    counts = columns_per_key()
    return counts.total() - counts[primary_id(current_keyset())]


def _walk_all(batch: int, skip_locked: bool, report: Report) -> tuple[int, int]:  # noqa: FBT001 - one caller
    changed = unreadable = 0
    for model, fields in encrypted_models():
        last: Any = None
        while True:
            later = Q() if last is None else Q(pk__gt=last)
            with transaction.atomic():
                rows = _stale(model, fields).filter(later)
                found = list(rows.select_for_update(no_key=True, skip_locked=skip_locked)[:batch])
                done, failed = _seal_anew(model, fields, found)
            if not found:
                break
            changed, unreadable, last = changed + done, unreadable + failed, found[-1].pk
            report(model._meta.db_table, done, failed)
    for source in _sources:
        done, failed = source.seal_anew()
        changed, unreadable = changed + done, unreadable + failed
        report(source.name, done, failed)
    return changed, unreadable


def _seal_anew(
    model: type[Model], fields: list[EncryptedTextField], rows: list[Any]
) -> tuple[int, int]:
    """Rows that are locked: nobody can have written a newer text since they were read."""
    done = failed = 0
    for row in rows:
        for field in fields:
            stored = row.__dict__[field.attname]
            try:
                sealed = stored if _is_current(stored) else field.seal_anew(stored, row)
            except Tampered:
                sealed, failed = stored, failed + 1
            done += sealed is not stored
            # As an expression, since the field refuses to update a column without its row.
            row.__dict__[field.attname] = Value(sealed and sealed.ciphertext, BinaryField())
    model._base_manager.bulk_update(rows, [field.name for field in fields])
    return done, failed


def _is_current(stored: Sealed | None) -> bool:
    return stored is None or stored.ciphertext.startswith(_wanted())


def _stale(model: type[Model], fields: list[EncryptedTextField]) -> QuerySet[Any]:
    """Rows with a column that another key than the primary one sealed."""
    rows, stale = model._base_manager.order_by("pk"), Q()
    for field in fields:
        name = f"{field.attname}_sealed_by"
        rows = rows.alias(**{name: _prefix(field)})
        stale |= Q(**{f"{name}__isnull": False}) & ~Q(**{name: _wanted()})
    return rows.filter(stale).only("pk", "uuid", *(field.attname for field in fields))


def _wanted() -> bytes:
    return prefix_of(primary_id(current_keyset()))


def _prefix(field: EncryptedTextField) -> Any:
    return Func(
        F(field.attname), Value(1), Value(PREFIX), function="SUBSTR", output_field=BinaryField()
    )


@contextmanager
def _commits_without_waiting() -> Iterator[None]:
    """A commit lost in a power cut leaves the old seal, which still opens; the ceremony's own commit waits."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")

"""Rows that two people may write at the same time: nobody saves over words that they have not seen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import models
from django.db.models import F


class Stale(Exception):
    """Somebody else wrote the row since it was read: read it again, compare, and ask if need be."""


class Writer(Protocol):
    """Whoever writes; an account."""

    pk: Any


class WithVersion(models.Model):
    """Counts how often a row was written, and knows by whom and when its words were written last."""

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def write(
    row: WithVersion, actor: Writer | None, now: datetime, fields: Collection[str] = ()
) -> None:
    """Save the row while it is still the version that was read, else raise Stale; call it in a transaction.

    With `fields` only these are saved (a state, a tick), and who wrote the words stays as it was. None means the
    system itself.
    """
    if row.pk is not None:
        _claim(row)
    if fields:
        row.save(update_fields=fields)
        return
    row.changed_by_id, row.changed_at = actor.pk if actor else None, now
    row.save()


def _claim(row: WithVersion) -> None:
    # The encrypted columns cannot be written by update(), so this one takes the row lock for the save that follows.
    same = type(row)._default_manager.filter(pk=row.pk, version=row.version)
    if not same.update(version=F("version") + 1):
        raise Stale(row._meta.label)
    row.version += 1

"""The order in which a key comes and goes: add, promote, rotate, prune. Each step refuses to come too early.

A key must be known to every process before it seals anything, and must not go while anything needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from pestzorg.crypto import keyset
from pestzorg.crypto.models import FieldKey
from pestzorg.crypto.rotation import Report, columns_per_key, rotate

# Longer than any request, and than it takes to bring a file to every machine and restart there.
SETTLE = timedelta(minutes=10)


class TooEarly(Exception):
    """A step that cannot be taken now; its text says what has to come first."""


def state(now: datetime) -> dict[str, Any]:
    """The keys, what each is for, and how much each has sealed. Ids and counts only."""
    text, counts = keyset.current_keyset(), columns_per_key()
    known = {key.key_id: key for key in FieldKey.objects.all()}
    ids, primary = keyset.key_ids(text), keyset.primary_id(text)
    return {
        "keys": [
            {
                "id": key_id,
                "state": _word(ids, primary, key_id),
                "columns": counts.pop(key_id, 0),
                "added_at": _moment(known.get(key_id), "added_at"),
                "promoted_at": _moment(known.get(key_id), "promoted_at"),
                "rotated_at": _moment(known.get(key_id), "rotated_at"),
            }
            for key_id in ids
        ],
        "columns_of_unknown_keys": counts.total(),
    }


@transaction.atomic
def add_key(now: datetime) -> int:
    """A new key at the end of the keyset: it opens from now on, and seals nothing yet. Refuses a second one."""
    file, text = _file(), keyset.current_keyset()
    if keyset.key_ids(text)[-1] != keyset.primary_id(text):
        raise TooEarly("A new key is waiting already: promote it first.")
    longer = keyset.with_new_key(text)
    key_id = keyset.key_ids(longer)[-1]
    FieldKey.objects.create(key_id=key_id, added_at=now)
    # Last, so that a file that cannot be written takes the row back too.
    keyset.replace_keyset(file, longer)
    return key_id


@transaction.atomic
def promote_key(now: datetime) -> int:
    """Let the added key seal new text. Refuses before every process had time to learn of it."""
    file, text = _file(), keyset.current_keyset()
    key_id = keyset.key_ids(text)[-1]
    added = FieldKey.objects.select_for_update().filter(key_id=key_id, promoted_at=None).first()
    if key_id == keyset.primary_id(text) or added is None:
        raise TooEarly("There is no added key to promote: add one first.")
    _wait(added.added_at, now, "Every process must know the key before it seals.")
    added.promoted_at = now
    added.save()
    keyset.replace_keyset(file, keyset.with_primary(text, key_id))
    return key_id


def rotate_rows(clock: Callable[[], datetime], batch: int, report: Report) -> tuple[int, int]:
    """Seal everything older anew with the primary key. Can be broken off and started again at any time."""
    done, unreadable = rotate(batch, report)
    if not unreadable:
        # This commit waits for the disk, and with it everything that was sealed before.
        primary = keyset.primary_id(keyset.current_keyset())
        FieldKey.objects.filter(key_id=primary).update(rotated_at=clock())
    return done, unreadable


@transaction.atomic
def prune_keys(now: datetime) -> list[int]:
    """Take the keys older than the primary one away. Refuses while one column still needs one of them."""
    file, text = _file(), keyset.current_keyset()
    ids, primary = keyset.key_ids(text), keyset.primary_id(text)
    older = ids[: ids.index(primary)]
    rotated = FieldKey.objects.select_for_update().filter(key_id=primary).first()
    if not older:
        return []
    if rotated is None or rotated.rotated_at is None:
        raise TooEarly("Rotate first: older keys are needed until everything was sealed anew.")
    _wait(rotated.rotated_at, now, "A page that was open during the rotation may still be saved.")
    counts = columns_per_key()
    if needed := sum(counts[key_id] for key_id in older):
        raise TooEarly(f"{needed} columns still need an older key: rotate again.")
    FieldKey.objects.filter(key_id__in=older).update(pruned_at=now)
    keyset.replace_keyset(file, keyset.without_keys(text, older))
    return older


def _file() -> Path:
    found = keyset.keyset_file()
    if found is None:
        raise TooEarly("The keyset stands in the environment: put it into FIELD_KEYSET_FILE first.")
    return found


def _wait(since: datetime, now: datetime, why: str) -> None:
    if now - since < SETTLE:
        minutes = -(-(SETTLE - (now - since)).total_seconds() // 60)
        raise TooEarly(f"Wait {minutes:.0f} more minutes. {why}")


def _word(ids: list[int], primary: int, key_id: int) -> str:
    if key_id == primary:
        return "primary"
    return "waiting" if ids.index(key_id) > ids.index(primary) else "old"


def _moment(key: FieldKey | None, name: str) -> str | None:
    moment = getattr(key, name, None)
    return moment.isoformat(timespec="seconds") if moment else None

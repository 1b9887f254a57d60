"""The hash of one row of the log: which fields, in which form. Whoever checks the chain elsewhere starts here.

SHA-256 over a JSON list without spaces: position, hash of the row before, moment of linking, then FIELDS as they
stand in the database. Moments in UTC with six decimals, uuids as 32 hex digits, keys of objects sorted, everything beyond ASCII escaped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

FIELDS = (
    "id", "uuid", "at", "actor_id", "verb", "school_id", "case_uuid", "subject_uuid",
    "rule", "role", "through", "purpose", "token_id", "facts",
)  # fmt: skip
FIRST = "0" * 64  # what stands before the first row


def seal(position: int, previous: str, linked_at: datetime, stored: Sequence[Any]) -> str:
    """The hash of an event whose FIELDS were read back from the database."""
    return sha256(_ENCODE([position, previous, linked_at, *stored]).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # Six decimals always: a database that drops zeros must not change the hash.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} has no place in the log")


# One encoder for all rows: making it anew each time would double the time of a check.
_ENCODE = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_plain).encode

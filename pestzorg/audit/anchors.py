"""Anchors: the head of the chain, noted outside the database, where who rewrites the chain cannot reach.

A line of the file is position, hash and moment. The file is only appended to; lay it on another machine's disk or
make it append-only (docs/operations.md). The same line goes to the logger, from where syslog takes it further.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from pestzorg.audit.chain import head

log = logging.getLogger("pestzorg.audit.anchor")


def anchor(now: datetime) -> str | None:
    """Note the head; returns the line, or None while there is no chain. Raises OSError when it cannot be kept."""
    last = head()
    if last is None:
        return None
    line = f"{last.position} {last.hash} {now.isoformat(timespec='seconds')}"
    log.info("anchor %s", line)
    _append(Path(settings.AUDIT_ANCHOR_FILE), line)
    return line


def kept() -> dict[int, str]:
    """position -> hash of every anchor in the file."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    return read(path.read_text(encoding="ascii").splitlines()) if path.exists() else {}


def read(lines: Iterable[str]) -> dict[int, str]:
    """position -> hash; the first line about a position counts, since a later one could be forged."""
    found: dict[int, str] = {}
    for line in lines:
        position, sealed, *_moment = line.split()
        found.setdefault(int(position), sealed)
    return found


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_APPEND: the only way to write into a file that the system keeps append-only.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

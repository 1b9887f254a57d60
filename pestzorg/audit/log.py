"""The only writer of the audit log. Callers pass ids, keys, levels and dates: never a name or free text."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import DatabaseError, connection

from pestzorg.audit.models import AuditEvent

# One statement however many cases are shown; on PostgreSQL also with one text, so that it stays prepared.
PER_LOOK = ("case_uuid", "school_id", "subject_uuid", "role", "through", "purpose")
READ_ROWS = """
INSERT INTO audit_auditevent (at, actor_id, verb, rule, token_id,
uuid, case_uuid, school_id, subject_uuid, role, through, purpose, facts) VALUES <rows>"""
READ = """
INSERT INTO audit_auditevent (at, actor_id, verb, rule, token_id,
uuid, case_uuid, school_id, subject_uuid, role, through, purpose, facts)
SELECT %s, %s, %s, %s, %s, l.*, '{}' FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::uuid[],
%s::text[], %s::text[], %s::text[]) l"""
logger = logging.getLogger(__name__)


class LogUnwritable(Exception):
    """The log cannot be written, so nothing may happen or be shown; pages and API answer 503."""


class Actor(Protocol):
    """Somebody who acts; None means the system itself."""

    pk: Any


@dataclass(frozen=True)
class Look:
    """One case that somebody is about to see, and what opened it."""

    case_uuid: UUID | None
    school_id: int | None = None
    subject_uuid: UUID | None = None
    role: str = ""
    through: str = ""
    purpose: str = ""


# What opened the case that this request or task works in. A service knows who acts, not by which way they
# came; the door knows, and one service may be called from many doors.
_way: ContextVar[Look | None] = ContextVar("way", default=None)


@contextmanager
def acting_through(look: Look) -> Iterator[None]:
    """Give every event about this case the way by which its actor came, for the length of a `with`."""
    before = _way.set(look)
    try:
        yield
    finally:
        _way.reset(before)


def record(
    actor: Actor | None,
    verb: str,
    *,
    now: datetime,
    school_id: int | None = None,
    case_uuid: UUID | None = None,
    subject_uuid: UUID | None = None,
    rule: str = "",
    **facts: str | int | bool | None,
) -> AuditEvent:
    """Add one event, in the caller's transaction: if the log cannot be written, the act does not happen."""
    event = AuditEvent(
        at=now,
        actor_id=actor.pk if actor else None,
        verb=verb,
        school_id=school_id,
        case_uuid=case_uuid,
        subject_uuid=subject_uuid,
        rule=rule,
        facts=facts,
    )
    way = _way.get()
    if way and way.case_uuid == case_uuid:
        event.role, event.through, event.purpose = way.role, way.through, way.purpose
    try:
        event.save(force_insert=True)
    except DatabaseError as error:
        raise _unwritable(error) from error
    return event


def record_read(
    actor: Actor | None,
    verb: str,
    looks: Sequence[Look],
    *,
    rule: str,
    now: datetime,
    token_id: int | None = None,
) -> None:
    """Add a row per look with one statement, before the bytes leave. Raises LogUnwritable."""
    if not looks:
        return
    actor_id = actor.pk if actor else None
    common = {"at": now, "actor_id": actor_id, "verb": verb, "rule": rule, "token_id": token_id}
    try:
        _insert(common, looks)
    except DatabaseError as error:
        raise _unwritable(error) from error


def _insert(common: dict[str, Any], looks: Sequence[Look]) -> None:
    # bulk_create would add BEGIN and COMMIT, two more ways to the database on every page; and building 25 events,
    # and 300 values of them, took as long as everything else that the list of cases asks.
    columns = [[getattr(look, name) for look in looks] for name in PER_LOOK]
    values = [[uuid4() for _look in looks], *columns]
    if connection.vendor == "postgresql":
        sql, given = READ, [*common.values(), *values]
    else:
        row = f"({', '.join(['%s'] * 12)}, '{{}}')"
        sql = READ_ROWS.replace("<rows>", ", ".join([row] * len(looks)))
        adapted = [
            tuple(map(_adapted, (*common.values(), *row))) for row in zip(*values, strict=True)
        ]
        given = [value for row in adapted for value in row]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def _adapted(value: Any) -> Any:
    """As SQLite stores it."""
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _unwritable(error: DatabaseError) -> LogUnwritable:
    logger.error("the audit log cannot be written: %s", type(error).__name__)
    return LogUnwritable("the audit log cannot be written")

"""The only writer of the audit log. Callers pass ids, keys, levels and dates: never a name or free text."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pestzorg.audit.models import AuditEvent


class Actor(Protocol):
    """Somebody who acts; None means the system itself."""

    pk: Any


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
    return AuditEvent.objects.create(
        at=now,
        actor_id=actor.pk if actor else None,
        verb=verb,
        school_id=school_id,
        case_uuid=case_uuid,
        subject_uuid=subject_uuid,
        rule=rule,
        facts=facts,
    )

"""What every verb of this room does first and last: lock the case and its closing, and leave a line in the log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.models import Case, Closing
from cases.models.case import CaseStatus
from cases.services.sharing import lock
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.models import User


def locked_in(case: Case, status: CaseStatus) -> Case:
    """The case, locked; refused in any other state than this."""
    locked = lock(case)
    if locked.status != status:
        raise broken(None, _("Somebody changed this case meanwhile. Look at it again."), "state")
    return locked


def locked_closing(closing: Closing, *statuses: str) -> Closing:
    """The closing of a case in progress as it is now, with the case locked; refused in any other state."""
    case = locked_in(closing.case, CaseStatus.ACTIVE)
    fresh = Closing.objects.get(pk=closing.pk)
    if fresh.status not in statuses:
        raise broken(None, _("Somebody decided about this meanwhile."), "state")
    fresh.case = case
    return fresh


def record(
    actor: User | None,
    verb: str,
    case: Case,
    now: datetime,
    subject_uuid: UUID | None = None,
    rule: str = "R32",
    **facts: str,
) -> None:
    """Write down who did what; the words stay in the case."""
    log.record(
        actor,
        verb,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=subject_uuid,
        rule=rule,
        **facts,
    )

"""Emergency access: reading one closed case for four hours, with a reason, and everybody hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import BreakGlass, Case
from cases.notices import plan_break_glass
from cases.services.sharing import lock, rebuild_access
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User
from schools.roles import Role

LASTS = timedelta(hours=4)
SHORTEST_REASON = 30


@transaction.atomic
def break_glass(
    actor: User, case: Case, *, reason: str, reason_code: str, now: datetime
) -> BreakGlass:
    """Read this case for four hours. Refuses who may not or is excluded, and a reason of less than 30 characters.

    In the same transaction managers, coordinators and the data protection officer get their notice, the last
    also an alarm when somebody does this more than three times in thirty days.
    """
    locked = lock(case)
    if not can(Who(actor, now), "R39", locked):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    refuse_if(_problems(reason.strip(), reason_code))
    glass = BreakGlass.objects.create(
        case=locked,
        user=actor,
        role_used=Role.SAFETY_OFFICER if locked.restricted else Role.PRINCIPAL,
        reason_code=reason_code,
        reason=reason.strip(),
        started_at=now,
        valid_until=now + LASTS,
    )
    rebuild_access(locked)
    plan_break_glass(glass)
    _record(actor, glass, now)
    return glass


def _problems(reason: str, reason_code: str) -> list[Problem]:
    found = []
    if reason_code not in BreakGlass.Reason.values:
        found.append(Problem("reason_code", _("Choose why."), "required"))
    # Counted without what fills a line: thirty blanks or one letter thirty times say nothing.
    if len(" ".join(reason.split())) < SHORTEST_REASON:
        said = _("Say in at least 30 characters why this cannot wait. Others will read it.")
        found.append(Problem("reason", said, "too_short"))
    return found


def _record(actor: User, glass: BreakGlass, now: datetime) -> None:
    log.record(
        actor,
        events.EMERGENCY_ACCESS_BEGUN,
        now=now,
        school_id=glass.case.school_id,
        case_uuid=glass.case.uuid,
        subject_uuid=glass.uuid,
        rule="R39",
        reason=glass.reason_code,
        role=glass.role_used,
    )

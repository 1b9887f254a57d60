"""Who leads a serious case: somebody with the role of coordinator."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases import events
from cases.ceilings import Level
from cases.deadlines import tell_new_handler
from cases.models import Case, CaseUserObjectPermission
from cases.queries.judging import SERIOUS
from cases.queries.people import staff_for
from cases.services.sharing import share_case
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.models import User
from schools.roles import Role


def ensure_leader(
    actor: User, case: Case, level: int, wanted: User | None, *, now: datetime
) -> bool:
    """From serious on a coordinator handles the case: the wanted one, else who acts, else the first of the school.

    Whoever handled it keeps what they had. Says whether somebody new handles it. Refuses somebody without the role.
    A closed-off case stays with whoever it was closed off for, and a school without coordinator keeps its handler.
    """
    if level < SERIOUS or case.restricted:
        return False
    able = list(staff_for(case, now, (Role.COORDINATOR,)))
    if wanted is not None and wanted not in able:
        raise broken("handler", _("Choose a coordinator of this school."), "role")
    leader = wanted or _leader_among(able, actor, case)
    if leader is None or leader.pk == case.handler_id:
        return False
    case.handler = leader
    case.save(update_fields=["handler"])
    tell_new_handler(actor, case, now)
    purpose = CaseUserObjectPermission.Purpose.HANDLING
    share_case(actor, case, leader, Level.MANAGE, now=now, purpose=purpose)
    log.record(
        actor,
        events.HANDLER_NAMED,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=leader.uuid,
    )
    return True


def _leader_among(able: list[User], actor: User, case: Case) -> User | None:
    preferred = [person for person in (case.handler, actor) if person in able]
    return next(iter([*preferred, *able]), None)

"""Keeping somebody out of one case, and letting them in again. Beats every role, grant and emergency access."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import Case, CaseExclusion
from cases.queries.exclusions import LIFT_EXCLUSION
from cases.services.handing_over import hand_over
from cases.services.sharing import lock
from cases.services.two_people import agreed_by_two
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.models import User
from schools.models.exclusion import ExclusionReason


@transaction.atomic
def exclude_from_case(
    actor: User, case: Case, user: User, *, reason: str, now: datetime
) -> CaseExclusion:
    """Close a case to somebody at once, whatever else opens it; `reason` is a code.

    Refuses who may not, an unknown reason, and who is out already. What the person had to do goes to a manager;
    when none is left, to the counsellor, and the safety officer of the board is told.
    """
    locked = lock(case)
    if not can(Who(actor, now), "R28", locked):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    if reason not in ExclusionReason.values:
        raise broken("reason", _("Choose why."), "required")
    if locked.exclusions.filter(user=user, lifted_at=None).exists():
        raise broken("person", _("This colleague is excluded already."), "already")
    exclusion = CaseExclusion.objects.create(
        case=locked, user=user, reason_code=reason, set_by=actor, set_at=now
    )
    _record(actor, events.EXCLUDED, exclusion, "R28", now, reason=reason)
    hand_over(actor, locked, user, now=now)
    return exclusion


@transaction.atomic
def lift_exclusion(actor: User, exclusion: CaseExclusion, *, now: datetime) -> bool:
    """False: asked, a second person has to agree. True: lifted, what opened the case before opens it again.

    Refuses who may not, the same person twice, and what is lifted already.
    """
    case = lock(exclusion.case)
    live = case.exclusions.filter(pk=exclusion.pk, lifted_at=None).first()
    if live is None:
        raise broken(None, _("This exclusion was lifted already."), "state")
    if not agreed_by_two(actor, LIFT_EXCLUSION, live.uuid, case, "R29", now=now):
        _record(actor, events.LIFTING_ASKED, live, "R29", now)
        return False
    live.lifted_by, live.lifted_at = actor, now
    live.save(update_fields=["lifted_by", "lifted_at"])
    _record(actor, events.EXCLUSION_LIFTED, live, "R29", now)
    return True


def _record(
    actor: User, verb: str, exclusion: CaseExclusion, rule: str, now: datetime, **facts: str
) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=exclusion.case.school_id,
        case_uuid=exclusion.case.uuid,
        subject_uuid=exclusion.user.uuid,
        rule=rule,
        **facts,
    )

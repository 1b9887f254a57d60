"""Closing a case off, so that only grants and the counsellor open it; and opening it up by two counsellors."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import Case
from cases.queries.exclusions import LIFT_RESTRICTION
from cases.services.handing_over import ensure_manager
from cases.services.sharing import lock, rebuild_access
from cases.services.two_people import agreed_by_two
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.four_eyes.agree import withdraw
from schools.models import User


@transaction.atomic
def restrict_case(actor: User, case: Case, *, now: datetime) -> Case:
    """From now on no role opens the case except the counsellor's. Refuses who may not, and a restricted case.

    When nobody with a personal grant manages it, the counsellor does, and the safety officer is told.
    """
    locked = lock(case)
    if not can(Who(actor, now), "R30", locked):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    if locked.restricted:
        raise broken(None, _("This case is restricted already."), "state")
    _set(locked, restricted=True)
    withdraw(LIFT_RESTRICTION, locked.uuid, now)
    _record(actor, events.RESTRICTED, locked, "R30", now)
    ensure_manager(actor, locked, now=now)
    return locked


@transaction.atomic
def lift_restriction(actor: User, case: Case, *, now: datetime) -> bool:
    """False: asked, a second counsellor has to agree. True: an ordinary case again. Refuses who may not."""
    locked = lock(case)
    if not agreed_by_two(actor, LIFT_RESTRICTION, locked.uuid, locked, "R31", now=now):
        _record(actor, events.RESTRICTION_LIFTING_ASKED, locked, "R31", now)
        return False
    _set(locked, restricted=False)
    _record(actor, events.RESTRICTION_LIFTED, locked, "R31", now)
    return True


def _set(case: Case, *, restricted: bool) -> None:
    case.restricted = restricted
    case.save(update_fields=["restricted"])
    rebuild_access(case)


def _record(actor: User, verb: str, case: Case, rule: str, now: datetime) -> None:
    log.record(actor, verb, now=now, school_id=case.school_id, case_uuid=case.uuid, rule=rule)

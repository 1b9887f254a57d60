"""Deciding that a case closes, signing for it when it is critical, or turning it down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import Closing
from cases.models.closing import OPEN_CLOSINGS
from cases.notices import cancel_closing, plan_signature
from cases.queries.closing.criteria import as_stored
from cases.queries.closing.people import may_decide, may_sign, needs_signature
from cases.queries.closing.state import assessing_problems, judged_now
from cases.services.closing.entering import enter_aftercare
from cases.services.closing.records import locked_closing, record
from pestzorg.errors import broken, refuse_if
from schools.models import User

Status = Closing.Status
SIGN = "R55"


@transaction.atomic
def decide_closing(
    actor: User, closing: Closing, *, now: datetime, override_reason: str = ""
) -> Closing:
    """Yes: aftercare begins, or in a critical case the closing waits for the signature.

    Refuses who may not decide this one, a case that is to be assessed first, and a criterion that is not met without
    an `override_reason`.
    """
    mine = locked_closing(closing, Status.PROPOSED)
    if not may_decide(actor, mine, now):
        raise broken(None, _("Somebody else decides about this."), "not_allowed")
    refuse_if(assessing_problems(mine.case))
    found = judged_now(mine, now)
    if not override_reason and not all(judged.is_met for judged in found):
        told = _("Not everything is in order. Why close all the same?")
        raise broken("override_reason", told, "required")
    mine.criteria = as_stored(found)
    mine.decided_by, mine.decided_at = actor, now
    mine.override_reason = override_reason
    mine.full_clean()
    cancel_closing(mine, now)
    record(actor, events.CLOSING_DECIDED, mine.case, now, mine.uuid)
    if needs_signature(mine.case):
        mine.status = Status.TO_SIGN
        mine.save()
        plan_signature(mine, now)
    else:
        enter_aftercare(actor, mine, now=now)
    return mine


@transaction.atomic
def sign_closing(actor: User, closing: Closing, *, now: datetime) -> Closing:
    """The second signature of a critical case: aftercare begins.

    Refuses who may not sign, whoever decided it, and a case that is to be assessed first or in which a criterion fell
    away since the decision.
    """
    mine = locked_closing(closing, Status.TO_SIGN)
    if not (can(Who(actor, now), SIGN, mine.case) and may_sign(actor, mine, now)):
        raise broken(None, _("Somebody else signs this."), "not_allowed")
    if assessing_problems(mine.case):
        # Whoever signs does not read the case: not a word of why.
        raise broken(None, _TO_ASSESS, "assess")
    if any(
        not j.is_met and mine.criteria.get(j.criterion.key, True) for j in judged_now(mine, now)
    ):
        raise broken(None, _CHANGED, "changed")
    mine.signed_by, mine.signed_at = actor, now
    record(actor, events.CLOSING_SIGNED, mine.case, now, mine.uuid, rule=SIGN)
    enter_aftercare(actor, mine, now=now)
    return mine


@transaction.atomic
def turn_down_closing(actor: User, closing: Closing, reason: str, *, now: datetime) -> Closing:
    """Not now: by who works on the case, or by who would sign. The case goes on. Refuses without a reason."""
    if not reason:
        raise broken("reason", _("Write in a few words why not."), "required")
    mine = locked_closing(closing, *OPEN_CLOSINGS)
    me = Who(actor, now)
    signs = mine.status == Status.TO_SIGN and can(me, SIGN, mine.case)
    if not (signs or can(me, "R32", mine.case)):
        raise broken(None, _("Somebody else decides about this."), "not_allowed")
    mine.status = Status.TURNED_DOWN
    mine.ended_by, mine.ended_at, mine.ended_reason = actor, now, reason
    mine.full_clean()
    mine.save()
    cancel_closing(mine, now)
    rule = SIGN if signs else "R32"
    record(actor, events.CLOSING_TURNED_DOWN, mine.case, now, mine.uuid, rule=rule)
    return mine


_TO_ASSESS = _("Somebody has to look again first how serious it is. Ask the coordinator for that.")
_CHANGED = _("Something changed since the coordinator decided. Ask the coordinator to look again.")

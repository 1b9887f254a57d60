"""Somebody else facilitates from now on: the one before is ill, or leaves."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.queries.people import staff_for
from cases.services.agreements import let_in
from cases.services.sharing import end_share_without_task
from interventions import events
from interventions.deadlines import plan_phases, tell_new_facilitator
from interventions.models import Intervention
from interventions.services.locking import calendar_of, lock_open, record_event, today_at
from pestzorg.errors import broken
from pestzorg.posting.versions import write
from schools.models import User
from schools.queries.people import staff_of


@transaction.atomic
def change_facilitator(
    actor: User,
    intervention: Intervention,
    facilitator: User | None,
    *,
    now: datetime,
    name: str = "",
    share_ok: bool = False,
) -> Intervention:
    """Let a colleague, or by `name` somebody from outside school, go on with it; the new one is reminded of what waits.

    Lets the colleague see the case while it runs, when `share_ok`. What the one before was given for it ends, unless
    they have another task in the case. Refuses the same one, nobody, both, and who cannot be named here.
    """
    lock_open(intervention)
    intervention.refresh_from_db(fields=["facilitator", "facilitator_name"])
    former, name = intervention.facilitator, name.strip()
    _refuse(intervention, facilitator, name, now)
    if intervention.case:
        until = intervention.school.end_of(_last_day(intervention, now))
        let_in(actor, intervention.case, facilitator, now, until, share_ok=share_ok)
    intervention.facilitator, intervention.facilitator_name = facilitator, name
    write(intervention, actor, now, ["facilitator", "facilitator_name"])
    plan_phases(intervention, calendar_of(intervention), now=now)
    if actor != facilitator:
        tell_new_facilitator(intervention, now=now)
    record_event(actor, events.FACILITATOR_CHANGED, intervention, now)
    if intervention.case and former:
        end_share_without_task(intervention.case, former, now=now)
    return intervention


def _refuse(intervention: Intervention, facilitator: User | None, name: str, now: datetime) -> None:
    if (facilitator is None) == (name == ""):
        told = _("Fill in one of the two: a colleague, or somebody from outside.")
        raise broken("facilitator", told, "one")
    if facilitator == intervention.facilitator and name == intervention.facilitator_name:
        raise broken("facilitator", _("This one facilitates already."), "same")
    case, school = intervention.case, intervention.school
    people = staff_for(case, now) if case else staff_of(school, now)
    if facilitator and not people.filter(pk=facilitator.pk).exists():
        raise broken("facilitator", _("Choose somebody who works with pupils here."), "outsider")


def _last_day(intervention: Intervention, now: datetime) -> date:
    today = today_at(intervention, now)
    days = (one.planned_on for one in intervention.phases.all() if not one.is_settled)
    return max([today, *(day for day in days if day)])

"""The end of a case, and beginning again after a relapse."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_aftercare, plan_agreement, plan_review
from cases.models import AftercareCheck, Agreement, Case, Closing
from cases.models.case import CaseStatus
from cases.queries.closing.people import deciders_of
from cases.queries.closing.state import ending_problems
from cases.services.closing.records import locked_in, record
from cases.services.sharing import lock, rebuild_access
from pestzorg.errors import broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for


@transaction.atomic
def close_case(actor: User, case: Case, *, now: datetime) -> Case:
    """`aftercare` -> `closed`: read from now on, and not written. Refuses who may not, and what is still open."""
    locked = locked_in(case, CaseStatus.AFTERCARE)
    if actor not in deciders_of(locked, now):
        raise broken(None, _("Somebody else decides about this."), "not_allowed")
    refuse_if(ending_problems(locked))
    locked.status = CaseStatus.CLOSED
    locked.closed_on = now.astimezone(locked.school.zone).date()
    locked.save(update_fields=["status", "closed_on"])
    rebuild_access(locked)
    record(actor, events.CLOSED, locked, now)
    return locked


@transaction.atomic
def reopen_case(actor: User, case: Case, reason: str, *, now: datetime) -> Case:
    """It began again: back to `active`. Out of `closed` only by who decides about closing. Refuses without a reason."""
    if not reason:
        raise broken("reason", _("Write in a few words what happened."), "required")
    locked = lock(case)
    if locked.status not in {CaseStatus.AFTERCARE, CaseStatus.CLOSED}:
        raise broken(None, _("This case is in progress already."), "state")
    if locked.status == CaseStatus.CLOSED and actor not in deciders_of(locked, now):
        raise broken(None, _("Somebody else decides about this."), "not_allowed")
    begin_again(actor, locked, reason, now=now)
    return locked


def begin_again(actor: User, case: Case, reason: str, *, now: datetime) -> None:
    """In progress again, to be assessed today; the ladder of aftercare ends. The caller holds the lock."""
    calendar = calendar_for(case.school)
    was_closed = case.status == CaseStatus.CLOSED
    case.status, case.reopened_at = CaseStatus.ACTIVE, now
    case.aftercare_on = case.closed_on = None
    case.next_review_on = calendar.local_date(now)
    fields = ["status", "reopened_at", "aftercare_on", "closed_on", "next_review_on"]
    case.save(update_fields=fields)
    if was_closed:
        rebuild_access(case)
    _end_round(actor, case, reason, now)
    _take_back(actor, case, calendar, now)
    plan_review(case, calendar, now=now)
    record(actor, events.REOPENED, case, now)


def _end_round(actor: User, case: Case, reason: str, now: datetime) -> None:
    for closing in case.closings.filter(status=Closing.Status.IN_FORCE):
        closing.status = Closing.Status.REOPENED
        closing.ended_by, closing.ended_at, closing.ended_reason = actor, now, reason
        closing.full_clean()
        closing.save()


def _take_back(actor: User, case: Case, calendar: SchoolCalendar, now: datetime) -> None:
    """What aftercare had is over, and what it took over is an open agreement again."""
    for check in case.aftercare_checks.filter(status=AftercareCheck.Status.PLANNED):
        check.status = AftercareCheck.Status.ENDED
        write(check, actor, now, ["status"])
        plan_aftercare(check, calendar, now=now)
    for agreement in case.agreements.filter(status=Agreement.Status.CARRIED_OVER):
        agreement.status = Agreement.Status.OPEN
        write(agreement, actor, now, ["status"])
        plan_agreement(agreement, calendar, now=now)

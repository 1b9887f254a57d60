"""Holding the talks of aftercare, and moving one that could not take place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_aftercare
from cases.models import AftercareCheck, Agreement
from cases.models.case import CaseStatus
from cases.queries.closing.outcome import outcome_problems
from cases.queries.closing.state import may_be_held_from, next_check
from cases.queries.school_days import in_school_weeks
from cases.services.closing.ending import begin_again
from cases.services.closing.entering import add_check
from cases.services.closing.records import locked_in, record
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

Verdict = AftercareCheck.Verdict
EXTRA_AFTER = 2  # school weeks


@transaction.atomic
def record_check(
    actor: User,
    check: AftercareCheck,
    *,
    now: datetime,
    agreements_reviewed: Collection[Agreement] = (),
    **outcome: Any,
) -> AftercareCheck:
    """How the talk went. `attention` adds a check after two school weeks; `relapse` opens the case again at once.

    Refuses a talk that comes more than five school days too early, one before an earlier one, and a missing answer.
    """
    _lock_planned(check)
    calendar = calendar_for(check.case.school)
    today = calendar.local_date(now)
    _refuse_day(check, today)
    for name, value in outcome.items():
        setattr(check, name, value)
    refuse_if(outcome_problems(check, agreements_reviewed))
    check.status, check.held_on, check.held_by = AftercareCheck.Status.HELD, today, actor
    check.full_clean()
    write(check, actor, now)
    check.agreements_reviewed.set(agreements_reviewed)
    plan_aftercare(check, calendar, now=now)
    record(actor, events.AFTERCARE_CHECK_HELD, check.case, now, check.uuid, verdict=check.verdict)
    _follow_verdict(actor, check, calendar, now)
    return check


def _refuse_day(check: AftercareCheck, today: date) -> None:
    first = next_check(check.case)
    if first and first.pk != check.pk:
        raise broken(None, _("Hold the earlier talk of aftercare first."), "order")
    if today < may_be_held_from(check):
        told = _("It is too early for this talk. Move it when it takes place now.")
        raise broken(None, told, "early")


@transaction.atomic
def move_check(
    actor: User, check: AftercareCheck, *, due_on: date | None, reason: str, now: datetime
) -> AftercareCheck:
    """Another school day, with the reason why. Refuses a day that is over: a talk moves and is never dropped."""
    _lock_planned(check)
    calendar = calendar_for(check.case.school)
    refuse_if(_moving_problems(check, due_on, reason, calendar, calendar.local_date(now)))
    check.moved_from = [*check.moved_from, check.due_on.isoformat()]
    check.due_on, check.move_reason = due_on or check.due_on, reason
    check.full_clean()
    write(check, actor, now)
    plan_aftercare(check, calendar, now=now)
    record(actor, events.AFTERCARE_CHECK_MOVED, check.case, now, check.uuid)
    return check


def _follow_verdict(
    actor: User, check: AftercareCheck, calendar: SchoolCalendar, now: datetime
) -> None:
    if check.verdict == Verdict.RELAPSE:
        begin_again(actor, check.case, check.note, now=now)
    elif check.verdict == Verdict.ATTENTION and check.held_on:
        due_on = in_school_weeks(calendar, check.held_on, EXTRA_AFTER)
        add_check(actor, check.closing, due_on, calendar, now=now)


def _lock_planned(check: AftercareCheck) -> None:
    # The page may be older than what a colleague, or a second tap, wrote meanwhile.
    check.case = locked_in(check.case, CaseStatus.AFTERCARE)
    check.closing.case = check.case
    check.refresh_from_db(fields=["status"])
    if not check.is_planned:
        raise broken(None, _("This talk is over already."), "over")


def _moving_problems(
    check: AftercareCheck, due_on: date | None, reason: str, calendar: SchoolCalendar, today: date
) -> list[Problem]:
    problems = [] if reason else [Problem("reason", _("Why does it move?"), "required")]
    told = _day_problem(check, due_on, calendar, today)
    return [*problems, *([told] if told else [])]


def _day_problem(
    check: AftercareCheck, due_on: date | None, calendar: SchoolCalendar, today: date
) -> Problem | None:
    if due_on is None or due_on == check.due_on:
        return Problem("due_on", _("Choose another day."), "required")
    if due_on < today:
        return Problem("due_on", _("This day is already over."), "past")
    try:
        if calendar.is_school_day(due_on):
            return None
        return Problem("due_on", _("There is no school on that day."), "no_school")
    except CalendarEnds:
        told = _("The school year of this day is not in the calendar yet.")
        return Problem("due_on", told, "calendar")

"""Agreements: before their day, on it, and twice after it while they are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import ladder, ladder_of_all_days, looking_back
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import Agreement
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar
from schools.models import User

AGREEMENT = "agreement"


def plan_agreement(
    agreement: Agreement, calendar: SchoolCalendar, *, now: datetime, new_day: bool = False
) -> None:
    """Store the moments of an open agreement, or none when it is settled. Replaces what was planned.

    A moment that is over when a day is agreed (`new_day`) is not sent, then or later: people just spoke about it.
    """
    if not agreement.is_open:
        plan.cancel(AGREEMENT, agreement.uuid, now)
        return
    moments = [
        Moment(kind, agreement.due_on, fires_at, is_urgent(agreement.case))
        for kind, fires_at in _mornings(agreement, calendar)
        if fires_at > agreement.agreed_at
    ]
    over = [moment for moment in moments if new_day and moment.fires_at <= now]
    plan.skip(AGREEMENT, agreement.uuid, over, now)
    plan.plan(AGREEMENT, agreement.uuid, moments)


def _mornings(agreement: Agreement, calendar: SchoolCalendar) -> Iterator[tuple[Kind, datetime]]:
    if agreement.standing:
        return looking_back(agreement.due_on, calendar, serious=agreement.case.is_serious)
    if agreement.all_days and is_urgent(agreement.case):
        return ladder_of_all_days(agreement.due_on, calendar)
    return ladder(agreement.due_on, calendar, serious=agreement.case.is_serious)


class AgreementSource:
    """Reminds owner or follower of an open agreement; when it stays undone, handler and coordinators."""

    name = AGREEMENT

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this agreement now, or None when it is settled, moved, or its case closed."""
        agreement = (
            Agreement.objects.select_related(
                "case__school", "case__handler", "owner_staff", "responsible_staff"
            )
            .filter(uuid=source_uuid, status__in=Agreement.LIVING, case__is_open=True)
            .first()
        )
        if agreement is None or agreement.due_on != due_on:
            return None
        stand_ins = [agreement.responsible_staff, agreement.case.handler]
        people = _people(agreement, kind, now)
        return mail_about(agreement.case, people, stand_ins, f"/agreements/{source_uuid}/", now)


def _people(agreement: Agreement, kind: str, now: datetime) -> list[User]:
    follower = agreement.responsible_staff
    people = [agreement.owner_staff or follower]
    if kind == Kind.OVERDUE:
        people.append(follower)
    # Who does it, and who follows it up, heard already that an agreement is late.
    return people_for(kind, [] if kind == Kind.ESCALATION else people, agreement.case, now)

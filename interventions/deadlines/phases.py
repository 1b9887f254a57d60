"""A phase that is planned: the school day before, the day itself, and one school day after it while it waits.

One of a case that stays open longer is told to handler and coordinators, as everything of a case is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from cases.deadlines import Planner
from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import (
    is_urgent,
    mail_about,
    people_for,
    school_days_before,
)
from cases.models import Case
from interventions.deadlines.letters import mail_of_school
from interventions.models import Intervention, PhaseRecord, PhaseStatus
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.people import staff_of
from schools.roles import Role

PHASE = "intervention_phase"
WAITING = (PhaseStatus.NOT_STARTED, PhaseStatus.IN_PROGRESS)


def plan_phases(intervention: Intervention, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Store the reminders of every phase with a day to come, and none of what is held or left out, or once it is over.

    Of several phases in one meeting only the first reminds. A moment that is over is not told: people just spoke
    about it.
    """
    for record in intervention.phases.all():
        record.intervention = intervention
        if _waits(record):
            plan.plan_to_come(PHASE, record.uuid, _moments(record, calendar), now)
        else:
            plan.cancel(PHASE, record.uuid, now)


def tell_new_facilitator(intervention: Intervention, *, now: datetime) -> None:
    """Whoever goes on with it is reminded of what the one before was told."""
    for record in intervention.phases.all():
        record.intervention = intervention
        if _waits(record) and record.planned_on:
            plan.ask_again(PHASE, record.uuid, record.planned_on, now)


def _plan_of_case(case: Case, calendar: SchoolCalendar, now: datetime) -> None:
    for intervention in Intervention.objects.filter(case=case, status__in=Intervention.OPEN):
        # The level as it is in this transaction, not as somebody else reads it.
        intervention.case = case
        plan_phases(intervention, calendar, now=now)


def _phases_of_case(case: Case) -> list[UUID]:
    found = PhaseRecord.objects.filter(intervention__case=case)
    return list(found.values_list("uuid", flat=True))


OF_CASE = Planner(PHASE, _plan_of_case, _phases_of_case)


def _waits(record: PhaseRecord) -> bool:
    planned = record.planned_on is not None and record.status in WAITING
    return planned and record.intervention.is_open and not record.definition.same_meeting


def _moments(record: PhaseRecord, calendar: SchoolCalendar) -> list[Moment]:
    case, due_on = record.intervention.case, record.planned_on
    if due_on is None:
        return []
    urgent = case is not None and is_urgent(case)
    told_up = [when_it_stays_open(case, due_on, calendar)] if case else []
    return [Moment(kind, due_on, at, urgent) for kind, at in _mornings(due_on, calendar)] + told_up


def _mornings(due_on: date, calendar: SchoolCalendar) -> Iterator[tuple[Kind, datetime]]:
    yield Kind.PHASE_UPCOMING, calendar.send_moment(school_days_before(calendar, due_on, 1))
    yield Kind.PHASE_TODAY, calendar.send_moment(due_on)
    try:
        yield Kind.PHASE_OVERDUE, calendar.send_moment(calendar.add_school_days(due_on, 1))
    except CalendarEnds:
        # The last day of the last school year we know: nobody can tell when school begins again.
        return


class PhaseSource:
    """Reminds whoever facilitates; when the day is over also who handles the case, or coordinates the school."""

    name = PHASE

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this phase now, or None when it was held, moved, stopped or its case closed."""
        record = (
            PhaseRecord.objects.select_related(
                "intervention__school",
                "intervention__case__school",
                "intervention__case__handler",
                "intervention__facilitator",
                "intervention__started_by",
            )
            .filter(
                uuid=source_uuid,
                planned_on=due_on,
                status__in=WAITING,
                intervention__status__in=Intervention.OPEN,
            )
            .first()
        )
        if record is None:
            return None
        return (
            _of_case(record, kind, now) if record.intervention.case else _without(record, kind, now)
        )


def _of_case(record: PhaseRecord, kind: str, now: datetime) -> Wanted | None:
    intervention, case = record.intervention, record.intervention.case
    if case is None or not case.is_open:
        return None
    # Somebody from outside school gets no mail of ours: who handles the case passes it on.
    people = [person for person in (intervention.facilitator or case.handler,) if person]
    if kind == Kind.PHASE_OVERDUE and case.handler:
        people = [*people, case.handler]
    people = people_for(kind, people, case, now)
    path = f"/cases/{case.uuid}/interventions/{intervention.uuid}/"
    return mail_about(case, people, [case.handler], path, now)


def _without(record: PhaseRecord, kind: str, now: datetime) -> Wanted:
    intervention = record.intervention
    coordinators = list(staff_of(intervention.school, now, (Role.COORDINATOR,)))
    own = [intervention.facilitator or intervention.started_by]
    people = [person for person in own if _works_there(person, intervention, now)] or coordinators
    if kind == Kind.PHASE_OVERDUE:
        people = [*people, *coordinators]
    return mail_of_school(intervention.school, people, f"/interventions/{intervention.uuid}/", now)


def _works_there(person: User, intervention: Intervention, now: datetime) -> bool:
    return staff_of(intervention.school, now).filter(pk=person.pk).exists()

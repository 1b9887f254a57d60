"""A thermometer that is planned: the school day before, the day itself; forgotten ones come to the coordinators once.

A mail says what it says of every step with a class: neither the thermometer nor the class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import UUID

from cases.deadlines.reach import school_days_before
from interventions.access.thermometer import may_run
from interventions.deadlines.letters import mail_of_school
from interventions.models import Run
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.queries.people import staff_of
from schools.roles import Role

RUN = "thermometer_run"
NOT_OPENED_AFTER = 1
# A class answers in one lesson. Three school days later nobody is answering any more.
LEFT_OPEN_AFTER = 4


def plan_run(run: Run, *, now: datetime) -> None:
    """Store the reminders of a run that waits or is open, and none once it is closed. What is over is not told."""
    if run.is_closed:
        cancel_run(run, now=now)
    else:
        plan.plan_to_come(RUN, run.uuid, list(_moments(run, calendar_for(run.school))), now)


def cancel_run(run: Run, *, now: datetime) -> None:
    """Nobody is reminded of it any more."""
    plan.cancel(RUN, run.uuid, now)


def _moments(run: Run, calendar: SchoolCalendar) -> Iterator[Moment]:
    day = run.opened_on or run.planned_on
    try:
        if not run.is_open:
            before = school_days_before(calendar, day, 1)
            yield Moment(Kind.PHASE_UPCOMING, day, calendar.send_moment(before))
            if calendar.is_school_day(day):
                yield Moment(Kind.PHASE_TODAY, day, calendar.send_moment(day))
        late = calendar.add_school_days(day, LEFT_OPEN_AFTER if run.is_open else NOT_OPENED_AFTER)
        yield Moment(Kind.STAYED_OPEN, day, calendar.send_moment(late))
    except CalendarEnds:
        # Nobody opened that school year yet: its days are not known.
        return


class RunSource:
    """Reminds who prepared it and the class teachers; what stays undone is told to the coordinators of the school."""

    name = RUN

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this run now; None when it was opened, closed, moved or taken back."""
        related = ("school", "school_class", "prepared_by")
        run = Run.objects.filter(uuid=source_uuid).select_related(*related).first()
        if run is None or not _still_waits(run, kind, due_on):
            return None
        return mail_of_school(run.school, _people(run, kind, now), f"/thermometer/{run.uuid}/", now)


def _still_waits(run: Run, kind: str, due_on: date) -> bool:
    if run.is_open:
        return kind == Kind.STAYED_OPEN and run.opened_on == due_on
    return not run.is_closed and run.planned_on == due_on


def _people(run: Run, kind: str, now: datetime) -> Iterable[User]:
    coordinators = list(staff_of(run.school, now, (Role.COORDINATOR,)))
    teachers = run.school_class.class_teachers.all()
    asked = [*teachers, *([run.prepared_by] if run.prepared_by else [])]
    own = [person for person in asked if may_run(person, run.school_class, now)]
    if kind != Kind.STAYED_OPEN:
        return own or coordinators
    # Whoever left it open can close it; a run that was only planned is the coordinator's to think of.
    return [*coordinators, *(own if run.is_open or not coordinators else [])]

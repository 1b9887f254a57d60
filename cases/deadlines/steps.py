"""Days that stand in a step: on each of them somebody looks again, once it is a day to come.

What nobody looked at then comes to handler and coordinators too. An objection against telling the parents is asked
about every five school days, for as long as it stands; of that they hear once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import FollowUpTalk, StepRecord
from cases.queries.belonging import told_about
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

STEP = "step"
REVIEW_EVERY, REVIEWS_PLANNED = 5, 12
PARENTS_DO_NOT_KNOW = frozenset({"pupil_objects", "not_applicable"})


@dataclass(frozen=True)
class LookAgain:
    """A day on which something in a step is looked at again, and by whom first."""

    on: date
    by: User | None
    is_told_up: bool = True


def plan_step(record: StepRecord, *, now: datetime) -> None:
    """Store the days of a step that are still to come. Replaces what was planned for it."""
    if record.step not in DAYS_OF_STEP:
        return
    case = record.conversation.case
    calendar = calendar_for(case.school)
    days = _days(record)
    moments = [
        Moment(Kind.REVIEW_DUE, day.on, _fires_at(calendar, day.on), is_urgent(case))
        for day in days
    ]
    forgotten = [when_it_stays_open(case, day.on, calendar) for day in days if day.is_told_up]
    plan.plan_to_come(STEP, record.uuid, [*moments, *forgotten], now)


class StepSource:
    """Reminds of a day in a step for as long as the step still names it."""

    name = STEP

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this day now, or None when the step says something else, or its case is closed."""
        record = (
            StepRecord.objects.select_related(
                "conversation__case__school", "conversation__case__handler", "conversation__lead"
            )
            .filter(uuid=source_uuid, conversation__case__is_open=True)
            .first()
        )
        named = [day for day in _days(record) if day.on == due_on] if record else []
        if kind == Kind.STAYED_OPEN:
            named = [day for day in named if day.is_told_up and not _was_looked_at(record, due_on)]
        if record is None or not named:
            return None
        case, lead = record.conversation.case, record.conversation.lead
        path = f"/cases/{case.uuid}/conversations/{record.conversation.uuid}/{record.step}/"
        people = people_for(kind, [day.by for day in named], case, now)
        return mail_about(case, people, [case.handler, lead], path, now)


def _days(record: StepRecord) -> list[LookAgain]:
    return list(DAYS_OF_STEP[record.step](record)) if record.step in DAYS_OF_STEP else []


def _was_looked_at(record: StepRecord | None, on: date) -> bool:
    """Somebody wrote in the step on that day or after it, and left the day in it."""
    if record is None or record.changed_at is None:
        return False
    return record.changed_at.astimezone(record.conversation.case.school.zone).date() >= on


def _fires_at(calendar: SchoolCalendar, day: date) -> datetime:
    try:
        return calendar.send_moment(calendar.previous_school_day(day))
    except CalendarEnds:
        return calendar.send_moment(day)


# ── which days ───────────────────────────────────────────────────────────────
def _of_parents(record: StepRecord) -> Iterator[LookAgain]:
    feedback = _day(record, "first_feedback_on")
    if feedback and not _feedback_given(record):
        yield LookAgain(feedback, _person(record.answer("contact_person")))
    if record.answer("parents_status") == "pupil_objects":
        for times, on in enumerate(_every_five_school_days(record)):
            yield LookAgain(on, record.conversation.case.handler, is_told_up=times == 0)


def _feedback_given(record: StepRecord) -> bool:
    """Since the step was written down somebody spoke with the parents, or with the pupil when they do not know."""
    case = record.conversation.case
    since = max((at for at in (record.changed_at, record.completed_at) if at), default=None)
    if since is None:
        return False
    held = case.talks.filter(status=FollowUpTalk.Status.HELD, planned_at__gt=since)
    if record.answer("parents_status") in PARENTS_DO_NOT_KNOW:
        return held.filter(with_participant=record.conversation.target).exists()
    contacts = told_about(record.conversation).filter(held_at__gt=since)
    return contacts.exists() or held.filter(with_role="parent").exists()


def _every_five_school_days(record: StepRecord) -> Iterator[date]:
    calendar = calendar_for(record.conversation.case.school)
    written = calendar.local_date(record.changed_at) if record.changed_at else None
    asked = _day(record, "objection_reviewed_on") or written
    for times in range(1, REVIEWS_PLANNED + 1):
        if asked is None:
            return
        try:
            yield calendar.add_school_days(asked, REVIEW_EVERY * times)
        except CalendarEnds:
            return


def _of_measures(record: StepRecord) -> Iterator[LookAgain]:
    if on := _day(record, "postponed_to"):
        yield LookAgain(on, record.conversation.lead)


def _of_class(record: StepRecord) -> Iterator[LookAgain]:
    on = _day(record, "review_on")
    if on and record.answer("decision") == "not_now":
        yield LookAgain(on, record.conversation.case.handler)


DAYS_OF_STEP: dict[int, Callable[[StepRecord], Iterator[LookAgain]]] = {
    3: _of_parents,
    6: _of_measures,
    8: _of_class,
}


def _day(record: StepRecord, key: str) -> date | None:
    said = record.answer(key)
    return date.fromisoformat(said) if said else None


def _person(uuid: str | None) -> User | None:
    return User.objects.filter(uuid=uuid).first() if uuid else None

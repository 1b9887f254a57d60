"""Planning, writing down, holding and leaving out a phase. Saving is always possible; holding has the rules of the method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.services.answers import fit_problems
from interventions import events
from interventions.deadlines import plan_phases
from interventions.models import (
    Intervention,
    InterventionStatus,
    Member,
    PersonNote,
    PhaseRecord,
    PhaseStatus,
)
from interventions.queries.holding import (
    content_problems,
    holding_of,
    holding_problems,
    limit_problems,
    order_problems,
    other_day,
    too_early,
    unknown_day,
)
from interventions.queries.people import Asked, asked_in, members_of
from interventions.queries.schedule import earliest_on, meeting_of, records_of
from interventions.services.locking import calendar_of, lock_open, record_event, today_at
from interventions.services.measurements import keep_measurement
from interventions.services.phase_versions import Change, keep_if_corrected
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User


@dataclass
class Note:
    """What was asked about one person; without a member about the pupil of the case. `saved` is the row that was read."""

    member: Member | None
    answers: Mapping[str, Any]
    saved: PersonNote | None = field(default=None)


@transaction.atomic
def plan_phase(actor: User, record: PhaseRecord, planned_on: date, *, now: datetime) -> PhaseRecord:
    """Choose the day of a phase and of the meeting it belongs to; plans the reminders.

    Refuses the past, a day without school, and what is too early after the phase before.
    """
    intervention = record.intervention
    _begin(record)
    calendar, records = calendar_of(intervention), records_of(record)
    refuse_if(
        _planning_problems(record, records, planned_on, calendar, today_at(intervention, now))
    )
    for one in meeting_of(record, records):
        if not one.is_settled:
            one.planned_on = planned_on
            write(one, actor, now, ["planned_on"])
    plan_phases(intervention, calendar, now=now)
    record_event(actor, events.PHASE_PLANNED, intervention, now, phase=record.key)
    return record


@transaction.atomic
def save_phase(
    actor: User,
    record: PhaseRecord,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    notes: Sequence[Note] = (),
    reason: str = "",
) -> PhaseRecord:
    """Keep what is known so far, about the phase and about each person, also half filled.

    After it was held this is a correction: that has a `reason`, what was there before is kept, and what was needed to
    hold it stays answered. Refuses what the method does not ask. Raises Stale when somebody else wrote it since it was read.
    """
    _begin(record, settled_too=True)
    phase, school = record.definition, record.intervention.school
    refuse_if([*fit_problems(phase.fields, answers, school), *limit_problems(phase, answers)])
    members = members_of(record.intervention)
    about = [(note, _asked_about(record, note, members)) for note in notes]
    missing = content_problems(record, members) if record.status == PhaseStatus.DONE else None
    keep_if_corrected(actor, record, _changes(record, answers, about), reason, now)
    record.answers = _given(answers)
    if record.status == PhaseStatus.NOT_STARTED:
        record.status = PhaseStatus.IN_PROGRESS
    _write_checked(actor, record, now)
    for note in notes:
        _keep_note(actor, record, note, now)
    if missing is not None:
        _refuse_taking_away(record, members, missing)
    record_event(actor, events.PHASE_SAVED, record.intervention, now, phase=record.key)
    return record


@transaction.atomic
def hold_phase(actor: User, record: PhaseRecord, held_on: date, *, now: datetime) -> PhaseRecord:
    """Mark a phase held; the next one gets its first possible day. What was saved stays when this is refused.

    A phase that measures keeps the run of that day on the intervention. Refuses with everything that stands in the
    way: order, day, group and what the method asks.
    """
    intervention = record.intervention
    _begin(record)
    calendar = calendar_of(intervention)
    holding = holding_of(record, held_on, today_at(intervention, now), calendar)
    refuse_if(holding_problems(holding))
    keep_measurement(actor, record, held_on, now)
    record.status, record.held_on = PhaseStatus.DONE, held_on
    _settle(actor, record, now)
    if intervention.status == InterventionStatus.PLANNED:
        intervention.status = InterventionStatus.RUNNING
        write(intervention, actor, now, ["status"])
    plan_next(actor, intervention, calendar, now)
    record_event(actor, events.PHASE_HELD, intervention, now, phase=record.key, round=record.round)
    return record


@transaction.atomic
def skip_phase(actor: User, record: PhaseRecord, reason: str, *, now: datetime) -> PhaseRecord:
    """Leave a phase out with a reason, only where its method allows that, and in its turn."""
    _begin(record)
    if not record.definition.may_skip:
        raise broken("skip_reason", _("This phase cannot be left out."), "skip")
    if not reason.strip():
        raise broken("skip_reason", _("Write in a few words why."), "required")
    refuse_if(order_problems(record, records_of(record)))
    record.status, record.skip_reason = PhaseStatus.SKIPPED, reason.strip()
    _settle(actor, record, now)
    plan_next(actor, record.intervention, calendar_of(record.intervention), now)
    record_event(actor, events.PHASE_SKIPPED, record.intervention, now, phase=record.key)
    return record


def plan_next(
    actor: User, intervention: Intervention, calendar: SchoolCalendar, now: datetime
) -> None:
    """Give the next phase, with its meeting, the first day that fits, unless somebody chose one; plans the reminders."""
    records = list(intervention.phases.all())
    for one in records:
        one.intervention = intervention
    following = next((one for one in records if not one.is_settled), None)
    if following is not None and following.planned_on is None:
        first_day = _first_day(following, records, calendar, today_at(intervention, now))
        for one in meeting_of(following, records):
            one.planned_on = first_day
            write(one, actor, now, ["planned_on"])
    plan_phases(intervention, calendar, now=now)


def _begin(record: PhaseRecord, *, settled_too: bool = False) -> None:
    lock_open(record.intervention)
    # The page may be older than what a colleague, or a second tap, wrote meanwhile.
    record.refresh_from_db(fields=["status"])
    if record.is_settled and not settled_too:
        raise broken(None, _("This phase is over already."), "settled")


def _planning_problems(
    record: PhaseRecord,
    records: Sequence[PhaseRecord],
    planned_on: date,
    calendar: SchoolCalendar,
    today: date,
) -> list[Problem]:
    if planned_on < today:
        return [Problem("planned_on", _("This day is already over."), "past")]
    first = meeting_of(record, records)[0]
    if problems := other_day("planned_on", planned_on, first):
        return problems
    try:
        if not calendar.is_school_day(planned_on):
            return [Problem("planned_on", _("There is no school on that day."), "no_school")]
        earliest = earliest_on(first, records, calendar)
    except CalendarEnds:
        return [unknown_day("planned_on")]
    return too_early("planned_on", planned_on, earliest)


def _first_day(
    record: PhaseRecord, records: Sequence[PhaseRecord], calendar: SchoolCalendar, today: date
) -> date | None:
    try:
        earliest = earliest_on(record, records, calendar)
        if earliest is None and (others := meeting_of(record, records)) and others[0] is not record:
            earliest = others[0].held_on
        return max(earliest, today) if earliest else calendar.next_school_day(today)
    except CalendarEnds:
        return None


def _settle(actor: User, record: PhaseRecord, now: datetime) -> None:
    record.settled_by, record.settled_at = actor, now
    fields = ["status", "held_on", "skip_reason", "settled_by", "settled_at"]
    write(record, actor, now, fields)


def _changes(
    record: PhaseRecord, answers: Mapping[str, Any], about: Sequence[tuple[Note, Asked]]
) -> list[Change]:
    of_phase = (record.definition.fields, record.answers, _given(answers))
    return [of_phase] + [
        (one.fields, note.saved.answers if note.saved else {}, _given(note.answers))
        for note, one in about
    ]


def _asked_about(record: PhaseRecord, note: Note, members: Sequence[Member]) -> Asked:
    """The questions about this person. Refuses a person whom the phase does not ask about, and what does not fit."""
    key = str(note.member.uuid) if note.member else "target"
    asked = next((one for one in asked_in(record, members) if one.key == key), None)
    if asked is None:
        raise broken(None, _("This question is not part of the step."), "unknown")
    found = fit_problems(asked.fields, note.answers, record.intervention.school)
    refuse_if([Problem(f"{key}-{one.field}", one.message, one.code) for one in found])
    return asked


def _refuse_taking_away(
    record: PhaseRecord, members: Sequence[Member], before: Sequence[Problem]
) -> None:
    # A group may have changed since: what it lacks by that was no part of what was held.
    lacked = {(one.field, one.code) for one in before}
    found = content_problems(record, members)
    refuse_if([one for one in found if (one.field, one.code) not in lacked])


def _keep_note(actor: User, record: PhaseRecord, note: Note, now: datetime) -> None:
    given = _given(note.answers)
    row = note.saved or PersonNote(record=record, member=note.member)
    if row.pk is None and not given:
        return
    row.answers = given
    _write_checked(actor, row, now)


def _given(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if value not in (None, "", [])}


def _write_checked(actor: User, row: PhaseRecord | PersonNote, now: datetime) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    write(row, actor, now)

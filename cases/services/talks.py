"""Planning follow-up talks and recording how they went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_talk, tell_new_people
from cases.models import Case, Conversation, FollowUpTalk, Participant
from cases.services.agreements import let_in
from cases.services.sharing import end_share_without_task, lock
from cases.services.wishes import heed_wish
from cases.wishes import Plan
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

Status = FollowUpTalk.Status


@transaction.atomic
def plan_follow_up(
    actor: User,
    case: Case,
    *,
    conductor: User,
    planned_at: datetime,
    with_role: str,
    purposes: list[str],
    now: datetime,
    with_participant: Participant | None = None,
    with_name: str = "",
    conversation: Conversation | None = None,
    share_ok: bool = False,
    wish_reason: str = "",
) -> FollowUpTalk:
    """A talk with one person on a school day; plans its reminder.

    Refuses the past, days without school, and what the pupil does not want without a `wish_reason`.
    """
    talk = FollowUpTalk(
        case=case,
        conversation=conversation,
        with_participant=with_participant,
        with_name=with_name,
        with_role=with_role,
        conductor=conductor,
        planned_at=planned_at,
        purposes=purposes,
        wish_reason=wish_reason,
    )
    lock(case)
    _check_and_save(actor, talk, now, share_ok=share_ok)
    _record(actor, events.TALK_PLANNED, talk, now)
    return talk


@transaction.atomic
def change_talk(
    actor: User, talk: FollowUpTalk, *, now: datetime, share_ok: bool = False, **changes: Any
) -> None:
    """Move a planned talk, or give it to somebody else; never drops it silently."""
    _lock_planned(talk)
    former = talk.conductor
    for name, value in changes.items():
        setattr(talk, name, value)
    _check_and_save(actor, talk, now, share_ok=share_ok)
    tell_new_people(actor, talk, [former], now=now)
    end_share_without_task(talk.case, former, now=now)
    _record(actor, events.TALK_CHANGED, talk, now)


@transaction.atomic
def record_talk(
    actor: User, talk: FollowUpTalk, *, status: str, now: datetime, **outcome: Any
) -> FollowUpTalk:
    """How a talk went. A held talk says how it goes; progress is named and congratulated."""
    if status not in {Status.HELD, Status.NO_SHOW, Status.CANCELLED}:
        raise broken("status", _("Choose what happened."), "status")
    _lock_planned(talk)
    for name, value in outcome.items():
        setattr(talk, name, value)
    talk.status = status
    refuse_if(_outcome_problems(talk) if status == Status.HELD else [])
    talk.held_on = now.astimezone(talk.case.school.zone).date() if status == Status.HELD else None
    talk.full_clean()
    write(talk, actor, now)
    plan_talk(talk, calendar_for(talk.case.school), now=now)
    end_share_without_task(talk.case, talk.conductor, now=now)
    _record(actor, events.TALK_RECORDED, talk, now, status=status)
    return talk


def _lock_planned(talk: FollowUpTalk) -> None:
    # The page may be older than what a colleague, or a second tap, wrote meanwhile.
    lock(talk.case)
    talk.refresh_from_db(fields=["status"])
    if talk.status != Status.PLANNED:
        raise broken(None, _("This talk is over already."), "over")


def _outcome_problems(talk: FollowUpTalk) -> list[Problem]:
    needed = _("Fill this in when the talk was held.")
    problems = [
        Problem("progress", needed, "required") if not talk.progress else None,
        Problem("new_incident", needed, "required") if talk.new_incident is None else None,
        Problem("safety_score", needed, "required")
        if talk.with_role == "target" and talk.safety_score is None
        else None,
        Problem("progress_examples", _("Name what goes better."), "required")
        if talk.is_better and not talk.progress_examples
        else None,
        Problem("congratulated", _("Choose yes or no."), "required")
        if talk.is_better and talk.congratulated is None
        else None,
    ]
    return [problem for problem in problems if problem]


def _check_and_save(actor: User, talk: FollowUpTalk, now: datetime, *, share_ok: bool) -> None:
    calendar = calendar_for(talk.case.school)
    refuse_if(_planning_problems(talk, calendar, now))
    heed_wish(talk.case, talk, Plan(talk_with=talk.with_role, purposes=tuple(talk.purposes)))
    try:
        talk.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    let_in(actor, talk.case, talk.conductor, now, share_ok=share_ok)
    is_new = talk.pk is None
    write(talk, actor, now)
    plan_talk(talk, calendar, now=now, is_new=is_new)


def _planning_problems(
    talk: FollowUpTalk, calendar: SchoolCalendar, now: datetime
) -> list[Problem]:
    problems = []
    if not talk.with_participant and not talk.with_name:
        problems.append(Problem("with_whom", _("Choose who it is with."), "required"))
    if talk.with_participant and talk.with_participant.case_id != talk.case_id:
        problems.append(Problem("with_whom", _("Choose somebody from this case."), "foreign"))
    if talk.planned_at < now:
        problems.append(Problem("planned_at", _("This moment is already over."), "past"))
        return problems
    try:
        if not calendar.is_school_day(calendar.local_date(talk.planned_at)):
            problems.append(
                Problem("planned_at", _("There is no school on that day."), "no_school")
            )
    except CalendarEnds:
        problems.append(
            Problem(
                "planned_at",
                _("The school year of this day is not in the calendar yet."),
                "calendar",
            )
        )
    return problems


def _record(actor: User, verb: str, talk: FollowUpTalk, now: datetime, **facts: str) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=talk.case.school_id,
        case_uuid=talk.case.uuid,
        subject_uuid=talk.uuid,
        rule="R24",
        **facts,
    )

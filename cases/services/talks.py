"""Planning follow-up talks and recording how they went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_talk, tell_new_people
from cases.models import Agreement, Case, Conversation, FollowUpTalk, Participant
from cases.protocol.step_numbers import SUPPORT_PERSONS
from cases.queries.held_talks import outcome_problems
from cases.services.agreements import let_in
from cases.services.severity_terms import review_today
from cases.services.sharing import end_share_without_task, lock
from cases.services.step_versions import reopen_left_out
from cases.services.wishes import heed_wish
from cases.wishes import Plan
from pestzorg.audit import log
from pestzorg.errors import Problem, RuleBroken, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

Status = FollowUpTalk.Status
LOOKING_AHEAD = ("next_talk_at", "no_next_talk", "support_asked_again")


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
    actor: User,
    talk: FollowUpTalk,
    *,
    status: str,
    now: datetime,
    agreements_reviewed: Iterable[Agreement] = (),
    looks_ahead: bool = True,
    wish_reason: str = "",
    share_ok: bool = False,
    **outcome: Any,
) -> FollowUpTalk:
    """How a talk went. A held talk says how it goes and what comes next; progress is named and congratulated.

    A `next_talk_at` becomes a planned talk with the same person, for which `wish_reason` and `share_ok` are asked like
    for any other. Whoever only reads along has no say in what comes next, and is neither asked for it nor heard
    (`looks_ahead`).
    """
    if status not in {Status.HELD, Status.NO_SHOW, Status.CANCELLED}:
        raise broken("status", _("Choose what happened."), "status")
    _lock_planned(talk)
    for name, value in outcome.items():
        if looks_ahead or name not in LOOKING_AHEAD:
            setattr(talk, name, value)
    talk.status = status
    refuse_if(outcome_problems(talk, now, looks_ahead=looks_ahead) if status == Status.HELD else [])
    talk.held_on = now.astimezone(talk.case.school.zone).date() if status == Status.HELD else None
    talk.full_clean()
    write(talk, actor, now)
    plan_talk(talk, calendar_for(talk.case.school), now=now)
    if status == Status.HELD:
        _go_on(actor, talk, agreements_reviewed if looks_ahead else (), now)
        if talk.next_talk_at:
            reason = wish_reason or talk.wish_reason
            _plan_next(actor, talk, talk.next_talk_at, now, wish_reason=reason, share_ok=share_ok)
    end_share_without_task(talk.case, talk.conductor, now=now)
    _record(actor, events.TALK_RECORDED, talk, now, status=status)
    return talk


def _go_on(actor: User, talk: FollowUpTalk, reviewed: Iterable[Agreement], now: datetime) -> None:
    """What a held talk brings along: agreements gone through, a review, somebody who helps after all."""
    talk.agreements_reviewed.set(reviewed)
    if talk.new_incident:
        review_today(talk.case, now=now)
    if talk.support_asked_again == FollowUpTalk.AskedAgain.YES:
        # A case may hold conversations with several pupils: the one of whoever was asked.
        asked = talk.case.conversations.filter(target=talk.with_participant).order_by("pk").last()
        if asked:
            reopen_left_out(actor, asked, SUPPORT_PERSONS, now=now)


def _plan_next(
    actor: User, talk: FollowUpTalk, at: datetime, now: datetime, **asked_later: Any
) -> None:
    try:
        plan_follow_up(
            actor,
            talk.case,
            conductor=talk.conductor,
            planned_at=at,
            with_role=talk.with_role,
            with_participant=talk.with_participant,
            with_name=talk.with_name,
            purposes=talk.purposes,
            conversation=talk.conversation,
            now=now,
            **asked_later,
        )
    except RuleBroken as error:
        first = error.problems[0]
        field = first.field if first.field in asked_later else "next_talk_at"
        raise broken(field, first.message, first.code) from error


def _lock_planned(talk: FollowUpTalk) -> None:
    # The page may be older than what a colleague, or a second tap, wrote meanwhile.
    lock(talk.case)
    talk.refresh_from_db(fields=["status"])
    if talk.status != Status.PLANNED:
        raise broken(None, _("This talk is over already."), "over")


def _check_and_save(actor: User, talk: FollowUpTalk, now: datetime, *, share_ok: bool) -> None:
    calendar = calendar_for(talk.case.school)
    refuse_if(_planning_problems(talk, calendar, now))
    heed_wish(talk, Plan(talk_with=talk.with_role, purposes=tuple(talk.purposes)))
    try:
        talk.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    let_in(actor, talk.case, talk.conductor, now, talk.planned_at, share_ok=share_ok)
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

"""A moment that is named in a step becomes a planned talk with the pupil: a new one (step 1), the next one (step 7)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import FollowUpTalk, StepRecord
from cases.queries.step_rules import LIVING_TALKS, NOT_YET, new_moment_until
from cases.services.talks import change_talk, plan_follow_up
from pestzorg.errors import RuleBroken, broken
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.models import User

NEW_MOMENT, NEXT_CONTACT = "new_moment_at", "next_contact_at"


def new_moment_of(record: StepRecord) -> str | None:
    """The moment that was chosen because the pupil does not want to talk now."""
    return record.answer(NEW_MOMENT) if record.answer("consent_to_talk") in NOT_YET else None


def plan_new_moment(actor: User, record: StepRecord, before: str | None, *, now: datetime) -> None:
    """Plan the talk at the new moment, or move it there when `before`, the moment so far, was another.

    Refuses a moment that is too late for how serious the case is.
    """
    named = new_moment_of(record)
    if named is None or named == before:
        return
    until = new_moment_until(record, now)
    at = _moment(record, named)
    if at.date() > until:
        asked = _("Choose a moment on %(day)s at the latest.") % {"day": day(until)}
        raise broken(NEW_MOMENT, asked, "late")
    moved = _planned_at(record, _moment(record, before)) if before else None
    _plan(actor, record, NEW_MOMENT, at, now, moved)


def plan_next_contact(actor: User, record: StepRecord, *, now: datetime) -> None:
    """The next contact of step 7 becomes a follow-up talk, unless that talk is planned already."""
    _plan(actor, record, NEXT_CONTACT, _moment(record, record.answers[NEXT_CONTACT]), now)


def _plan(
    actor: User,
    record: StepRecord,
    field: str,
    at: datetime,
    now: datetime,
    moved: FollowUpTalk | None = None,
) -> None:
    if _talks_at(record, at).exists():
        return
    try:
        if moved:
            change_talk(actor, moved, now=now, planned_at=at)
        else:
            _plan_talk(actor, record, at, now)
    except RuleBroken as error:
        first = error.problems[0]
        raise broken(field, first.message, first.code) from error


def _plan_talk(actor: User, record: StepRecord, at: datetime, now: datetime) -> None:
    conversation = record.conversation
    plan_follow_up(
        actor,
        conversation.case,
        conductor=conversation.lead,
        planned_at=at,
        with_role="target",
        with_participant=conversation.target,
        purposes=["check_safety"],
        conversation=conversation,
        now=now,
    )


def _talks_at(record: StepRecord, at: datetime) -> QuerySet[FollowUpTalk]:
    conversation = record.conversation
    talks = conversation.case.talks.filter(status__in=LIVING_TALKS)
    return talks.filter(with_participant=conversation.target, planned_at=at)


def _planned_at(record: StepRecord, at: datetime) -> FollowUpTalk | None:
    return _talks_at(record, at).filter(status=FollowUpTalk.Status.PLANNED).first()


def _moment(record: StepRecord, named: str) -> datetime:
    # Answers hold the wall clock of the school.
    return datetime.fromisoformat(named).replace(tzinfo=record.conversation.case.school.zone)

"""A case became more serious, or less so: what is planned for it comes sooner or later, and what waits may hurry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.deadlines.aftercare import AFTERCARE
from cases.deadlines.agreements import AGREEMENT, plan_agreement
from cases.deadlines.external_reports import EXTERNAL_REPORT, plan_check
from cases.deadlines.first_talk import FIRST_TALK
from cases.deadlines.reach import is_urgent
from cases.deadlines.resuming import RESUME, plan_resume
from cases.deadlines.steps import STEP, plan_step
from cases.deadlines.support import SUPPORT, plan_asking
from cases.deadlines.talks import TALK, plan_talk
from cases.models import Agreement, Case, Conversation, FollowUpTalk, StepRecord, SupportPerson
from pestzorg.reminders import plan
from schools.calendar import SchoolCalendar

WITH_CASE = ("conversation__case__school", "conversation__lead")


@dataclass(frozen=True)
class Planner:
    """Things of a case that another app reminds of: what they are called there, how they are planned, and which they are."""

    source: str
    plan: Callable[[Case, SchoolCalendar, datetime], None]
    uuids: Callable[[Case], list[UUID]]


_planners: list[Planner] = []


def register_planner(planner: Planner) -> None:
    """Plan these too when the level of their case crosses a line; called once at start-up."""
    _planners.append(planner)


def plan_anew(case: Case, calendar: SchoolCalendar, *, now: datetime) -> None:
    """The days stay, the mornings follow the level: what was planned before knows of no hurry, or of one that is over."""
    for agreement in case.agreements.filter(status__in=Agreement.LIVING):
        plan_agreement(agreement, calendar, now=now)
    for talk in case.talks.filter(status=FollowUpTalk.Status.PLANNED):
        plan_talk(talk, calendar, now=now, is_new=not is_urgent(case))
    for report in case.external_reports.filter(closed_on=None):
        plan_check(report, calendar, now=now)
    for conversation in case.conversations.filter(status=Conversation.Status.PAUSED):
        plan_resume(conversation, calendar, now=now)
    of_case = {"conversation__case": case}
    for record in StepRecord.objects.filter(**of_case).select_related(*WITH_CASE):
        plan_step(record, now=now)
    for person in SupportPerson.objects.filter(**of_case).select_related(*WITH_CASE):
        plan_asking(person, now=now)
    for planner in _planners:
        planner.plan(case, calendar, now)


def hasten_reminders(case: Case, now: datetime) -> None:
    """The case became most serious: whatever it has waiting for a digest goes out at once."""
    of_case = {"conversation__case": case}
    things: dict[str, QuerySet[Any]] = {
        AGREEMENT: case.agreements.all(),
        TALK: case.talks.all(),
        AFTERCARE: case.aftercare_checks.all(),
        EXTERNAL_REPORT: case.external_reports.all(),
        RESUME: case.conversations.all(),
        FIRST_TALK: Case.objects.filter(pk=case.pk),
        STEP: StepRecord.objects.filter(**of_case),
        SUPPORT: SupportPerson.objects.filter(**of_case),
    }
    for source, rows in things.items():
        plan.hasten(source, list(rows.values_list("uuid", flat=True)), now)
    for planner in _planners:
        plan.hasten(planner.source, planner.uuids(case), now)

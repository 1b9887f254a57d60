"""Today: one obvious next thing, what is due, what is coming. Everything else stays calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import who
from cases.models import Case, Conversation, StepRecord
from cases.models.step_record import StepStatus
from cases.queries.conversation_page import (
    RailStep,
    first_open_step,
    rail,
    records_with,
    url_of,
)
from cases.queries.emergency import recent_openings
from cases.queries.own_cases import own_cases
from cases.queries.report_lists import own_reports, reports_to_look_at
from cases.queries.waiting_closings import waiting_closings
from cases.queries.worklist import (
    case_title,
    conversation_title,
    conversations_to_begin,
    open_conversations,
    worklist,
)
from cases.web.doors import list_page, shows
from interventions.queries.own_phases import own_phases
from pestzorg.home.roles import STAFF, roles_of_reader
from pestzorg.home.sentences import greeting, steps_sentence, todo_sentence
from schools.access import REPORTERS, schools_for
from schools.models import User
from schools.queries.people import staff_of
from schools.roles import Role
from schools.web.staff_request import StaffRequest

SHOWN_CASES, SHOWN_REPORTS = 6, 4


@dataclass(frozen=True)
class Hero:
    """The one next thing: a conversation to go on with, or to begin."""

    case: Case
    title: str
    since: datetime | None  # of the sitting that is open now
    last_at: datetime | None
    due_on: date | None
    steps: list[RailStep]
    sentence: str
    href: str


@list_page(GET="P02")
def today(request: StaffRequest) -> HttpResponse:
    """The start page of everybody who works with pupils; others have a page of their own."""
    if not roles_of_reader(request) & STAFF:
        return redirect("home:landing")
    me, person = who(request), request.user
    conversations, waiting = open_conversations(me), conversations_to_begin(me)
    hero = _hero(conversations, waiting)
    paused = [c for c in conversations[1:] if c.is_paused]
    tasks = worklist(me, [*paused, *waiting])
    cases, reports, to_look_at = own_cases(me), own_reports(me), reports_to_look_at(me)
    closings, phases = waiting_closings(me), own_phases(me)
    late = len(tasks.late) + len(phases.late)
    for_today = len(tasks.today) + len(phases.today)
    mine = [(case, case_title(case)) for case in cases[:SHOWN_CASES]]
    shown: list[Any] = [*tasks.now, *tasks.soon, *to_look_at, *([hero] if hero else [])]
    shown += [*(one for one in closings if not one.signs), *phases.of_cases]
    shows(request, [*(one.case for one in shown), *(case for case, _title in mine)])
    context = {
        "greeting": greeting(person.first_name or person.full_name, request.now),
        "sentence": todo_sentence(len(conversations), late + for_today),
        "hero": hero,
        "worklist": tasks,
        "phases": phases,
        "late": late,
        "for_today": for_today,
        "to_look_at": to_look_at,
        "closings": closings,
        "openings": recent_openings(me),
        "cases": mine,
        "case_count": cases.count(),
        "reports": reports[:SHOWN_REPORTS],
        "receiver": _receiver(person, request.now),
    }
    return render(request, "home/today.html", context)


def _hero(going_on: list[Conversation], waiting: list[Conversation]) -> Hero | None:
    """What to go on with, else what to begin, which then waits no longer."""
    if going_on:
        return _to_go_on(going_on[0])
    return _to_begin(waiting.pop(0)) if waiting else None


def _to_go_on(conversation: Conversation) -> Hero:
    records = _ten(conversation)
    number = first_open_step(records)
    sittings = list(conversation.sittings.all())
    is_open = bool(sittings) and sittings[-1].ended_at is None
    title = _("%(case)s: go on at step %(number)s")
    return Hero(
        case=conversation.case,
        title=title % {"case": conversation_title(conversation), "number": number},
        since=sittings[-1].started_at if is_open else None,
        last_at=sittings[-1].started_at if sittings else None,
        due_on=conversation.resume_by,
        steps=rail(records, number),
        sentence=steps_sentence(sum(r.is_settled for r in records), _later(records, number)),
        href=_href(conversation, number if is_open else None),
    )


def _to_begin(conversation: Conversation) -> Hero:
    return Hero(
        case=conversation.case,
        title=_("%(case)s: begin the conversation") % {"case": conversation_title(conversation)},
        since=None,
        last_at=None,
        due_on=conversation.case.first_talk_due_on,
        steps=[],
        sentence="",
        href=_href(conversation, None),
    )


def _ten(conversation: Conversation) -> list[StepRecord]:
    # Records are made when the conversation is first opened; looking at Today writes nothing.
    have = {record.step: record for record in conversation.step_records.all()}
    blank = (StepRecord(conversation=conversation, step=n) for n in range(1, 11))
    return records_with(conversation, [have.get(record.step, record) for record in blank])


def _later(records: list[StepRecord], number: int) -> list[int]:
    waiting = {StepStatus.IN_PROGRESS, StepStatus.REOPENED}
    return [r.step for r in records if r.status in waiting and r.step != number]


def _href(conversation: Conversation, number: int | None) -> str:
    return url_of(conversation, "step", number) if number else url_of(conversation, "overview")


def _receiver(person: User, now: datetime) -> User | None:
    """The coordinator who reads a report first, to be named on the card."""
    school = schools_for(person, now, REPORTERS).order_by("name").first()
    return staff_of(school, now, (Role.COORDINATOR,)).first() if school else None

"""What one member of staff has to do: open conversation, tasks due, what is coming, own cases and reports.

Everything goes through cases.access; what a school as a whole has to do is in `overview`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.access import (
    Who,
    agreements_visible_to,
    conversations_visible_to,
    reports_of,
    talks_visible_to,
    visible_to,
)
from cases.ceilings import Level
from cases.models import Agreement, Case, Conversation, FollowUpTalk, Participant, Principal, Report
from cases.models.case import CaseStatus
from schools.calendar import CalendarEnds
from schools.models import School, User
from schools.queries.calendars import calendar_for

SOON_SCHOOL_DAYS = 5
# Covers five school days and the longest holiday; what lies further away is nobody's "soon".
LOOK_AHEAD = timedelta(weeks=8)

TALKING = (Conversation.Status.IN_PROGRESS, Conversation.Status.PAUSED)
TARGETS = Prefetch("participants", Participant.objects.filter(role="target"))
CASE_PARTS = ("case__school", "case__school_class")


@dataclass(frozen=True)
class Todo:
    """One thing to do in a case: settle an agreement, hold a talk or begin the conversation; one of the three."""

    case: Case
    due_on: date
    today: date
    agreement: Agreement | None = None
    talk: FollowUpTalk | None = None
    conversation: Conversation | None = None

    @property
    def title(self) -> str:
        """The case as people call it."""
        return case_title(self.case)

    @property
    def staff(self) -> User | None:
        """The colleague to speak to about it."""
        if self.agreement:
            return self.agreement.owner_staff or self.agreement.responsible_staff
        return (
            self.talk.conductor
            if self.talk
            else self.conversation.lead
            if self.conversation
            else None
        )

    @property
    def days_late(self) -> int:
        """Days after the deadline; looking back at a standing agreement is never late."""
        if self.agreement and self.agreement.standing:
            return 0
        return max(0, (self.today - self.due_on).days)


@dataclass(frozen=True)
class Worklist:
    """What is to be done now, and what the next school days bring."""

    now: list[Todo]
    soon: list[Todo]


def worklist(who: Who, to_begin: Iterable[Conversation] = ()) -> Worklist:
    """Own open agreements, planned talks and `to_begin`, earliest first; a constant number of queries per school."""
    tasks = sorted([*_todos(who), *_first_talks(to_begin, who.now)], key=lambda todo: todo.due_on)
    schools = {todo.case.school_id: todo.case.school for todo in tasks}
    until = {pk: _end_of_soon(school, who.now) for pk, school in schools.items()}
    return Worklist(
        now=[t for t in tasks if t.due_on <= t.today],
        soon=[t for t in tasks if t.today < t.due_on <= until[t.case.school_id]],
    )


def open_conversations(who: Who) -> list[Conversation]:
    """Conversations this person leads that have begun and are not completed, latest talk first."""
    led = conversations_visible_to(who).filter(
        lead=who.user.pk, case__is_open=True, status__in=TALKING
    )
    found = led.select_related(*CASE_PARTS).prefetch_related(
        "sittings", "step_records", targets_of_case()
    )
    return sorted(found, key=_last_sitting_at, reverse=True)


def conversations_to_begin(who: Who) -> list[Conversation]:
    """Conversations this person leads that have not begun yet, the most urgent first."""
    led = conversations_visible_to(who).filter(
        lead=who.user.pk, case__is_open=True, status=Conversation.Status.NOT_STARTED
    )
    found = led.select_related(*CASE_PARTS, "lead").prefetch_related(targets_of_case())
    return list(found.order_by("case__first_talk_due_on", "id"))


def own_cases(who: Who) -> QuerySet[Case]:
    """Open cases that somebody handles, leads or was asked along in: not all that a role opens."""
    seats = [seen.principal_id for seen in who.seen if seen.kind == Principal.Kind.SEAT]
    granted = visible_to(who, Level.VIEW).filter(
        is_open=True,
        access_rows__principal__in=seats,
        access_rows__level__gte=Level.VIEW,
        access_rows__valid_until__gt=who.now,
    )
    return (
        visible_to(who, Level.VIEW)
        .filter(pk__in=granted.values("pk"))
        .select_related("school_class")
        .prefetch_related(TARGETS)
        .order_by("-opened_at", "-id")
    )


def reports_to_look_at(who: Who) -> list[Report]:
    """Reports nobody looks at yet, of cases this person may assign (rule R27), the most urgent first."""
    cases = visible_to(who, Level.MANAGE).filter(status=CaseStatus.REPORTED)
    found = Report.objects.filter(case__in=cases).select_related("case", "school_class")
    urgencies = [Report.Urgency.NOW, Report.Urgency.TODAY, Report.Urgency.THIS_WEEK]
    return sorted(found, key=lambda r: (urgencies.index(Report.Urgency(r.urgency)), r.reported_at))


def own_reports(who: Who) -> QuerySet[Report]:
    """What somebody reported and is still open, newest first; shows the status only."""
    found = reports_of(who).filter(case__is_open=True).select_related("case")
    return found.order_by("-reported_at", "-id")


def case_title(case: Case) -> str:
    """How people call a case whose content they see: pupil and class, or its code when nobody is known yet."""
    target = case.target
    if target is None:
        return case.reference
    return f"{target.name}, {case.school_class}" if case.school_class else target.name


def open_agreements(who: Who, until: date) -> QuerySet[Agreement]:
    """Open agreements of open cases with a deadline, or a day to look back, up to `until`."""
    return (
        agreements_visible_to(who)
        .filter(status=Agreement.Status.OPEN, case__is_open=True)
        .alias(due=Coalesce("deadline", "review_on"))
        .filter(due__lte=until)
        .select_related(*CASE_PARTS, "owner_staff", "owner_participant", "responsible_staff")
        .prefetch_related(targets_of_case())
        .order_by("due", "id")
    )


def planned_talks(who: Who, before: datetime) -> QuerySet[FollowUpTalk]:
    """Planned talks of open cases before a moment, also those whose moment has passed."""
    return (
        talks_visible_to(who)
        .filter(status=FollowUpTalk.Status.PLANNED, case__is_open=True, planned_at__lt=before)
        .select_related(*CASE_PARTS, "with_participant", "conductor")
        .prefetch_related(targets_of_case())
        .order_by("planned_at", "id")
    )


def targets_of_case() -> Prefetch[Any]:
    """For rows that belong to a case: loads the pupil it is about, and no other participant."""
    return Prefetch("case__participants", Participant.objects.filter(role="target"))


def todos_of(
    agreements: Iterable[Agreement], talks: Iterable[FollowUpTalk], now: datetime
) -> list[Todo]:
    """Both as one kind of line, each with the local date of its school."""
    return [
        *(Todo(a.case, a.due_on, local_day(a.case.school, now), agreement=a) for a in agreements),
        *(Todo(t.case, _planned_on(t), local_day(t.case.school, now), talk=t) for t in talks),
    ]


def local_day(school: School, moment: datetime) -> date:
    """The day on the wall of the school."""
    return moment.astimezone(school.zone).date()


def _todos(who: Who) -> list[Todo]:
    me, until = who.user.pk, who.now + LOOK_AHEAD
    agreements = open_agreements(who, until.date()).filter(
        Q(owner_staff=me) | Q(responsible_staff=me)
    )
    return todos_of(agreements, planned_talks(who, until).filter(conductor=me), who.now)


def _first_talks(conversations: Iterable[Conversation], now: datetime) -> list[Todo]:
    return [
        Todo(c.case, c.case.first_talk_due_on, local_day(c.case.school, now), conversation=c)
        for c in conversations
        if c.case.first_talk_due_on
    ]


def _end_of_soon(school: School, now: datetime) -> date:
    today = local_day(school, now)
    try:
        return calendar_for(school).add_school_days(today, SOON_SCHOOL_DAYS)
    except CalendarEnds:
        return today + timedelta(weeks=1)


def _planned_on(talk: FollowUpTalk) -> date:
    return local_day(talk.case.school, talk.planned_at)


def _last_sitting_at(conversation: Conversation) -> Any:
    sittings = list(conversation.sittings.all())
    return sittings[-1].started_at if sittings else conversation.case.opened_at

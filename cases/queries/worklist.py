"""What one member of staff has to do: open conversation, tasks due, what is coming, own cases and reports.

Everything goes through cases.access; what a school as a whole has to do is in `overview`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.access import Who, agreements_visible_to, talks_visible_to, visible_to
from cases.ceilings import Level
from cases.models import Agreement, Case, Conversation, FollowUpTalk, Participant, Principal, Report
from schools.access import REPORTERS, schools_for
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
    """One thing somebody has to do: settle an agreement or hold a talk. Exactly one of the two is set."""

    due_on: date
    today: date
    agreement: Agreement | None = None
    talk: FollowUpTalk | None = None

    @property
    def case(self) -> Case:
        """The case it belongs to."""
        task = self.agreement or self.talk
        assert task is not None  # noqa: S101 - todos_of() makes no other
        return task.case

    @property
    def title(self) -> str:
        """The case as people call it."""
        return case_title(self.case)

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


def worklist(who: Who) -> Worklist:
    """Own open agreements and planned talks, earliest first; a constant number of queries per school."""
    tasks = sorted(_todos(who), key=lambda todo: todo.due_on)
    schools = {todo.case.school_id: todo.case.school for todo in tasks}
    until = {pk: _end_of_soon(school, who.now) for pk, school in schools.items()}
    return Worklist(
        now=[t for t in tasks if t.due_on <= t.today],
        soon=[t for t in tasks if t.today < t.due_on <= until[t.case.school_id]],
    )


def open_conversations(who: Who) -> list[Conversation]:
    """Conversations this person leads that have begun and are not completed, latest talk first."""
    led = conversations_visible_to(who).filter(lead=who.user.pk, case__is_open=True, status__in=TALKING)
    found = led.select_related(*CASE_PARTS, "target").prefetch_related("sittings", "step_records")
    return sorted(found, key=_last_sitting_at, reverse=True)


def conversations_to_begin(who: Who) -> list[Conversation]:
    """Conversations this person leads that have not begun yet, the most urgent first."""
    led = conversations_visible_to(who).filter(
        lead=who.user.pk, case__is_open=True, status=Conversation.Status.NOT_STARTED
    )
    return list(led.select_related(*CASE_PARTS, "target").order_by("case__first_talk_due_on", "id"))


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


def own_reports(who: Who) -> QuerySet[Report]:
    """What somebody reported at a school where they still work, while the case is open; newest first."""
    schools = schools_for(cast(User, who.user), who.now, REPORTERS)
    return (
        Report.objects.filter(reporter=who.user.pk, school__in=schools, case__is_open=True)
        .select_related("case")
        .order_by("-reported_at", "-id")
    )


def case_title(case: Case) -> str:
    """How people call a case whose content they see: pupil and class, or its code when nobody is known yet."""
    target = case.target
    if target is None:
        return case.reference
    return f"{target.name}, {case.school_class}" if case.school_class else target.name


def conversations_visible_to(who: Who) -> QuerySet[Conversation]:
    """Conversations are seen through their case, at content level."""
    return Conversation.objects.filter(case__in=visible_to(who, Level.VIEW))


def open_agreements(who: Who, until: date) -> QuerySet[Agreement]:
    """Open agreements of open cases with a deadline, or a day to look back, up to `until`."""
    return (
        agreements_visible_to(who)
        .filter(status=Agreement.Status.OPEN, case__is_open=True)
        .alias(due=Coalesce("deadline", "review_on"))
        .filter(due__lte=until)
        .select_related(*CASE_PARTS, "owner_staff", "owner_participant", "responsible_staff")
        .prefetch_related(_targets_of_case())
        .order_by("due", "id")
    )


def planned_talks(who: Who, before: datetime) -> QuerySet[FollowUpTalk]:
    """Planned talks of open cases before a moment, also those whose moment has passed."""
    return (
        talks_visible_to(who)
        .filter(status=FollowUpTalk.Status.PLANNED, case__is_open=True, planned_at__lt=before)
        .select_related(*CASE_PARTS, "with_participant", "conductor")
        .prefetch_related(_targets_of_case())
        .order_by("planned_at", "id")
    )


def todos_of(agreements: Iterable[Agreement], talks: Iterable[FollowUpTalk], now: datetime) -> list[Todo]:
    """Both as one kind of line, each with the local date of its school."""
    return [
        *(Todo(a.due_on, _today(a.case.school, now), agreement=a) for a in agreements),
        *(Todo(_local_date(t), _today(t.case.school, now), talk=t) for t in talks),
    ]


def _todos(who: Who) -> list[Todo]:
    me, until = who.user.pk, who.now + LOOK_AHEAD
    agreements = open_agreements(who, until.date()).filter(Q(owner_staff=me) | Q(responsible_staff=me))
    return todos_of(agreements, planned_talks(who, until).filter(conductor=me), who.now)


def _end_of_soon(school: School, now: datetime) -> date:
    today = _today(school, now)
    try:
        return calendar_for(school).add_school_days(today, SOON_SCHOOL_DAYS)
    except CalendarEnds:
        return today + timedelta(weeks=1)


def _today(school: School, now: datetime) -> date:
    return now.astimezone(school.zone).date()


def _local_date(talk: FollowUpTalk) -> date:
    return talk.planned_at.astimezone(talk.case.school.zone).date()


def _last_sitting_at(conversation: Conversation) -> Any:
    sittings = list(conversation.sittings.all())
    return sittings[-1].started_at if sittings else conversation.case.opened_at


def _targets_of_case() -> Prefetch[Any]:
    return Prefetch("case__participants", Participant.objects.filter(role="target"))

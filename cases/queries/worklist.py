"""What one member of staff has to do: open conversation, tasks due, what is coming, own cases.

Everything goes through cases.access; what a school as a whole has to do is in `overview`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.access import (
    Who,
    agreements_visible_to,
    conversations_visible_to,
    talks_visible_to,
)
from cases.models import (
    AftercareCheck,
    Agreement,
    Case,
    Conversation,
    ExternalReport,
    FollowUpTalk,
    StandIn,
)
from cases.queries.stand_ins import running_stand_ins
from cases.queries.watching import (
    aftercare_due,
    assess_on,
    assessments_due,
    checks_due,
    targets_of_case,
)
from schools.calendar import CalendarEnds
from schools.models import School, User
from schools.queries.calendars import calendar_for

SOON_SCHOOL_DAYS = 5
# Covers five school days and the longest holiday; what lies further away is nobody's "soon".
LOOK_AHEAD = timedelta(weeks=8)

TALKING = (Conversation.Status.IN_PROGRESS, Conversation.Status.PAUSED)
CASE_PARTS = ("case__school", "case__school_class")


@dataclass(frozen=True)
class Todo:
    """One thing to do in a case: an agreement, a talk, the conversation, a report outside school, an assessment, or a
    talk of aftercare.
    """

    case: Case
    due_on: date
    today: date
    agreement: Agreement | None = None
    talk: FollowUpTalk | None = None
    conversation: Conversation | None = None
    external: ExternalReport | None = None
    assess: bool = False
    check: AftercareCheck | None = None

    @property
    def title(self) -> str:
        """The case as people call it."""
        return conversation_title(self.conversation) if self.conversation else case_title(self.case)

    @property
    def standing_ins(self) -> list[StandIn]:
        """For whom and until when it is done, where that is somebody else."""
        task = self.agreement or self.talk or self.conversation
        return task.standing_ins if task else []

    @property
    def staff(self) -> User | None:
        """The colleague to speak to about it."""
        if self.agreement:
            return self.agreement.owner_staff or self.agreement.responsible_staff
        if self.talk:
            return self.talk.conductor
        if self.external:
            return self.external.checked_by or self.case.handler
        return self.conversation.lead if self.conversation else self.case.handler

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

    @property
    def late(self) -> list[Todo]:
        """Of what is to be done now, what should have been done before."""
        return [todo for todo in self.now if todo.days_late]

    @property
    def today(self) -> list[Todo]:
        """Of what is to be done now, the rest."""
        return [todo for todo in self.now if not todo.days_late]


def worklist(who: Who, waiting: Iterable[Conversation] = ()) -> Worklist:
    """Own open agreements, planned talks and conversations that wait, earliest first.

    A constant number of queries per school.
    """
    found = [*own_todos(who, who.now + LOOK_AHEAD), *to_talk(waiting, who.now)]
    tasks = sorted(found, key=lambda todo: todo.due_on)
    schools = {todo.case.school_id: todo.case.school for todo in tasks}
    until = {pk: end_of_soon(school, who.now) for pk, school in schools.items()}
    return Worklist(
        now=[t for t in tasks if t.due_on <= t.today],
        soon=[t for t in tasks if t.today < t.due_on <= until[t.case.school_id]],
    )


def open_conversations(who: Who) -> list[Conversation]:
    """Conversations this person leads that have begun and are not completed.

    First what is open now, then what pauses by the day to go on, then the latest talk.
    """
    led = conversations_visible_to(who).filter(
        lead=who.user.pk, case__is_open=True, status__in=TALKING
    )
    found = led.select_related(*CASE_PARTS, "target").prefetch_related(
        "sittings", "step_records", targets_of_case(), running_stand_ins()
    )
    latest_first = sorted(_addressed(found), key=_last_sitting_at, reverse=True)
    return sorted(latest_first, key=lambda c: (not _is_open(c), c.resume_by or date.max))


def conversations_to_begin(who: Who) -> list[Conversation]:
    """Conversations this person leads that have not begun yet, the most urgent first."""
    led = conversations_visible_to(who).filter(
        lead=who.user.pk, case__is_open=True, status=Conversation.Status.NOT_STARTED
    )
    found = led.select_related(*CASE_PARTS, "lead", "target").prefetch_related(
        targets_of_case(), running_stand_ins()
    )
    return _addressed(found.order_by("case__first_talk_due_on", "id"))


def conversation_title(conversation: Conversation) -> str:
    """The pupil it is with, and class: a case may have a conversation with another pupil as well."""
    name, school_class = conversation.target.name, conversation.case.school_class
    return f"{name}, {school_class}" if school_class else name


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
        .filter(status__in=Agreement.LIVING, case__is_open=True)
        .alias(due=Coalesce("deadline", "review_on"))
        .filter(due__lte=until)
        .select_related(*CASE_PARTS, "owner_staff", "owner_participant", "responsible_staff")
        .prefetch_related(targets_of_case(), running_stand_ins())
        .order_by("due", "id")
    )


def planned_talks(who: Who, before: datetime) -> QuerySet[FollowUpTalk]:
    """Planned talks of open cases before a moment, also those whose moment has passed."""
    return (
        talks_visible_to(who)
        .filter(status=FollowUpTalk.Status.PLANNED, case__is_open=True, planned_at__lt=before)
        .select_related(*CASE_PARTS, "with_participant", "conductor")
        .prefetch_related(targets_of_case(), running_stand_ins())
        .order_by("planned_at", "id")
    )


def assess_todos(cases: Iterable[Case], now: datetime) -> list[Todo]:
    """The same as lines: a signal counts from the day on which it was told."""
    return [
        Todo(case, day, local_day(case.school, now), assess=True)
        for case in cases
        if (day := assess_on(case))
    ]


def check_todos(reports: Iterable[ExternalReport], now: datetime) -> list[Todo]:
    """The same as lines."""
    return [
        Todo(r.case, r.check_on, local_day(r.case.school, now), external=r)
        for r in reports
        if r.check_on
    ]


def aftercare_todos(checks: Iterable[AftercareCheck], now: datetime) -> list[Todo]:
    """The same as lines."""
    return [Todo(c.case, c.due_on, local_day(c.case.school, now), check=c) for c in checks]


def todos_of(
    agreements: Iterable[Agreement], talks: Iterable[FollowUpTalk], now: datetime
) -> list[Todo]:
    """Both as one kind of line, each with the local date of its school."""
    return [
        *(Todo(a.case, a.due_on, local_day(a.case.school, now), agreement=a) for a in agreements),
        *(Todo(t.case, _planned_on(t), local_day(t.case.school, now), talk=t) for t in talks),
    ]


def to_talk(conversations: Iterable[Conversation], now: datetime) -> list[Todo]:
    """Conversations that begin or go on no later than a day; those without a day are nothing to be done by one."""
    days = ((c, c.resume_by or c.case.first_talk_due_on) for c in conversations)
    return [
        Todo(c.case, day, local_day(c.case.school, now), conversation=c) for c, day in days if day
    ]


def own_todos(who: Who, until: datetime) -> list[Todo]:
    """What this person does, follows up, holds, assesses or checks up to a moment, in no order."""
    me = who.user.pk
    agreements = open_agreements(who, until.date()).filter(
        Q(owner_staff=me) | Q(responsible_staff=me)
    )
    return [
        *todos_of(agreements, planned_talks(who, until).filter(conductor=me), who.now),
        *assess_todos(assessments_due(who, until.date()).filter(handler=me), who.now),
        *aftercare_todos(aftercare_due(who, until.date()).filter(case__handler=me), who.now),
        *check_todos(
            checks_due(who, until.date()).filter(
                Q(checked_by=me) | Q(checked_by=None, case__handler=me)
            ),
            who.now,
        ),
    ]


def local_day(school: School, moment: datetime) -> date:
    """The day on the wall of the school."""
    return moment.astimezone(school.zone).date()


def end_of_soon(school: School, now: datetime) -> date:
    """The last day that counts as coming up: five school days from today."""
    today = local_day(school, now)
    try:
        return calendar_for(school).add_school_days(today, SOON_SCHOOL_DAYS)
    except CalendarEnds:
        return today + timedelta(weeks=1)


def _planned_on(talk: FollowUpTalk) -> date:
    return local_day(talk.case.school, talk.planned_at)


def _addressed(conversations: QuerySet[Conversation]) -> list[Conversation]:
    """Each knows whether its case has a later one: then the addresses of its pages name it."""
    later = Conversation.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    found: list[Any] = list(conversations.annotate(has_later=Exists(later)))
    for conversation in found:
        conversation.named = conversation.has_later
    return found


def _is_open(conversation: Conversation) -> bool:
    return any(sitting.ended_at is None for sitting in conversation.sittings.all())


def _last_sitting_at(conversation: Conversation) -> Any:
    sittings = list(conversation.sittings.all())
    return sittings[-1].started_at if sittings else conversation.case.opened_at

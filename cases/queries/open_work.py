"""What somebody has open in the cases that a reader works in, to be handed over: agreements, talks, conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.access import (
    Who,
    agreements_visible_to,
    conversations_visible_to,
    rules_on,
    talks_visible_to,
)
from cases.models import Agreement, Case, Conversation, FollowUpTalk
from cases.queries.stand_ins import running_stand_ins
from cases.queries.watching import targets_of_case
from cases.queries.worklist import TALKING, case_title, local_day
from schools.models import School, User
from schools.queries.people import staff_of

Task = Agreement | FollowUpTalk | Conversation
# What names a member of staff in each kind of task.
PARTS: dict[type[Task], tuple[str, ...]] = {
    Agreement: ("owner_staff", "responsible_staff"),
    FollowUpTalk: ("conductor",),
    Conversation: ("lead",),
}
TO_LEAD = (Conversation.Status.NOT_STARTED, *TALKING)


@dataclass(frozen=True)
class OpenTask:
    """One line of the page: the task, and when it is due."""

    task: Task
    due_on: date | None

    @property
    def case(self) -> Case:
        """Where it belongs."""
        return self.task.case

    @property
    def title(self) -> str:
        """The case as people call it."""
        return case_title(self.case)

    @property
    def kind(self) -> str:
        """agreement, talk or conversation; for the page."""
        kinds = {Agreement: "agreement", FollowUpTalk: "talk", Conversation: "conversation"}
        return kinds[type(self.task)]


@dataclass(frozen=True)
class Elsewhere:
    """Open work that another app keeps; a page of that app hands it over."""

    label: str
    title: str
    href: str
    due_on: date | None
    case: Case | None


Finder = Callable[[Who, UUID], list[Elsewhere]]
_finders: list[Finder] = []


def register_work(finder: Finder) -> None:
    """List this open work of somebody too, as far as the reader may give it on; called once at start-up."""
    _finders.append(finder)


def open_elsewhere(who: Who, person_uuid: UUID) -> list[Elsewhere]:
    """What other apps keep of this person that the reader may give to a colleague, by day."""
    found = [line for finder in _finders for line in finder(who, person_uuid)]
    return sorted(found, key=lambda line: line.due_on or date.max)


def open_work(who: Who, person_uuid: UUID) -> list[OpenTask]:
    """Everything open of this person that the reader may give to a colleague, by day.

    Somebody unknown costs the same questions as somebody whose work the reader may not see.
    """
    tasks = [task for task in _tasks_of(who, person_uuid) if _may_give(who, task)]
    lines = [OpenTask(task, due_on(task)) for task in tasks]
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.case.pk))


def takers(lines: Iterable[OpenTask], person: User, now: datetime) -> list[User]:
    """Who may be asked: whoever works with pupils at a school of these cases."""
    schools: set[School] = {line.case.school for line in lines}
    found = {user for school in schools for user in staff_of(school, now)} - {person}
    return sorted(found, key=lambda user: user.full_name)


def due_on(task: Task) -> date | None:
    """When a task has to be done, at the school; nothing for a conversation without a term."""
    if isinstance(task, Agreement):
        return task.due_on
    if isinstance(task, FollowUpTalk):
        return local_day(task.case.school, task.planned_at)
    return task.resume_by or task.case.first_talk_due_on


def _may_give(who: Who, task: Task) -> bool:
    rules = rules_on(who, task.case)
    if not isinstance(task, Conversation):
        return "R24" in rules
    # The lead reads what nobody else of the team does: naming one is giving rights, also to oneself.
    return "R27" in rules or ("R24" in rules and task.lead_id == who.user.pk)


def _tasks_of(who: Who, person_uuid: UUID) -> list[Task]:
    living = agreements_visible_to(who).filter(status__in=Agreement.LIVING)
    planned = talks_visible_to(who).filter(status=FollowUpTalk.Status.PLANNED)
    to_lead = conversations_visible_to(who).filter(status__in=TO_LEAD)
    return [task for tasks in (living, planned, to_lead) for task in _rows(tasks, person_uuid)]


def _rows(tasks: QuerySet[Task], person_uuid: UUID) -> list[Task]:
    named = Q()
    for part in PARTS[tasks.model]:
        named |= Q(**{f"{part}__uuid": person_uuid})
    found = tasks.filter(named, case__is_open=True)
    related = found.select_related("case__school", "case__school_class", *PARTS[tasks.model])
    return list(related.prefetch_related(targets_of_case(), running_stand_ins()))

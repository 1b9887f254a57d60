"""Open work goes to a colleague, for good or until a day. Then it comes back by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can_see_content, stays_open
from cases.ceilings import Level
from cases.deadlines import tell_new_lead, tell_new_people
from cases.models import Agreement, Case, Conversation, FollowUpTalk, LeadChange, StandIn
from cases.models.access import FOREVER
from cases.queries.open_work import PARTS, Task, due_on, open_work
from cases.queries.people import staff_for
from cases.services.looks import acting_in
from cases.services.sharing import end_share_without_task, lock, share_for_task
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.posting.versions import write
from schools.models import User
from schools.queries.people import HANDLER_ROLES

Reason = LeadChange.Reason


@transaction.atomic
def hand_over_work(
    actor: User,
    person: User,
    tasks: Sequence[Task],
    taker: User,
    *,
    now: datetime,
    until: date | None = None,
) -> None:
    """Give these open tasks of `person` to `taker`; with `until` they come back after that day.

    The taker reads along in each case for as long as the task is theirs; who leads a conversation until a day may write
    in it. Refuses a day that is over, tasks that are not open work of `person` that the actor may give to somebody
    (open_work), a taker who cannot be named there, and a conversation for good: that goes with a note and the
    knowledge of the pupil, on its own page.
    """
    if not tasks:
        raise broken("tasks", _("Choose at least one."), "required")
    for case in sorted({task.case for task in tasks}, key=lambda case: case.pk):
        lock(case)
    who = Who(actor, now)
    mine = {line.task: line.task for line in open_work(who, person.uuid)}
    if set(tasks) - mine.keys():
        raise broken("tasks", _("Something changed meanwhile. Look again and choose anew."), "gone")
    for task in tasks:
        with acting_in(who, task.case):
            _hand_over(actor, person, mine[task], taker, now, until)


def hand_back_due(now: datetime) -> int:
    """Give back everything whose last day is over; returns how much. Each in its own transaction."""
    due = StandIn.objects.filter(ended_at=None, until__lte=now).values_list("pk", flat=True)
    return sum(_hand_back(pk, now) for pk in list(due))


def _hand_over(
    actor: User, person: User, task: Task, taker: User, now: datetime, until: date | None
) -> None:
    _refuse_taker(task.case, task, taker, now)
    by_absent = _parts_by_absent(task, person)
    task.stand_ins.filter(ended_at=None, substitute=person).update(ended_at=now)
    for absent, parts in by_absent.items():
        goes_back = taker == absent
        ends = None if until is None or goes_back else task.case.school.end_of(until)
        _refuse_day(task, ends, now, goes_back=goes_back)
        _let_in(actor, task, taker, now, ends)
        reason = Reason.BACK if goes_back else Reason.AWAY
        _move(actor, task, parts, person, taker, now, reason)
        if ends is not None:
            _stand_in(actor, task, parts, absent, taker, now, ends)
    # Somebody who is away for a while keeps what the task gave them; see _has_open_task in sharing.py.
    _let_go(task.case, {person, *by_absent}, now)
    _record(actor, events.TASK_HANDED_OVER, task, taker, now)


def _parts_by_absent(task: Task, person: User) -> dict[User, list[str]]:
    """What of the task is in these hands, by whose it is: of colleagues who are away, and the person's own."""
    rows = [row for row in task.standing_ins if row.substitute_id == person.pk]
    whose = {part: row.absent for row in rows for part in row.parts}
    found: dict[User, list[str]] = {}
    for part in _held_by(person, task, PARTS[type(task)]):
        found.setdefault(whose.get(part, person), []).append(part)
    return found


def _held_by(person: User, task: Task, parts: Iterable[str]) -> list[str]:
    return [part for part in parts if getattr(task, f"{part}_id") == person.pk]


def _refuse_day(task: Task, ends: datetime | None, now: datetime, *, goes_back: bool) -> None:
    if ends is not None and ends <= now:
        raise broken("until", _("Choose a day in the future."), "past")
    if isinstance(task, Conversation) and ends is None and not goes_back:
        told = _("Without a last day, name the new lead of a conversation on its own page.")
        raise broken("until", told, "lead")


def _stand_in(
    actor: User,
    task: Task,
    parts: list[str],
    absent: User,
    taker: User,
    now: datetime,
    ends: datetime,
) -> None:
    row, is_new = StandIn.objects.get_or_create(
        **{_kind(task): task},
        absent=absent,
        substitute=taker,
        ended_at=None,
        defaults={
            "case": task.case,
            "parts": parts,
            "until": ends,
            "set_by": actor,
            "set_at": now,
        },
    )
    if not is_new:
        # Named once more while away: the same colleague does this too, until the later of the two days.
        row.parts, row.until = [*row.parts, *parts], max(row.until, ends)
        row.save(update_fields=["parts", "until"])


@transaction.atomic
def _hand_back(stand_in_pk: int, now: datetime) -> int:
    found = StandIn.objects.select_related("case", "absent", "substitute").get(pk=stand_in_pk)
    case = lock(found.case)
    ended = StandIn.objects.filter(pk=found.pk, ended_at=None).update(ended_at=now)
    if not ended:
        return 0
    task = type(found.task).objects.select_related("case__school").get(pk=found.task.pk)
    to = _who_goes_on(found, case, now)
    if _is_open(task) and to is not None:
        reason = Reason.BACK if to == found.absent else Reason.GONE
        _move(None, task, found.parts, found.substitute, to, now, reason)
    _let_go(case, {found.substitute, found.absent}, now)
    _record(None, events.TASK_HANDED_BACK, task, to, now)
    return 1


def _let_go(case: Case, people: set[User], now: datetime) -> None:
    for person in sorted(people, key=lambda person: person.pk):
        end_share_without_task(case, person, now=now)


def _who_goes_on(stand_in: StandIn, case: Case, now: datetime) -> User | None:
    """The colleague who is back; else who handles the case; else it stays, and reminders go to who sees it."""
    people = [stand_in.absent, case.handler]
    return next((p for p in people if p and can_see_content(p, case, now)), None)


def _move(
    actor: User | None,
    task: Task,
    named: list[str],
    person: User,
    taker: User,
    now: datetime,
    reason: Reason,
) -> None:
    """What of these parts is still in the hands of `person` goes to the taker; what went on stays there."""
    parts = _held_by(person, task, named)
    if not parts:
        return
    for part in parts:
        setattr(task, part, taker)
    write(task, actor or taker, now, parts)
    if isinstance(task, Conversation):
        # Nobody says here that the pupil knows: the page reminds of telling it.
        task.lead_changes.create(
            former=person,
            lead=taker,
            reason=reason,
            pupil_knows=False,
            changed_by=actor,
            changed_at=now,
        )
        tell_new_lead(task, now)
    else:
        tell_new_people(actor or person, task, [person], now=now)


def _let_in(actor: User, task: Task, taker: User, now: datetime, ends: datetime | None) -> None:
    leads = isinstance(task, Conversation)
    until = ends or _wanted_until(task, now)
    if stays_open(Who(taker, now), "R17" if leads else "R14", task.case, until):
        return
    level = Level.CONTRIBUTE if leads else Level.VIEW
    share_for_task(
        actor, task.case, taker, now=now, level=level, valid_until=FOREVER if ends is None else ends
    )


def _wanted_until(task: Task, now: datetime) -> datetime:
    if isinstance(task, FollowUpTalk):
        return task.planned_at
    day = due_on(task)
    return task.case.school.end_of(day) if day else now


def _refuse_taker(case: Case, task: Task, taker: User, now: datetime) -> None:
    roles = (HANDLER_ROLES,) if isinstance(task, Conversation) else ()
    if not staff_for(case, now, *roles).filter(pk=taker.pk).exists():
        told = _("%(name)s cannot take over everything that you chose. Choose somebody else.")
        raise broken("taker", told % {"name": taker.full_name}, "role")
    if isinstance(task, Conversation) and task.sittings.filter(ended_at=None).exists():
        raise broken("tasks", _("End the talk first."), "open")


def _is_open(task: Task) -> bool:
    if isinstance(task, Agreement):
        return task.is_open
    if isinstance(task, FollowUpTalk):
        return task.status == FollowUpTalk.Status.PLANNED
    return not task.is_over


def _kind(task: Task) -> str:
    return {Agreement: "agreement", FollowUpTalk: "talk", Conversation: "conversation"}[type(task)]


def _record(actor: User | None, verb: str, task: Task, taker: User | None, now: datetime) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=task.case.school_id,
        case_uuid=task.case.uuid,
        subject_uuid=task.uuid,
        rule="R24",
        taker=str(taker.uuid) if taker else None,
    )

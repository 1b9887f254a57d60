"""Making, changing and settling agreements; each verb plans or cancels the reminders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can_see_content, stays_open
from cases.deadlines import plan_agreement, tell_new_people
from cases.models import Agreement, Case, Conversation, Participant
from cases.models.agreement import LONGEST_NOTE, default_visibility
from cases.queries.agreement_days import days_for
from cases.services.agreement_rules import measure_problems, problems_of
from cases.services.measure_results import note_result
from cases.services.sharing import end_share_without_task, lock, share_for_task
from cases.services.wishes import heed_wish
from cases.wishes import Plan
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

OwnerType = Agreement.OwnerType
SETTLED = (
    Agreement.Status.DONE,
    Agreement.Status.PARTLY,
    Agreement.Status.NOT_DONE,
    Agreement.Status.CANCELLED,
)


@transaction.atomic
def record_agreement(
    actor: User,
    case: Case,
    *,
    what: str,
    owner_type: str,
    responsible_staff: User,
    now: datetime,
    owner_staff: User | None = None,
    owner_participant: Participant | None = None,
    owner_name: str = "",
    helper: str = "",
    deadline: date | None = None,
    due: date | None = None,
    review_on: date | None = None,
    starts_on: date | None = None,
    all_days: bool = False,
    check_how: str = "",
    visibility: list[str] | None = None,
    source: str = Agreement.Source.STEP,
    source_key: str = "",
    conversation: Conversation | None = None,
    share_ok: bool = False,
    wish_reason: str = "",
) -> Agreement:
    """One owner, one date, one follower; plans the reminders. A deadline without a school day is shifted.

    In a serious case `due` chooses between the school day before and the one after; else it is the one before.
    A standing one may begin on a later day, before its review.
    Refuses: no owner or two, no date, a date in the past, staff who cannot see the case (unless `share_ok`),
    what the pupil does not want without a `wish_reason`, a second one about the same measure, and nobody to read it.
    """
    lock(case)
    agreement = Agreement(
        case=case,
        conversation=conversation,
        what=what,
        owner_type=owner_type,
        owner_staff=owner_staff,
        owner_participant=owner_participant,
        owner_name=owner_name,
        helper=helper,
        responsible_staff=responsible_staff,
        deadline_asked=deadline,
        deadline=due,
        all_days=all_days,
        standing=deadline is None,
        review_on=review_on,
        starts_on=starts_on,
        check_how=check_how,
        visibility=default_visibility() if visibility is None else visibility,
        source=source,
        source_key=source_key,
        wish_reason=wish_reason,
        agreed_at=now,
    )
    _check_and_save(actor, agreement, now, share_ok=share_ok)
    _record(actor, events.AGREEMENT_RECORDED, agreement, now)
    return agreement


@transaction.atomic
def change_agreement(
    actor: User, agreement: Agreement, *, now: datetime, share_ok: bool = False, **changes: Any
) -> Agreement:
    """Change an open agreement under the same rules as a new one; reminders follow the new date and people.

    Raises Stale when somebody else changed it since it was read.
    """
    _lock(agreement, "status", "done_on")
    if not agreement.is_open:
        raise broken(None, _("This agreement is settled already."), "settled")
    former = [agreement.owner_staff, agreement.responsible_staff]
    days_before = {
        *(agreement.deadline_asked, agreement.deadline, agreement.review_on, agreement.starts_on),
    }
    due_before = agreement.due_on
    if "deadline" in changes:
        agreement.deadline_asked = changes.pop("deadline")
        agreement.standing = agreement.deadline_asked is None
    agreement.deadline = changes.pop("due", None) or agreement.deadline
    for name, value in changes.items():
        setattr(agreement, name, value)
    _check_and_save(actor, agreement, now, share_ok=share_ok, kept=days_before)
    if agreement.due_on > due_before:
        agreement.postponed_from = [*agreement.postponed_from, due_before.isoformat()]
        agreement.save(update_fields=["postponed_from"])
    tell_new_people(actor, agreement, former, now=now)
    _release(agreement.case, former, now)
    _record(actor, events.AGREEMENT_CHANGED, agreement, now)
    return agreement


@transaction.atomic
def settle_agreement(
    actor: User, agreement: Agreement, status: str, *, now: datetime, note: str = ""
) -> Agreement:
    """Done, partly, not done or no longer needed; cancels what was planned. Refuses "partly" without a note.

    Settled like that already: a new note comes under what is told.
    """
    if status not in SETTLED:
        raise broken("status", _("Choose how it went."), "status")
    if status == Agreement.Status.PARTLY and not note:
        raise broken("note", _("Write in a few words what was done."), "required")
    _lock(agreement, "status", "done_on", "done_note", "version")
    if agreement.status == status:
        return _told_more(actor, agreement, note, now)
    if not agreement.is_open:
        raise broken(None, _("This agreement is settled already."), "settled")
    agreement.status = status
    agreement.done_on = now.astimezone(agreement.case.school.zone).date()
    agreement.done_note = note
    write(agreement, actor, now, ["status", "done_on", "done_note"])
    plan_agreement(agreement, calendar_for(agreement.case.school), now=now)
    note_result(actor, agreement, now=now)
    _release(agreement.case, [agreement.owner_staff, agreement.responsible_staff], now)
    _record(actor, events.AGREEMENT_SETTLED, agreement, now, status=status)
    return agreement


def _told_more(actor: User, agreement: Agreement, note: str, now: datetime) -> Agreement:
    before = agreement.done_note
    # A second tap sends the same words again.
    if not note or f"\n{before}".endswith(f"\n{note}"):
        return agreement
    agreement.done_note = f"{before}\n{note}".strip()
    if len(agreement.done_note) > LONGEST_NOTE:
        raise broken("note", _("This is too long beside what is told already."), "max_length")
    write(agreement, actor, now, ["done_note"])
    _record(actor, events.AGREEMENT_CHANGED, agreement, now)
    return agreement


@transaction.atomic
def reopen_agreement(actor: User, agreement: Agreement, *, now: datetime) -> Agreement:
    """Undo settling; reminders that are still to come are planned again."""
    _lock(agreement, "status", "done_on", "version")
    if agreement.is_open:
        return agreement
    refuse_if(measure_problems(agreement))
    agreement.status, agreement.done_on = _status_again(agreement), None
    write(agreement, actor, now, ["status", "done_on"])
    plan_agreement(agreement, calendar_for(agreement.case.school), now=now)
    note_result(actor, agreement, now=now)
    _record(actor, events.AGREEMENT_REOPENED, agreement, now)
    return agreement


def _status_again(agreement: Agreement) -> Agreement.Status:
    since, made = agreement.case.aftercare_on, agreement.agreed_at
    if since is None or made.astimezone(agreement.case.school.zone).date() > since:
        return Agreement.Status.OPEN
    return Agreement.Status.CARRIED_OVER


def _lock(agreement: Agreement, *fresh: str) -> None:
    # The page may be older than what a colleague, or a second tap, wrote meanwhile.
    lock(agreement.case)
    agreement.refresh_from_db(fields=fresh)


def _check_and_save(
    actor: User,
    agreement: Agreement,
    now: datetime,
    *,
    share_ok: bool,
    kept: Collection[date | None] = (),
) -> None:
    calendar = calendar_for(agreement.case.school)
    refuse_if(problems_of(agreement, calendar, calendar.local_date(now), kept))
    heed_wish(agreement, Plan(agreement.what, owner=agreement.owner_type))
    agreement.deadline = _school_day(agreement, calendar, calendar.local_date(now))
    try:
        agreement.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    until = agreement.case.school.end_of(agreement.due_on)
    for person in {agreement.owner_staff, agreement.responsible_staff} - {None}:
        let_in(actor, agreement.case, person, now, until, share_ok=share_ok)
    write(agreement, actor, now)
    plan_agreement(agreement, calendar, now=now, new_day=agreement.due_on not in kept)


def _school_day(agreement: Agreement, calendar: SchoolCalendar, today: date) -> date | None:
    asked = agreement.deadline_asked
    if asked is None:
        return None
    days = days_for(agreement.case, calendar, asked, today, all_days=agreement.all_days)
    return agreement.deadline if agreement.deadline in days else days[0]


def let_in(
    actor: User,
    case: Case,
    person: User | None,
    now: datetime,
    until: datetime,
    *,
    share_ok: bool,
) -> None:
    """Make sure that whoever gets a task sees the case until it is due, also by sharing it when `share_ok`."""
    if person is None or stays_open(Who(person, now), "R14", case, until):
        return
    if not share_ok:
        told = (
            _("%(name)s sees this case for a while only. Tick that you share it, until it is done.")
            if can_see_content(person, case, now)
            else _(
                "%(name)s cannot see this case yet. Tick that you share it, so that the task is clear."
            )
        )
        raise broken("share_ok", told % {"name": person.first_name}, "share")
    share_for_task(actor, case, person, now=now)


def _release(case: Case, people: list[User | None], now: datetime) -> None:
    for person in {p for p in people if p}:
        end_share_without_task(case, person, now=now)


def _record(actor: User, verb: str, agreement: Agreement, now: datetime, **facts: str) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=agreement.case.school_id,
        case_uuid=agreement.case.uuid,
        subject_uuid=agreement.uuid,
        rule="R24",
        **facts,
    )

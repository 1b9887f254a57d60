"""Making, changing and settling agreements; each verb plans or cancels the reminders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import can_see_content
from cases.deadlines import plan_agreement, tell_new_people
from cases.models import Agreement, Case, Conversation, Participant
from cases.services.sharing import end_share_without_task, lock, share_for_task
from cases.services.wishes import heed_wish
from cases.wishes import Plan
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds, SchoolCalendar
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
    review_on: date | None = None,
    all_days: bool = False,
    check_how: str = "",
    source: str = Agreement.Source.STEP,
    source_key: str = "",
    conversation: Conversation | None = None,
    share_ok: bool = False,
    wish_reason: str = "",
) -> Agreement:
    """One owner, one date, one follower; plans the reminders. A deadline without a school day is shifted.

    Refuses: no owner or two, no date, a date in the past, staff who cannot see the case (unless `share_ok`),
    and what the pupil does not want without a `wish_reason`.
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
        all_days=all_days,
        standing=deadline is None,
        review_on=review_on,
        check_how=check_how,
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
    days_before = {agreement.deadline_asked, agreement.deadline, agreement.review_on}
    if "deadline" in changes:
        agreement.deadline_asked = changes.pop("deadline")
        agreement.standing = agreement.deadline_asked is None
    for name, value in changes.items():
        setattr(agreement, name, value)
    _check_and_save(actor, agreement, now, share_ok=share_ok, kept=days_before)
    tell_new_people(actor, agreement, former, now=now)
    _release(agreement.case, former, now)
    _record(actor, events.AGREEMENT_CHANGED, agreement, now)
    return agreement


@transaction.atomic
def settle_agreement(
    actor: User, agreement: Agreement, status: str, *, now: datetime, note: str = ""
) -> Agreement:
    """Done, partly, not done or no longer needed; cancels what was planned. Refuses "partly" without a note."""
    if status not in SETTLED:
        raise broken("status", _("Choose how it went."), "status")
    if status == Agreement.Status.PARTLY and not note:
        raise broken("note", _("Write in a few words what was done."), "required")
    _lock(agreement, "status", "done_on", "version")
    if agreement.status == status:
        return agreement
    if not agreement.is_open:
        raise broken(None, _("This agreement is settled already."), "settled")
    agreement.status = status
    agreement.done_on = now.astimezone(agreement.case.school.zone).date()
    agreement.done_note = note
    write(agreement, actor, now, ["status", "done_on", "done_note"])
    plan_agreement(agreement, calendar_for(agreement.case.school), now=now)
    _release(agreement.case, [agreement.owner_staff, agreement.responsible_staff], now)
    _record(actor, events.AGREEMENT_SETTLED, agreement, now, status=status)
    return agreement


@transaction.atomic
def reopen_agreement(actor: User, agreement: Agreement, *, now: datetime) -> Agreement:
    """Undo settling; reminders that are still to come are planned again."""
    _lock(agreement, "status", "done_on", "version")
    if agreement.is_open:
        return agreement
    agreement.status, agreement.done_on = Agreement.Status.OPEN, None
    write(agreement, actor, now, ["status", "done_on"])
    plan_agreement(agreement, calendar_for(agreement.case.school), now=now)
    _record(actor, events.AGREEMENT_REOPENED, agreement, now)
    return agreement


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
    refuse_if([*_owner_problems(agreement), *_date_problems(agreement, calendar, now, kept)])
    heed_wish(agreement.case, agreement, Plan(agreement.what, owner=agreement.owner_type))
    agreement.deadline = _school_day(agreement, calendar, calendar.local_date(now))
    try:
        agreement.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    for person in {agreement.owner_staff, agreement.responsible_staff} - {None}:
        let_in(actor, agreement.case, person, now, share_ok=share_ok)
    write(agreement, actor, now)
    plan_agreement(agreement, calendar, now=now)


def _owner_problems(agreement: Agreement) -> list[Problem]:
    named = [agreement.owner_staff, agreement.owner_participant, agreement.owner_name]
    given = sum(bool(name) for name in named)
    if not agreement.owner_type or given == 0:
        return [Problem("owner", _("Who does this? Name one person."), "required")]
    if given > 1:
        return [Problem("owner", _("Name one person, not more."), "one_owner")]
    participant = agreement.owner_participant
    if participant and participant.case_id != agreement.case_id:
        return [Problem("owner", _("Choose somebody from this case."), "foreign")]
    return []


def _date_problems(
    agreement: Agreement, calendar: SchoolCalendar, now: datetime, kept: Collection[date | None]
) -> list[Problem]:
    field = "review_on" if agreement.standing else "deadline"
    day = agreement.review_on if agreement.standing else agreement.deadline_asked
    if day is None:
        return [
            Problem("deadline", _("By when? Choose a day, or say when you look back."), "required")
        ]
    # A day that was agreed before may be over by now; only a new one may not.
    if day < calendar.local_date(now) and day not in kept:
        return [Problem(field, _("This day is already over."), "past")]
    try:
        calendar.add_school_days(calendar.next_school_day(day), 1)
    except CalendarEnds:
        return [
            Problem(field, _("The school year of this day is not in the calendar yet."), "calendar")
        ]
    return []


def _school_day(agreement: Agreement, calendar: SchoolCalendar, today: date) -> date | None:
    asked = agreement.deadline_asked
    if asked is None:
        return None
    # Something grave is done earlier rather than later, but never before it was agreed.
    backward = agreement.case.is_serious
    shift = calendar.shift_deadline(asked, backward=backward, all_days=agreement.all_days)
    if backward and shift.due < today <= asked:
        return calendar.next_school_day(asked)
    return shift.due


def let_in(actor: User, case: Case, person: User | None, now: datetime, *, share_ok: bool) -> None:
    if person is None or can_see_content(person, case, now):
        return
    if not share_ok:
        raise broken(
            "share_ok",
            _(
                "%(name)s cannot see this case yet. Tick that you share it, so that the task is clear."
            )
            % {"name": person.first_name},
            "share",
        )
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

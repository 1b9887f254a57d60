"""What happens to a case when somebody is gone from it: somebody else decides, leads and follows up."""

from __future__ import annotations

from datetime import datetime

from cases import events
from cases.ceilings import Level
from cases.deadlines import tell_new_handler, tell_new_lead, tell_new_people
from cases.models import (
    Agreement,
    Case,
    CaseUserObjectPermission,
    Conversation,
    FollowUpTalk,
    LeadChange,
)
from cases.notices import plan_needs_manager
from cases.queries.managers import managers_of
from cases.queries.people import staff_for
from cases.services.conversations.leading import end_standing_in
from cases.services.sharing import lock, share_case
from pestzorg.audit import log
from schools.models import School, User
from schools.queries.people import HANDLER_ROLES
from schools.roles import Role

HANDLING = CaseUserObjectPermission.Purpose.HANDLING
PERSON = {Agreement: "responsible_staff", FollowUpTalk: "conductor"}
ENDED = (Conversation.Status.COMPLETED, Conversation.Status.DISCONTINUED)


def ensure_manager(actor: User | None, case: Case, *, now: datetime) -> User | None:
    """Somebody who manages the case. When nobody is left the counsellor gets it, and the board is told.

    Returns None when the school has no counsellor either, or nobody does it who could give a case. The caller holds
    the lock.
    """
    manager = _some_manager(actor, case, now)
    if manager is not None:
        return manager
    plan_needs_manager(case, now)
    return _route_to_counsellor(actor, case, now) if actor else None


def hand_over(actor: User | None, case: Case, gone: User, *, now: datetime) -> None:
    """Give what `gone` had in this case to somebody who manages it: handling, leading, following up.

    While nobody manages it, it stays where it is: the safety officers of the board are told.
    """
    locked = lock(case)
    taker = ensure_manager(actor, locked, now=now)
    handled = locked.handler_id == gone.pk
    if handled:
        _name_handler(locked, taker, now)
        tell_new_handler(actor or gone, locked, now)
    if not (_take_over(actor, locked, gone, taker, now) if taker else 0) and not handled:
        return
    log.record(
        actor,
        events.HANDED_OVER,
        now=now,
        school_id=locked.school_id,
        case_uuid=locked.uuid,
        subject_uuid=gone.uuid,
    )


def hand_over_at(actor: User | None, gone: User, school: School, now: datetime) -> None:
    """The same for every open case of a school in which `gone` has something to do."""
    for case in Case.objects.filter(pk__in=_parts_of(gone), school=school, is_open=True):
        hand_over(actor, case, gone, now=now)


def _some_manager(actor: User | None, case: Case, now: datetime) -> User | None:
    managers = [seer.user for seer in managers_of(case, now)]
    if actor in managers:
        return actor
    may_handle = set(staff_for(case, now, HANDLER_ROLES))
    able = [person for person in managers if person in may_handle]
    return next(iter([*able, *managers]), None)


def _parts_of(person: User) -> set[int]:
    # Set by set: in one query the database would multiply agreements, talks and grants with each other.
    found = [
        Case.objects.filter(handler=person).values_list("pk", flat=True),
        CaseUserObjectPermission.objects.filter(user=person).values_list(
            "content_object_id", flat=True
        ),
        Conversation.objects.filter(lead=person).values_list("case_id", flat=True),
        Agreement.objects.filter(responsible_staff=person).values_list("case_id", flat=True),
        FollowUpTalk.objects.filter(conductor=person).values_list("case_id", flat=True),
    ]
    return set().union(*found)


def _route_to_counsellor(actor: User, case: Case, now: datetime) -> User | None:
    counsellor = staff_for(case, now, (Role.COUNSELLOR,)).first()
    if counsellor is not None:
        share_case(actor, case, counsellor, Level.MANAGE, now=now, purpose=HANDLING)
    return counsellor


def _name_handler(case: Case, taker: User | None, now: datetime) -> None:
    # A counsellor decides about the case until a handler is named, and never handles it.
    handles = taker and staff_for(case, now, HANDLER_ROLES).filter(pk=taker.pk).exists()
    case.handler = taker if handles else None
    case.save(update_fields=["handler"])


def _take_over(actor: User | None, case: Case, gone: User, taker: User, now: datetime) -> int:
    """How many things changed hands."""
    tasks = _take_tasks(actor or gone, case, gone, taker, now)
    return tasks + _take_lead(actor, case, gone, taker, now)


def _take_tasks(actor: User, case: Case, gone: User, taker: User, now: datetime) -> int:
    # The owner of an agreement stays named; whoever follows up hears of it and sees to it.
    agreements = case.agreements.filter(status__in=Agreement.LIVING, responsible_staff=gone)
    talks = case.talks.filter(status=FollowUpTalk.Status.PLANNED, conductor=gone)
    taken: list[Agreement | FollowUpTalk] = [
        *agreements.select_related("owner_staff"),
        *talks.select_related("case__school"),
    ]
    agreements.update(responsible_staff=taker)
    talks.update(conductor=taker)
    for item in taken:
        setattr(item, PERSON[type(item)], taker)
        tell_new_people(actor, item, [gone], now=now)
    return len(taken)


def _take_lead(actor: User | None, case: Case, gone: User, taker: User, now: datetime) -> int:
    led = list(case.conversations.exclude(status__in=ENDED).filter(lead=gone))
    for conversation in led:
        LeadChange.objects.create(
            conversation=conversation,
            former=gone,
            lead=taker,
            reason=LeadChange.Reason.GONE,
            pupil_knows=False,
            changed_by=actor,
            changed_at=now,
        )
    case.conversations.filter(pk__in=[one.pk for one in led]).update(lead=taker)
    for conversation in led:
        end_standing_in(actor, conversation, now)
        if taker != actor:
            tell_new_lead(conversation, now)
    return len(led)

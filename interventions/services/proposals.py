"""What people of the group say they will do: an agreement in a case, and else a line with a day to look back."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement
from cases.services.agreements import record_agreement
from interventions import events
from interventions.models import Member, PhaseRecord, Proposal
from interventions.services.locking import calendar_of, lock_open, record_event, today_at
from pestzorg.errors import Problem, broken, refuse_if
from schools.calendar import CalendarEnds
from schools.models import User


@transaction.atomic
def add_proposal(
    actor: User,
    record: PhaseRecord,
    *,
    text: str,
    review_on: date,
    now: datetime,
    member: Member | None = None,
    realistic: bool | None = None,
    wish_reason: str = "",
) -> Proposal:
    """Keep a proposal of a member. In a case it becomes an agreement of that pupil, due on the day to look back.

    What is not realistic stays a line without an agreement. Refuses a phase without proposals, an empty text, somebody
    from elsewhere, and what an agreement refuses.
    """
    intervention, asked = record.intervention, record.definition.proposals
    lock_open(intervention)
    if asked is None:
        raise broken(None, _("This phase collects no proposals."), "phase")
    refuse_if(_problems(record, text, member, review_on, today_at(intervention, now)))
    proposal = Proposal(record=record, member=member, text=text.strip())
    proposal.realistic = realistic if asked.asks_realistic else None
    if intervention.case is None:
        proposal.review_on = _school_day(record, review_on)
    elif realistic is not False:
        proposal.agreement = _agree(actor, proposal, review_on, now, wish_reason)
    _save(proposal)
    record_event(actor, events.PROPOSAL_ADDED, intervention, now, phase=record.key)
    return proposal


def _save(proposal: Proposal) -> None:
    try:
        proposal.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    proposal.save()


def _problems(
    record: PhaseRecord, text: str, member: Member | None, review_on: date, today: date
) -> list[Problem]:
    problems = []
    if not text.strip():
        problems.append(Problem("text", _("Write down what somebody will do."), "required"))
    if review_on < today:
        problems.append(Problem("review_on", _("This day is already over."), "past"))
    intervention = record.intervention
    if member is None and intervention.definition.group is not None:
        problems.append(Problem("member", _("Choose whose idea this is."), "required"))
    if member is not None and (member.intervention_id != intervention.pk or member.declined):
        problems.append(Problem("member", _("Choose somebody of this group."), "foreign"))
    return problems


def _agree(
    actor: User, proposal: Proposal, review_on: date, now: datetime, wish_reason: str
) -> Agreement:
    intervention, member = proposal.record.intervention, proposal.member
    case = intervention.case
    if case is None:
        raise LookupError("An agreement belongs to a case.")
    owner_type = Agreement.OwnerType.PUPIL_OTHER
    if member is None:
        owner_type = Agreement.OwnerType.CLASS
    elif member.adult_name:
        owner_type = Agreement.OwnerType.SUPPORT_PERSON
    participant = member.participant if member else None
    name = member.name if member else intervention.class_group.name
    return record_agreement(
        actor,
        case,
        what=proposal.text,
        owner_type=owner_type,
        owner_participant=participant,
        owner_name="" if participant else name,
        responsible_staff=intervention.facilitator or case.handler or actor,
        deadline=review_on,
        conversation=intervention.conversation,
        source=Agreement.Source.INTERVENTION,
        # The pupil it is about need not know what others promise about them.
        visibility=["care_team"],
        wish_reason=wish_reason,
        now=now,
    )


def _school_day(record: PhaseRecord, review_on: date) -> date:
    try:
        return calendar_of(record.intervention).next_school_day(review_on)
    except CalendarEnds:
        told = _("The school year of this day is not in the calendar yet.")
        raise broken("review_on", told, "calendar") from None

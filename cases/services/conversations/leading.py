"""Somebody else leads the conversation: the pupil knows, and access goes along."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import tell_new_lead
from cases.models import Case, Conversation, FollowUpTalk, LeadChange
from cases.queries.people import staff_for
from cases.services.conversations.records import locked, record
from cases.services.sharing import end_handling, end_share_without_task, lock, share_to_lead
from cases.services.talks import change_talk
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User
from schools.queries.people import HANDLER_ROLES


@transaction.atomic
def change_lead(
    actor: User,
    conversation: Conversation,
    lead: User,
    *,
    now: datetime,
    pupil_knows: bool,
    handover_note: str,
    talks: Collection[FollowUpTalk] = (),
) -> LeadChange:
    """Name another lead, who gets `contribute`; the former one, and for whom they stood in, keep only what handling
    or a task gives.

    `talks` are planned ones of the former lead that go along. Refuses while a talk is going on, without the pupil's
    knowledge or a note, and somebody who cannot lead.
    """
    case = lock(conversation.case)
    mine = locked(conversation)
    former = mine.lead
    refuse_if([*_problems(mine, lead, handover_note, now, pupil_knows=pupil_knows)])
    mine.lead = lead
    write(mine, actor, now, ["lead"])
    let_lead_in(actor, case, lead, now)
    for talk in talks:
        change_talk(actor, _of_former(talk, mine, former), now=now, conductor=lead)
    _let_go(actor, case, former, now)
    end_standing_in(actor, mine, now)
    change = LeadChange.objects.create(
        conversation=mine,
        former=former,
        lead=lead,
        handover_note=handover_note,
        pupil_knows=pupil_knows,
        changed_by=actor,
        changed_at=now,
    )
    if lead != actor:
        tell_new_lead(mine, now)
    record(actor, events.LEAD_CHANGED, mine, now, rule="R27")
    return change


def _problems(
    conversation: Conversation, lead: User, note: str, now: datetime, *, pupil_knows: bool
) -> Iterator[Problem]:
    if conversation.is_over:
        yield Problem(None, _("This conversation is over."), "over")
    if conversation.sittings.filter(ended_at=None).exists():
        yield Problem(None, _("End the talk first."), "open")
    if lead.pk == conversation.lead_id:
        yield Problem("lead", _("This colleague leads the conversation already."), "same")
    elif not staff_for(conversation.case, now, HANDLER_ROLES).filter(pk=lead.pk).exists():
        yield Problem("lead", _("Choose a teacher or coordinator of this school."), "role")
    if not pupil_knows:
        yield Problem("pupil_knows", _("Tell the pupil first."), "required")
    if not note:
        yield Problem("handover_note", _("Write down what the new lead has to know."), "required")


def let_lead_in(actor: User, case: Case, lead: User, now: datetime) -> None:
    """Whoever leads may write in the case; the handler may already. The caller holds the lock."""
    if lead.pk != case.handler_id:
        share_to_lead(actor, case, lead, now=now)


def end_standing_in(actor: User | None, conversation: Conversation, now: datetime) -> None:
    """Nobody comes back to a conversation that was given on: whoever was away keeps only what else they have.

    The caller holds the lock, and has named the new lead.
    """
    running = conversation.stand_ins.filter(ended_at=None)
    away = [row.absent for row in running.select_related("absent")]
    running.update(ended_at=now)
    for person in away:
        _let_go(actor, conversation.case, person, now)


def _let_go(actor: User | None, case: Case, person: User, now: datetime) -> None:
    if not _still_has_a_part(case, person):
        end_handling(actor, case, person, now=now)
    end_share_without_task(case, person, now=now)


def _of_former(talk: FollowUpTalk, conversation: Conversation, former: User) -> FollowUpTalk:
    if talk.case_id != conversation.case_id or talk.conductor_id != former.pk:
        raise broken("talks", _("Choose from the list."), "foreign")
    return talk


def _still_has_a_part(case: Case, person: User) -> bool:
    over = (Conversation.Status.COMPLETED, Conversation.Status.DISCONTINUED)
    leads = case.conversations.exclude(status__in=over).filter(lead=person)
    return case.handler_id == person.pk or leads.exists()

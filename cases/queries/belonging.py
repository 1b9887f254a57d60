"""What of a case belongs to which of its conversations: to a second one after a relapse, only what came since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cases.models import Agreement, Conversation, FollowUpTalk, Incident, ParentContact

PUPIL = "pupil"
PLANNED, HELD = FollowUpTalk.Status.PLANNED, FollowUpTalk.Status.HELD


def over_before(conversation: Conversation) -> datetime | None:
    """When the earlier conversation with the same pupil was over; None without an earlier one."""
    return conversation.follows.over_at if conversation.follows else None


def incidents_of(conversation: Conversation) -> QuerySet[Incident]:
    """What was written down since the earlier conversation; pupils in one case share what happened."""
    told, over = conversation.case.incidents.all(), over_before(conversation)
    return told.filter(recorded_at__gt=over) if over else told


def parent_contacts_of(conversation: Conversation) -> QuerySet[ParentContact]:
    """Contacts with the parents of this pupil that took place since the earlier conversation."""
    held, over = told_about(conversation), over_before(conversation)
    return held.filter(held_at__gt=over) if over else held


def told_about(conversation: Conversation) -> QuerySet[ParentContact]:
    """Every contact with parents but those about another pupil who is bullied here."""
    others = conversation.case.conversations.exclude(target=conversation.target_id)
    return conversation.case.parent_contacts.exclude(conversation__in=others)


def agreements_of(conversation: Conversation) -> QuerySet[Agreement]:
    """Also those that were made outside a conversation, but not before an earlier one was over."""
    of_another = ~Q(conversation=None) & ~Q(conversation=conversation)
    found, over = conversation.case.agreements.exclude(of_another), over_before(conversation)
    return found.filter(agreed_at__gt=over) if over else found


def heard_by_pupil(conversation: Conversation, made: Iterable[Agreement]) -> list[Agreement]:
    """Of these, what may be read together with the pupil: not dropped, meant for the pupil too, and surely theirs."""
    dropped = Agreement.Status.CANCELLED
    heard = [one for one in made if PUPIL in one.visibility and one.status != dropped]
    own = [one for one in heard if one.conversation_id == conversation.pk]
    return own if len(own) == len(heard) or is_shared(conversation) else heard


def is_shared(conversation: Conversation) -> bool:
    """With a second pupil in the case, nothing says whose row it is that has no conversation."""
    return conversation.case.conversations.exclude(target=conversation.target_id).exists()


def talks_of(conversation: Conversation) -> QuerySet[FollowUpTalk]:
    """Every talk but those with another pupil who is bullied here and with the parents of that pupil.

    What was held, missed or dropped before a second conversation belongs to the first; what is still to come, to both.
    """
    others = conversation.case.conversations.exclude(target=conversation.target_id)
    with_others = Q(with_participant__in=others.values("target"))
    their_parents = Q(with_role="parent", conversation__in=others)
    talks = conversation.case.talks.exclude(with_others | their_parents)
    if conversation.follows_id is None:
        return talks
    begun = begun_on(conversation)
    held_before = Q(status=HELD, held_on__lt=begun)
    fell_away_before = ~Q(status__in=[HELD, PLANNED]) & Q(planned_at__date__lt=begun)
    return talks.exclude(held_before | fell_away_before)


def begun_on(conversation: Conversation) -> date:
    """The day of the first talk, else a day that never comes."""
    begun = conversation.started_at
    # Before it began, nothing that was held counts.
    return begun.astimezone(conversation.case.school.zone).date() if begun else date.max

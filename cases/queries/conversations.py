"""The conversations of one case, and with whom another one may begin."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.models import Case, Conversation, Participant
from cases.queries.step_rules import INVOLVED_ROLES


def others_of(conversation: Conversation) -> list[Conversation]:
    """The other conversations of the case, the latest first; their addresses name them where that is needed."""
    found = list(conversation.case.conversations.order_by("-pk").select_related("target", "lead"))
    for position, other in enumerate(found):
        other.case, other.named = conversation.case, position > 0
    return [other for other in found if other.pk != conversation.pk]


def without_conversation(case: Case) -> QuerySet[Participant]:
    """Everybody named but the pupils with whom there is a conversation."""
    talked_with = case.conversations.values("target")
    return case.participants.exclude(pk__in=talked_with).order_by("id")


def possible_targets(case: Case) -> list[Participant]:
    """Whose conversation is over, or who has none and does not take part in the bullying; who had one first."""
    talks: dict[int, bool] = {}
    for conversation in case.conversations.all():
        talks[conversation.target_id] = not conversation.is_over
    people = case.participants.exclude(role__in=INVOLVED_ROLES).order_by("pk")
    free = [person for person in people if not talks.get(person.pk)]
    return sorted(free, key=lambda person: person.pk not in talks)

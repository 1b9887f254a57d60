"""Words of the field in templates, in the reader's language, and the addresses of a conversation."""

from __future__ import annotations

from django import template

from cases.models import Case, Conversation
from cases.protocol import vocabulary
from cases.queries.conversation_page import own_url_of, url_of
from cases.queries.worklist import case_title as title_of

register = template.Library()


@register.simple_tag
def word(name: str, key: str) -> str:
    """The label of one key; empty for an empty key."""
    return vocabulary.label(name, key) if key else ""


@register.simple_tag
def conversation_url(conversation: Conversation, name: str, *args: object) -> str:
    """The address of a page of this conversation."""
    return url_of(conversation, name, *args)


@register.filter
def case_title(case: Case) -> str:
    """How people call this case."""
    return title_of(case)


@register.simple_tag
def conversation_form(conversation: Conversation, name: str, *args: object) -> str:
    """Where a form of this conversation is sent: never to another one that began meanwhile."""
    return own_url_of(conversation, name, *args)


@register.simple_tag
def behaviour(role: str) -> str:
    """What somebody does in this situation ("laughs along"): roles are about behaviour, not about who one is."""
    return str(vocabulary.term("participant_roles", role).note["behaviour"]) if role else ""

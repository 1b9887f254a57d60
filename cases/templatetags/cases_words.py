"""Words of the field in templates: the label of a stored key, in the reader's language."""

from __future__ import annotations

from django import template

from cases.protocol import vocabulary

register = template.Library()


@register.simple_tag
def word(name: str, key: str) -> str:
    """The label of one key; empty for an empty key."""
    return vocabulary.label(name, key) if key else ""


@register.simple_tag
def behaviour(role: str) -> str:
    """What somebody does in this situation ("laughs along"): roles are about behaviour, not about who one is."""
    return str(vocabulary.term("participant_roles", role).note["behaviour"]) if role else ""

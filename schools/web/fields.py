"""Fields that forms of this app and of cases share. No form of a page lives here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.models import User


def staff_field(label: Any, people: Iterable[User], **kwargs: Any) -> forms.TypedChoiceField:
    """A colleague out of a list; the cleaned value is the person, or None."""
    by_uuid = {str(person.uuid): person for person in people}
    names = [(key, person.full_name) for key, person in by_uuid.items()]
    return forms.TypedChoiceField(
        label=label,
        choices=[("", _("Choose…")), *names],
        coerce=lambda key: _known(by_uuid, key),
        empty_value=None,
        **kwargs,
    )


def _known(by_uuid: dict[str, User], key: str) -> User:
    # Also asked before validation, of whatever was posted: the field turns this into a complaint.
    if key not in by_uuid:
        raise ValueError(key)
    return by_uuid[key]

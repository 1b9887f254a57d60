"""Columns whose values are keys of the field's vocabulary (cases/protocol/vocabulary.toml)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from cases.protocol import vocabulary


@deconstructible
class KnownTerm:
    """Refuses a key, or a list with a key, that the vocabulary does not have."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: str | list[str]) -> None:
        given = set(value) if isinstance(value, list) else {value}
        if given - vocabulary.keys(self.name):
            raise ValidationError(_("Choose from the list."), code="unknown_term")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnownTerm) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def term_field(name: str, **kwargs: Any) -> models.CharField[str, str]:
    """One key. The vocabulary is data, so its labels do not stand in migrations."""
    return models.CharField(max_length=30, validators=[KnownTerm(name)], **kwargs)


def terms_field(
    name: str, default: Callable[[], list[str]] = list
) -> models.JSONField[list[str], list[str]]:
    """A list of keys, possibly empty."""
    return models.JSONField(default=default, blank=True, validators=[KnownTerm(name)])

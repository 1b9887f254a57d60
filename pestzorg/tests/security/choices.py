"""Every choice of rows that the forms and the API offer, for the eleventh of guardian's traps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from rest_framework import serializers


def offered(choices: Iterable[tuple[str, Any]]) -> list[str]:
    """The choices that offer a row to whoever looks, before anything is known of them."""
    return [where for where, queryset in choices if not queryset.query.is_empty()]


def choices_of_forms() -> Iterator[tuple[str, Any]]:
    """Every choice of rows that a form declares: the page fills it for one person, so it begins empty."""
    for form in subclasses(forms.BaseForm):
        if (
            form.__module__.split(".")[0] in {"cases", "schools", "pestzorg", "interventions"}
            and form.__name__ != "StockForm"
        ):
            for name, field in getattr(form, "base_fields", {}).items():
                if isinstance(field, forms.ModelChoiceField):
                    yield f"{form.__qualname__}.{name}", field.queryset


def choices_of_serializers() -> Iterator[tuple[str, Any]]:
    """Relations that a program may write, of every serializer of the API."""
    for serializer in subclasses(serializers.Serializer):
        if serializer.__module__.startswith("cases.") and not is_abstract(serializer):
            yield from choices_of(serializer)


def is_abstract(serializer: Any) -> bool:
    is_model = issubclass(serializer, serializers.ModelSerializer)
    return is_model and not hasattr(serializer, "Meta")


def choices_of(serializer: Any) -> Iterator[tuple[str, Any]]:
    """What each relation may be set to while no case is known; one that is only read chooses nothing."""
    for name, field in serializer().fields.items():
        one = getattr(field, "child_relation", field)
        if isinstance(one, serializers.RelatedField) and not field.read_only:
            yield f"{serializer.__qualname__}.{name}", one.get_queryset()


def subclasses(kind: type) -> Iterator[Any]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)

"""Words for a list that was closed to whoever typed them, since their page was opened: they are never just dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from cases.models import StepRecord
from cases.web.items_panel import TITLES
from cases.web.panel import Row
from cases.web.step_panels import panels_of

# Ticked: the words are somewhere else now, and the rest of the page may be saved.
LET_GO = "let_go"
# Its choices are told in the closed list itself.
OF_THE_LIST = "incident"


@dataclass(frozen=True)
class Unkept:
    """One row that cannot be kept: what was typed in it, to read and to post again."""

    title: str
    words: list[tuple[str, str]]
    posted: list[tuple[str, str]]


def unkept_rows(record: StepRecord, shown: Iterable[str], base: dict[str, Any]) -> list[Unkept]:
    """The rows somebody typed in for lists that the page of this step no longer shows them."""
    data: QueryDict | None = base["data"]
    if data is None or data.get(LET_GO):
        return []
    closed = [name for name in record.definition.lists if name not in set(shown)]
    sent = [name for name in closed if any(key.startswith(f"{name}-") for key in data)]
    return [
        Unkept(str(TITLES[panel.key][0]), [*_words(row, data)], [*_posted(row, data)])
        for panel in panels_of(record, sent, base)
        for row in panel.rows
        if row.is_touched or row.form.clashes
    ]


def _words(row: Row, data: QueryDict) -> Iterator[tuple[str, str]]:
    # Only what was posted: the stored row may say by now what its reader may not know.
    for name, field in row.form.fields.items():
        typed = [value for value in data.getlist(row.form.add_prefix(name)) if value]
        if typed and name != OF_THE_LIST and not field.widget.is_hidden:
            yield str(field.label), ", ".join(_read(field, value) for value in typed)


def _read(field: forms.Field, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        return "✓"
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return labels.get(value, value)


def _posted(row: Row, data: QueryDict) -> Iterator[tuple[str, str]]:
    begins = f"{row.form.prefix}-"
    for key in data:
        if key.startswith(begins):
            yield from ((key, value) for value in data.getlist(key))

"""What a page would send: every form of an answer with its values, and which of its fields carry a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from unittest import mock

from django import forms

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Sent = dict[str, list[str]]


class FormsOf(HTMLParser):
    """Every form of a page that is posted: its address, and its fields as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Sent]] = []
        self._sent: Sent | None = None
        self._select = self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._sent = {}
            self.found.append((given.get("action", ""), self._sent))
        elif self._sent is not None:
            self._field(tag, given)

    def handle_data(self, data: str) -> None:
        if self._text and self._sent is not None:
            self._sent[self._text] = [data.strip()]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._sent = None
        elif tag == "textarea":
            self._text = ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._sent is not None
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
        elif tag == "option" and "selected" in given:
            self._sent.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked:
                self._sent.setdefault(name, []).append(given.get("value", ""))


@contextmanager
def forms_made() -> Iterator[list[forms.BaseForm]]:
    """Every form that is made in the meantime."""
    made: list[forms.BaseForm] = []
    usual = forms.BaseForm.__init__

    def remember(form: forms.BaseForm, *args: Any, **kwargs: Any) -> None:
        usual(form, *args, **kwargs)
        made.append(form)

    with mock.patch.object(forms.BaseForm, "__init__", remember):
        yield made


def fields_with_a_key(made: list[forms.BaseForm]) -> dict[str, str]:
    """Name in the page -> what stands before the key: "", or a word such as `staff:`."""
    return {
        form.add_prefix(name): word
        for form in made
        for name, field in form.fields.items()
        for word in [_word_before_key(field)]
        if word is not None
    }


def _word_before_key(field: forms.Field) -> str | None:
    if isinstance(field, forms.ModelChoiceField | forms.UUIDField):
        return ""
    values = [str(value) for value, _label in getattr(field, "choices", [])]
    found = next((value for value in values if UUID.search(value)), None)
    if found is not None:
        return UUID.split(found)[0]
    # Database keys: numbers that stand for people, beside the empty choice.
    return "" if any(value.isdigit() for value in values) else None


def answered(made: list[forms.BaseForm]) -> Sent:
    """An answer to every question that must have one and has none yet, so that the key alone decides."""
    return {
        form.add_prefix(name): [answer]
        for form in made
        for name, field in form.fields.items()
        if field.required and not form[name].value()
        for answer in [_some_answer(field)]
    }


def _some_answer(field: forms.Field) -> str:
    values = [str(value) for value, _label in getattr(field, "choices", []) if value]
    return values[0] if values else "Iemand"

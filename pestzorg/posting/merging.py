"""A form about a stored row knows what its page showed, so it changes only what its reader changed.

Two people on one page: what only one of them changed is merged without a word; what both changed is a
clash, and a person chooses (`pestzorg/posting/both_texts.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from pestzorg.posting.versions import WithVersion
from pestzorg.web.templatetags.pestzorg_ui import day, moment

SEEN = "seen"
DIGEST = 12
Values = tuple[str, ...]


class StampField(forms.CharField):
    """What the page showed: the version of the row and a digest of each field. Nobody types here."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


@dataclass(frozen=True)
class Clash:
    """One field that two people changed differently."""

    form: MergingForm
    name: str
    stored: Values
    typed: Values

    @property
    def field(self) -> BoundField:
        """The field itself, with its label."""
        return self.form[self.name]

    @property
    def is_text(self) -> bool:
        """Both texts can be kept, one after the other."""
        return isinstance(self.field.field.widget, forms.Textarea)

    @property
    def stored_words(self) -> str:
        """What stands there now, as people read it."""
        return _words(self.field, self.stored)

    @property
    def typed_words(self) -> str:
        """What this person typed."""
        return _words(self.field, self.typed)


class MergingForm(forms.Form):
    """Base of a form about a stored row; `compare_with` is the last thing its `__init__` does."""

    # Fields that say one thing together: who changes one of them changes all.
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    stored_row: WithVersion | None = None
    clashes: tuple[Clash, ...] = ()
    was_typed_in: bool = False  # something differs from what the page showed

    def compare_with(self, row: WithVersion | None) -> None:
        """Add the stamp; when something was posted, take over what others changed meanwhile and note clashes."""
        self.stored_row = row
        stored = {name: _values(self[name], self[name].initial) for name in self.fields}
        self._fresh = _stamp(row.version if row else 0, stored)
        self.fields[SEEN] = StampField(initial=self._fresh)
        if self.is_bound:
            self._merge(stored)

    def saw(self, fresh: MergingForm) -> None:
        """This form was saved and is shown again: its page now shows what `fresh` shows."""
        data: Any = copy(self.data)
        _put(data, self.add_prefix(SEEN), (fresh._fresh,))
        self.data = data

    @property
    def without_stamp(self) -> dict[str, Any]:
        """What was typed, cleaned."""
        return {name: value for name, value in self.cleaned_data.items() if name != SEEN}

    def carried(self) -> dict[str, list[str]]:
        """Everything as it would be posted once the clashes are settled, with the stamp of now."""
        names = [name for name in self.fields if name != SEEN]
        values = {self.add_prefix(n): list(_values(self[n], self[n].data)) for n in names}
        return values | {self.add_prefix(SEEN): [self._fresh]}

    def _merge(self, stored: dict[str, Values]) -> None:
        shown = self._shown(stored)
        typed = {name: _values(self[name], self[name].data) for name in stored}
        data: Any = copy(self.data)
        for group in self._groups(stored):
            changed = any(_digest(stored[name]) != shown[name] for name in group)
            touched = any(_digest(typed[name]) != shown[name] for name in group)
            self.was_typed_in |= touched
            if changed and not touched:
                for name in group:
                    _put(data, self.add_prefix(name), stored[name])
            elif changed:
                differ = [name for name in group if typed[name] != stored[name]]
                self.clashes += tuple(Clash(self, n, stored[n], typed[n]) for n in differ)
        if not self.clashes:
            _put(data, self.add_prefix(SEEN), (self._fresh,))
        self.data = data

    def _shown(self, stored: dict[str, Values]) -> dict[str, str]:
        version, _dot, digests = (self[SEEN].data or "").partition(".")
        parts = [digests[at : at + DIGEST] for at in range(0, len(digests), DIGEST)]
        if version.isdecimal() and len(parts) == len(stored):
            return dict(zip(stored, parts, strict=True))
        # Without a stamp nothing is known to have been seen, so nothing that somebody wrote is overwritten.
        is_new = self.stored_row is None or self.stored_row.version <= 1
        return {name: _digest(values if is_new else ()) for name, values in stored.items()}

    def _groups(self, names: Iterable[str]) -> list[tuple[str, ...]]:
        groups = [tuple(n for n in group if n in self.fields) for group in self.together]
        grouped = {name for group in groups for name in group}
        return [*groups, *((name,) for name in names if name not in grouped)]


def words_of(field: BoundField) -> str:
    """What was typed in a field, as people read it."""
    return _words(field, _values(field, field.data))


def _values(field: BoundField, raw: Any) -> Values:
    """What a browser would post for this value, in one shape for what is stored and what was typed."""
    if isinstance(field.field, forms.BooleanField):
        return ("on",) if field.field.to_python(raw) else ()
    shown = field.field.widget.format_value(field.field.prepare_value(raw))
    many = shown if isinstance(shown, list | tuple) else [shown]
    texts = [str(v).replace("\r\n", "\n").strip() for v in many if v is not None]
    return tuple(sorted(text for text in texts if text))


def _digest(values: Values) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:DIGEST]


def _stamp(version: int, stored: dict[str, Values]) -> str:
    return f"{version}.{''.join(_digest(values) for values in stored.values())}"


def _put(data: Any, name: str, values: Values) -> None:
    if hasattr(data, "setlist"):
        data.setlist(name, list(values))
    else:
        data[name] = values[0] if len(values) == 1 else list(values)


def _words(field: BoundField, values: Values) -> str:
    if isinstance(field.field, forms.BooleanField):
        return _("Yes") if values else _("No")
    labels = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    read = READ.get(type(field.field), str)
    return ", ".join(labels.get(value) or _read(read, value) for value in values)


READ: dict[type[forms.Field], Any] = {
    forms.DateField: lambda text: day(date.fromisoformat(text)),
    forms.DateTimeField: lambda text: moment(datetime.fromisoformat(text)),
}


def _read(read: Any, value: str) -> str:
    try:
        return str(read(value))
    except ValueError:
        return value

"""A method in the words of a school: one field for each place that the method opens, filled with what is said there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.models import MethodCopy
from interventions.protocol.places import MOST_LINES, Place
from interventions.queries.methods import label_of, titles_of, words_of
from pestzorg.posting.merging import MergingForm

LAST = "-most"
LONG = 60


@dataclass(frozen=True)
class Line:
    """One place: what is published, and the fields beside it."""

    published: list[str]
    fields: list[forms.BoundField]


@dataclass(frozen=True)
class Section:
    """One phase, or the method as a whole."""

    key: str
    title: str | Promise
    lines: list[Line]
    adapted: int

    @property
    def has_errors(self) -> bool:
        """Something in it needs mending."""
        return any(field.errors for line in self.lines for field in line.fields)


class MethodForm(MergingForm):
    """Every place of a method. What is not changed, or is left empty, stays as published."""

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, Place],
        adaptations: Mapping[str, Any],
        copy: MethodCopy | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.adapted = places, adaptations
        for place in places.values():
            self._ask(place, adaptations.get(place.address))
        self.compare_with(copy)

    def _ask(self, place: Place, value: Any) -> None:
        name, label = place.address, label_of(place)
        match place.kind:
            case "text":
                self._begin(name, _text(place, label), value or str(place.text))
            case "lines":
                told = _("One on each line, %(count)s at most.") % {"count": MOST_LINES}
                area = forms.Textarea(attrs={"rows": 2})
                asked = forms.CharField(label=label, required=False, widget=area, help_text=told)
                self._begin(name, asked, "\n".join(value or ()))
            case "range":
                least, most = value or place.usual
                self._begin(name, _number(_("%(what)s: at least") % {"what": label}), least)
                self._begin(name + LAST, _number(_("%(what)s: at most") % {"what": label}), most)
            case _:
                self._begin(name, forms.BooleanField(label=label, required=False), bool(value))

    def _begin(self, name: str, field: forms.Field, value: Any) -> None:
        self.fields[name], self.initial[name] = field, value

    def adaptations(self) -> dict[str, Any]:
        """What stands in the fields, by address; also what is the same as published."""
        return {place.address: self._value(place) for place in self.places.values()}

    def _value(self, place: Place) -> Any:
        given = self.cleaned_data[place.address]
        if place.kind == "lines":
            return given.splitlines()
        if place.kind == "range":
            ends = zip((given, self.cleaned_data[place.address + LAST]), place.usual, strict=True)
            return [usual if end is None else end for end, usual in ends]
        return given

    @property
    def sections(self) -> list[Section]:
        """The places by phase, each beside what is published."""
        titles, found = titles_of(self.places), dict[str, list[Place]]()
        for place in self.places.values():
            found.setdefault(place.part, []).append(place)
        return [
            Section(
                part,
                titles[part],
                [self._line(place) for place in mine],
                sum(place.address in self.adapted for place in mine),
            )
            for part, mine in found.items()
        ]

    def _line(self, place: Place) -> Line:
        names = [place.address, *([place.address + LAST] if place.kind == "range" else [])]
        return Line(words_of(place), [self[name] for name in names])


def _text(place: Place, label: str) -> forms.CharField:
    short = place.longest <= LONG
    widget = forms.TextInput() if short else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=place.longest, widget=widget)


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=999)

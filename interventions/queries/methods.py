"""What the pages about the methods of a school show: each place in its words, beside the words as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.models import MethodCopy
from interventions.protocol import Method, current, method, methods
from interventions.protocol.adapting import places
from interventions.protocol.places import Place
from interventions.queries.offered import copy_in_use
from interventions.queries.spans import span_text
from schools.models import School

ROLES = {
    "label": _("What it is called"),
    "purpose": _("What it is for"),
    "say": _("You can say it like this"),
    "do": _("Do"),
    "dont": _("Take care"),
    "help": _("Explanation"),
    "group": _("Who is in the group"),
    "proposals": _("Heading above the ideas"),
    "minutes": _("How long it takes"),
    "gap": _("How long after the phase before"),
    "again": _("How long after it, in a later round"),
    "off": _("Our school leaves this phase out"),
}
MORE = {
    "say": _("More sentences of your own"),
    "do": _("More of your own: do"),
    "dont": _("More of your own: take care"),
}
WHOLE = _("The approach as a whole")


def label_of(place: Place) -> str:
    """What a place is for, as its reader knows it from the pages."""
    if place.kind == "lines":
        return str(MORE[place.role])
    label = str(ROLES[place.role])
    return f"{label}: {place.about}" if place.about else label


def words_of(place: Place, value: Any = None) -> list[str]:
    """A value in words, one for each line; without a value what is published."""
    match place.kind:
        case "text":
            return [str(place.text) if value is None else value]
        case "lines":
            return list(value or ())
        case "range":
            least, most = value or place.usual
            return [span_text(least, most, place.unit)]
    return [str(_("Yes"))] if value else []


@dataclass(frozen=True)
class Row:
    """One place as a school has it."""

    place: Place
    label: str
    words: list[str]
    published: list[str]
    is_adapted: bool


@dataclass(frozen=True)
class Part:
    """One phase, or the method as a whole, with its places."""

    key: str
    title: str | Promise
    rows: list[Row]

    @property
    def shown(self) -> list[Row]:
        """Without lists of own lines that nobody filled, and without the switch."""
        return [row for row in self.rows if row.words and row.place.kind != "off"]

    @property
    def is_off(self) -> bool:
        """The school leaves this phase out."""
        return any(row.place.kind == "off" and row.is_adapted for row in self.rows)

    @property
    def adapted(self) -> int:
        """How much of it is the school's own."""
        return sum(row.is_adapted for row in self.rows)


@dataclass(frozen=True)
class Change:
    """Something that a newer edition says in another way."""

    part: str | Promise
    label: str
    was: list[str]
    now: list[str]


def parts_of(key: str, edition: str, adaptations: Mapping[str, Any]) -> list[Part]:
    """A method part by part, with these adaptations in it."""
    known = places(key, edition)
    titles = titles_of(known)
    found: dict[str, list[Row]] = {}
    for address, place in known.items():
        value = adaptations.get(address)
        row = Row(
            place, label_of(place), words_of(place, value), words_of(place), value is not None
        )
        found.setdefault(place.part, []).append(row)
    return [Part(part, titles[part], rows) for part, rows in found.items()]


def titles_of(known: Mapping[str, Place]) -> dict[str, str | Promise]:
    """What each part is called in the method as published; phases of one name are told apart by their place."""
    titles: dict[str, str | Promise] = {"": WHOLE}
    labels = [place for place in known.values() if place.part and place.role == "label"]
    for number, place in enumerate(labels, start=1):
        titles[place.part] = f"{number}. {place.text}"
    return titles


def changes_between(key: str, older: str, newer: str) -> list[Change]:
    """What another edition says differently, of everything that may be adapted."""
    before, after = places(key, older), places(key, newer)
    titles = titles_of(before) | titles_of(after)
    found = []
    for address in dict.fromkeys([*after, *before]):
        was, now = before.get(address), after.get(address)
        place = now or before[address]
        words = (words_of(was) if was else [], words_of(now) if now else [])
        if words[0] != words[1]:
            found.append(Change(titles[place.part], label_of(place), *words))
    return found


@dataclass
class SchoolMethod:
    """One method at one school: as published, or adapted."""

    school: School
    key: str

    @cached_property
    def published(self) -> Method:
        """The newest edition."""
        return current(self.key)

    @cached_property
    def copy(self) -> MethodCopy | None:
        """What the school has in use of its own."""
        return copy_in_use(self.school, self.key)

    @property
    def definition(self) -> Method:
        """How an intervention begins here now."""
        return self.copy.definition if self.copy else self.published

    @property
    def is_behind(self) -> bool:
        """The method moved on since the school adapted it."""
        return self.copy is not None and self.copy.edition != self.published.version

    @property
    def changes(self) -> list[Change]:
        """What it says differently since."""
        if self.copy is None or not self.is_behind:
            return []
        return changes_between(self.key, self.copy.edition, self.published.version)

    @property
    def rules_changed(self) -> bool:
        """Something else than words moved on too: its questions, groups or order."""
        if self.copy is None or not self.is_behind:
            return False
        older = method(self.key, self.copy.edition)
        return _rules_of(older) != _rules_of(self.published)

    @property
    def parts(self) -> list[Part]:
        """As it is run here now."""
        copy = self.copy
        if copy is None:
            return parts_of(self.key, self.published.version, {})
        return parts_of(self.key, copy.edition, copy.adaptations)

    @property
    def carried(self) -> dict[str, Any]:
        """What the school adapted, as far as the newest edition still has a place for it."""
        known = places(self.key, self.published.version)
        kept = self.copy.adaptations if self.copy else {}
        return {address: value for address, value in kept.items() if address in known}

    @property
    def history(self) -> list[MethodCopy]:
        """Every version of the school, the newest first."""
        mine = MethodCopy.objects.filter(school=self.school, method=self.key)
        return list(mine.select_related("made_by", "retired_by"))


def _rules_of(found: Method) -> list[tuple[Any, ...]]:
    return [
        (p.key, p.people, p.size, p.gap, p.again, [(f.key, f.kind, f.required) for f in p.fields])
        for p in found.phases
    ]


def methods_of(school: School) -> list[SchoolMethod]:
    """Every method there is, as this school runs it."""
    return [SchoolMethod(school, key) for key in methods()]

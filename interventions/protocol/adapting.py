"""Puts what a school adapted over a method as published. What comes out is read and checked as every file is.

An adaptation is a mapping of addresses (`places`) to a text, a list of lines, a pair of numbers, or true for a phase
that is left out. Whatever is not named in it stays as published.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from cases.protocol.definition import ProtocolError, Table, Text, open_table
from interventions.protocol.definition import Method
from interventions.protocol.loader import METHOD_KEYS, VARIANT_KEYS, file_of, method_of
from interventions.protocol.phases import PHASE_KEYS, QUESTION_KEYS
from interventions.protocol.places import MOST_LINES, Place, parts_of, places_of
from pestzorg.errors import Problem

Adaptations = Mapping[str, Any]
KNOWN = (METHOD_KEYS | VARIANT_KEYS | PHASE_KEYS | QUESTION_KEYS) - {"phases"}
UNSAFE = {"Cc", "Cs"}
SAID = {"say", "proposals"}
# Judged when somebody writes, and not again when it is read: stricter words must not take away what a school runs.
ONCE = {"avoid", "word"}
# Words that no screen shows (docs/glossary.md), whoever writes them.
NEVER_SHOWN = ("slachtoffer", "dader")


def places(key: str, version: str) -> dict[str, Place]:
    """What may be adapted in a version of a method, by address; an unknown one raises UnknownMethod."""
    return dict(_places(file_of(key, version)))


@lru_cache(maxsize=64)
def _places(file: Path) -> dict[str, Place]:
    return {place.address: place for place in places_of(open_table(file))}


def adapted(key: str, version: str, adaptations: Adaptations) -> Method:
    """The method with these words and numbers over it; ProtocolError when something in them may not be."""
    return _adapted(file_of(key, version), json.dumps(adaptations, sort_keys=True))


@lru_cache(maxsize=256)
def _adapted(file: Path, written: str) -> Method:
    adaptations = json.loads(written)
    if found := [p for p in _own_problems(file, adaptations) if p.code not in ONCE]:
        raise ProtocolError(file, f"adapted: {found[0].field} is {found[0].code}")
    return _merge(file, adaptations)


def tidied(key: str, version: str, adaptations: Adaptations) -> dict[str, Any]:
    """Without stray blanks, and without what is the same as published; judges nothing."""
    known = places(key, version)
    tidy = {address: _tidy(value) for address, value in adaptations.items()}
    return {a: v for a, v in tidy.items() if a not in known or not _is_published(known[a], v)}


def adapting_problems(key: str, version: str, adaptations: Adaptations) -> list[Problem]:
    """Why a school may not adapt it like this; each problem names the address."""
    file = file_of(key, version)
    if found := _own_problems(file, adaptations):
        return found
    try:
        _merge(file, adaptations)
    except ProtocolError:
        off = next((address for address, value in adaptations.items() if value is True), None)
        return [Problem(off, _("Without this phase the method does not hold together."), "off")]
    return []


def _own_problems(file: Path, adaptations: Adaptations) -> list[Problem]:
    known, table = _places(file), open_table(file)
    avoid = table.texts("avoid")
    return [
        problem
        for address, value in adaptations.items()
        for problem in (
            _about(known[address], value, avoid) if address in known else [_closed(address)]
        )
    ] + _off_problems(table, adaptations)


def _closed(address: str) -> Problem:
    if KNOWN & set(str(address).split("-")):
        told = _("This belongs to the method and stays as it is: %(place)s.")
        return Problem(None, told % {"place": address}, "forbidden")
    told = _("This method has no such place: %(place)s.")
    return Problem(None, told % {"place": address}, "unknown")


def _about(place: Place, value: Any, avoid: tuple[Text, ...]) -> list[Problem]:
    match place.kind:
        case "text":
            return _text_problems(place, value, avoid)
        case "lines":
            return _line_problems(place, value, avoid)
        case "range":
            return _range_problems(place, value)
    return [] if value is True else [_shape(place)]


def _shape(place: Place) -> Problem:
    return Problem(place.address, _("Please fill this in."), "shape")


def _text_problems(place: Place, value: Any, avoid: tuple[Text, ...]) -> list[Problem]:
    if not isinstance(value, str) or not value.strip():
        return [_shape(place)]
    if len(value) > place.longest:
        told = _("Use at most %(limit)s characters.") % {"limit": place.longest}
        return [Problem(place.address, told, "max_length")]
    if any(unicodedata.category(sign) in UNSAFE for sign in value):
        return [Problem(place.address, _("Use letters, digits and signs only."), "characters")]
    if word := _found(NEVER_SHOWN, value):
        said = _("Choose another word than “%(word)s”: it says who a child is, not what happened.")
        return [Problem(place.address, said % {"word": word}, "word")]
    words = [word for text in avoid for word in (text.nl, text.en)]
    # Advice may name a word to warn of it, and a name may hold it (No Blame); what the group hears or reads may not.
    if place.role not in SAID or not (word := _found(words, value)):
        return []
    avoided = _("This method avoids “%(word)s”. Say it in another way.")
    return [Problem(place.address, avoided % {"word": word}, "avoid")]


def _found(words: Iterable[str], value: str) -> str | None:
    return next((word for word in words if word.casefold() in value.casefold()), None)


def _line_problems(place: Place, value: Any, avoid: tuple[Text, ...]) -> list[Problem]:
    if not isinstance(value, list) or not value:
        return [_shape(place)]
    if len(value) > MOST_LINES:
        told = _("At most %(count)s lines of your own.") % {"count": MOST_LINES}
        return [Problem(place.address, told, "most")]
    return [problem for line in value for problem in _text_problems(place, line, avoid)][:1]


def _range_problems(place: Place, value: Any) -> list[Problem]:
    least, most = place.bounds
    whole = isinstance(value, list) and len(value) == len(("least", "most"))
    if not whole or not all(type(number) is int for number in value):
        return [_shape(place)]
    if value[0] > value[1]:
        return [Problem(place.address, _("The first number is more than the second."), "order")]
    if least <= value[0] and value[1] <= most:
        return []
    told = _("The method allows %(least)s to %(most)s here.") % {"least": least, "most": most}
    return [Problem(place.address, told, "bounds")]


def _off_problems(table: Table, adaptations: Adaptations) -> list[Problem]:
    """A phase that others lean on stays: those of the same meeting, and one that counts how often it was held."""
    told = _("Other phases need this one, so it stays.")
    leaned_on = {f"phases-{name}-off" for name in _leaned_on(table)}
    return [Problem(address, told, "off") for address in adaptations if address in leaned_on]


def _leaned_on(table: Table) -> Iterator[str]:
    for variant in table.tables("variants"):
        rows = [(name, row) for name, _number, row in parts_of(table) if _is_in(row, variant)]
        if order := variant.words("order"):
            rows.sort(key=lambda one: order.index(one[1].word("key")))
        for (name, row), (_name, later) in pairwise(rows):
            begins_meeting = later.flag("same_meeting") and not row.flag("same_meeting")
            if begins_meeting or "needs_rounds" in later.values:
                yield name


def _is_in(row: Table, variant: Table) -> bool:
    return not row.words("variants") or variant.word("key") in row.words("variants")


def _merge(file: Path, adaptations: Adaptations) -> Method:
    values: dict[str, Any] = deepcopy(dict(open_table(file).values))
    known, off = _places(file), []
    for address, value in adaptations.items():
        place = known[address]
        if place.kind == "off":
            off.append(place.path[1])
        else:
            _put(values, place, value)
    values["phases"] = [row for n, row in enumerate(values["phases"]) if n not in off]
    table = Table(file, "adapted", values)
    for variant in table.tables("variants"):
        if "order" in variant.values:
            kept = {row.word("key") for row in table.tables("phases") if _is_in(row, variant)}
            cast(dict[str, Any], variant.values)["order"] = [
                key for key in variant.words("order") if key in kept
            ]
    return method_of(table)


def _put(values: dict[str, Any], place: Place, value: Any) -> None:
    target: Any = values
    *way, last = place.path
    for step in way:
        target = target[step]
    if place.kind == "lines":
        kind = {} if place.role == "say" else {"kind": place.role}
        target[last] = [*target.get(last, []), *({**kind, **_words(line)} for line in value)]
    elif place.role == "minutes":
        target[last] = list(value)
    elif place.kind == "range":
        target[last] |= {"least": value[0], "most": value[1]}
    else:
        target[last] |= _words(value)


def _words(text: str) -> dict[str, str]:
    # A school writes in one language, and everybody reads the same words there.
    return {"nl": text, "en": text}


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [one for one in map(_tidy, value) if one != ""]
    return value


def _is_published(place: Place, value: Any) -> bool:
    if place.kind == "text":
        return value == "" or (place.text is not None and value in (place.text.nl, place.text.en))
    if place.kind == "range":
        return bool(value == list(place.usual))
    return value in (False, [])

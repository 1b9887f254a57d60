"""The field's code lists with their Dutch and English labels, read once from `vocabulary.toml`.

Models store the keys, screens show the labels. Texts of the ten steps are not here but in the
edition; words of the interface are in the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from django.utils.functional import lazystr

from cases.protocol.definition import Table, Text, open_table

FILE = Path(__file__).with_name("vocabulary.toml")
INCLUDE = "include"

# What every row of a list carries beside its label. A row with less, more or another kind is refused.
NOTES: Mapping[str, Mapping[str, str]] = {
    "cyber_subforms": {"minimum_severity": "number", "possible_offence": "flag"},
    "grounds": {"possible_discrimination": "flag"},
    "impact_signals": {"red_flag": "flag"},
    "participant_roles": {"behaviour": "text"},
    "measure_statuses": {"spoken": "text", "in_talk": "flag"},
    "class_methods": {"needs_consent": "flag"},
    "external_report_outcomes": {"is_final": "flag"},
    "severity_indicators": {"options": "texts"},
    "severity_levels": {
        "level": "number",
        "min_score": "number",
        "max_score": "number",
        "first_talk_within_school_days": "number",
        "review_after_school_days": "number",
        "tells_parents": "flag",
        "parents_within_school_days": "number",
    },
}


class UnknownTerm(LookupError):
    """There is no such list, or no such key in it."""


@dataclass(frozen=True)
class Term:
    """One word of a list: the key that is stored, the label that is shown, and its extra facts."""

    key: str
    label: Text
    note: Mapping[str, Any] = field(hash=False)


def terms(name: str) -> tuple[Term, ...]:
    """Return a list in its order; an unknown list raises UnknownTerm."""
    try:
        return _vocabulary()[name]
    except KeyError:
        raise UnknownTerm(name) from None


def term(name: str, key: str) -> Term:
    """Return one term; an unknown list or key raises UnknownTerm."""
    for candidate in terms(name):
        if candidate.key == key:
            return candidate
    raise UnknownTerm(f"{name}.{key}")


def label(name: str, key: str) -> str:
    """Return the label of a key in the active language."""
    return str(term(name, key).label)


def keys(name: str) -> frozenset[str]:
    """Return the keys of a list, for validation."""
    return frozenset(term.key for term in terms(name))


def choices(name: str) -> list[tuple[str, str]]:
    """Return key and label for a form; the label waits for the reader's language."""
    return [(term.key, cast(str, lazystr(term.label))) for term in terms(name)]


def names() -> tuple[str, ...]:
    """Return the names of all lists."""
    return tuple(_vocabulary())


def read_vocabulary(file: Path) -> dict[str, tuple[Term, ...]]:
    """Read and check a vocabulary file; anything wrong raises ProtocolError."""
    top = open_table(file)
    return {name: _list(top, name) for name in top.values}


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, tuple[Term, ...]]:
    return read_vocabulary(FILE)


def _list(top: Table, name: str) -> tuple[Term, ...]:
    table = top.table(name)
    own = tuple(_term(name, key, table.table(key)) for key in table.values if key != INCLUDE)
    return _included(top, table) + own


def _included(top: Table, table: Table) -> tuple[Term, ...]:
    included = table.optional_word(INCLUDE)
    if included is None:
        return ()
    if INCLUDE in top.table(included).values:
        table.refuse(f"{included} includes another list itself")
    if clash := sorted(set(top.table(included).values) & set(table.values)):
        table.refuse(f"{', '.join(clash)} comes from {included} already")
    return _list(top, included)


def _term(name: str, key: str, row: Table) -> Term:
    expected = NOTES.get(name, {})
    row.only({"nl", "en", *expected})
    if missing := sorted(set(expected) - set(row.values)):
        row.refuse(f"{', '.join(missing)} is missing")
    note = {note: getattr(row, kind)(note) for note, kind in expected.items()}
    return Term(key, row.own_text(), MappingProxyType(note))

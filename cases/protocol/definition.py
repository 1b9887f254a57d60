"""What a protocol is made of, and the checked table that both readers take it from.

Shapes only: which keys a step file may have is in `loader`, the field's code lists are in
`vocabulary`. What a pupil answered is nowhere in this room: answers belong to the models.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import get_language

LISTS = frozenset(
    {
        "incidents",
        "evidence",
        "people",
        "prior_actions",
        "parent_contacts",
        "measures",
        "agreements",
        "talks",
        "support_persons",
    }
)
KINDS = frozenset(
    {
        "bool",
        "must_be_true",
        "score",
        "choice",
        "multi",
        "char",
        "text",
        "date",
        "datetime",
        "staff",
        "leader",
        "class_group",
    }
)
# What may speak against a measure now; found in a case by cases/queries/measure_advice.py.
CAUTIONS = frozenset({"sender_unknown", "adult", "threat", "blackmail", "critical"})
READERS = frozenset({"pupil", "parents", "file"})
LEVELS = range(1, 5)
MAX_LENGTH = {"char": 200, "text": 2000}


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; as a string it is the active language's version."""

    nl: str
    en: str

    def __str__(self) -> str:
        return self.nl if (get_language() or "").startswith("nl") else self.en


@dataclass(frozen=True)
class Choice:
    """One possible answer."""

    key: str
    label: Text
    for_pupil: Text | None = None


@dataclass(frozen=True)
class Condition:
    """Holds when the answer to `field` is one of `values`; booleans read "true" and "false"."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One question of a step. "Required" is about finishing the step, never about saving it."""

    key: str
    kind: str
    label: Text
    help: Text | None
    choices: tuple[Choice, ...]
    required: bool
    required_if: Condition | None
    shown_if: Condition | None
    unless: str | None
    at_least: tuple[str, ...]
    at_severity: frozenset[int]
    max_length: int
    printed: frozenset[str]
    for_pupil: Text | None

    def is_for(self, severity: int | None) -> bool:
        """Say whether this question belongs to a case of this severity; most belong to each."""
        return not self.at_severity or severity in self.at_severity


@dataclass(frozen=True)
class Guidance:
    """A reminder for the conversation lead: something to do, or something to avoid."""

    kind: str
    text: Text


@dataclass(frozen=True)
class Step:
    """One of the ten steps, with what to say, what to ask and which lists to show."""

    number: int
    key: str
    title: Text
    name: Text
    purpose: Text
    who: Text
    say: tuple[Text, ...]
    guidance: tuple[Guidance, ...]
    fields: tuple[Field, ...]
    lists: tuple[str, ...]
    skip_reasons: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """One of the nine things a pupil can do; offered, never imposed."""

    key: str
    label: Text
    help: Text
    owner_type: str
    has_deadline: bool
    due_in_school_days: int | None
    warning: Text | None
    always_discussed_when_critical: bool
    place_in_order: int | None
    after: str | None
    not_now_when: tuple[str, ...]
    recommended_from: int | None
    due_when_critical: int | None
    external_report: str | None


@dataclass(frozen=True)
class Edition:
    """The whole conversation as it was worded at one time. A case keeps the edition it began with."""

    key: str
    steps: tuple[Step, ...]
    measures: tuple[Measure, ...]

    def step(self, number: int) -> Step:
        """Return the step with this number; any other number raises KeyError."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)

    def measure(self, key: str) -> Measure:
        """Return the measure with this key; an unknown key raises KeyError."""
        for measure in self.measures:
            if measure.key == key:
                return measure
        raise KeyError(key)


class ProtocolError(Exception):
    """A protocol or vocabulary file is wrong; says which file and what to mend."""

    def __init__(self, file: Path, message: str) -> None:
        super().__init__(f"{file.name}: {message}")
        self.file = file
        self.message = message


@dataclass(frozen=True)
class Table:
    """One table of a file, with the place to name when something in it is wrong."""

    file: Path
    place: str
    values: Mapping[str, Any]

    def refuse(self, message: str) -> NoReturn:
        """Raise ProtocolError for this place."""
        raise ProtocolError(self.file, f"{self.place}: {message}")

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse keys that nobody reads: they are typing errors."""
        if unknown := sorted(set(self.values) - set(allowed)):
            self.refuse(f"unknown key {', '.join(unknown)}")

    def word(self, name: str) -> str:
        """Return a string that must be there and must not be blank."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"{name} is missing or empty")
        return value

    def optional_word(self, name: str) -> str | None:
        """Return a string or None."""
        return self.word(name) if name in self.values else None

    def number(self, name: str) -> int:
        """Return a whole number of zero or more that must be there."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.refuse(f"{name} is not a whole number")
        return value

    def numbers(self, name: str, allowed: Collection[int]) -> tuple[int, ...]:
        """Return a list of whole numbers out of those that are allowed; absent means empty."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(value in allowed for value in values):
            self.refuse(f"{name} is not a list of numbers from {min(allowed)} to {max(allowed)}")
        return tuple(values)

    def optional_number(self, name: str) -> int | None:
        """Return a whole number or None."""
        return self.number(name) if name in self.values else None

    def flag(self, name: str) -> bool:
        """Return true or false; absent means false."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.refuse(f"{name} is not true or false")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of different strings; absent means empty."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.refuse(f"{name} is not a list of words")
        if len(set(values)) != len(values):
            self.refuse(f"{name} names something twice")
        return tuple(values)

    def table(self, name: str) -> "Table":
        """Return a table inside this one."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            self.refuse(f"{name} is missing or not a table")
        return Table(self.file, f"{self.place}, {name}", value)

    def tables(self, name: str) -> tuple["Table", ...]:
        """Return a list of tables; absent means empty."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.refuse(f"{name} is not a list of tables")
        return tuple(
            Table(self.file, f"{self.place}, {name} {number}", value)
            for number, value in enumerate(values, start=1)
        )

    def text(self, name: str) -> Text:
        """Return a text in both languages that must be there."""
        table = self.table(name)
        table.only({"nl", "en"})
        return table.own_text()

    def optional_text(self, name: str) -> Text | None:
        """Return a text in both languages or None."""
        return self.text(name) if name in self.values else None

    def texts(self, name: str) -> tuple[Text, ...]:
        """Return a list of texts in both languages."""
        tables = self.tables(name)
        for table in tables:
            table.only({"nl", "en"})
        return tuple(table.own_text() for table in tables)

    def own_text(self) -> Text:
        """Return the nl and en of this table itself."""
        return Text(nl=self.word("nl"), en=self.word("en"))


def open_table(file: Path) -> Table:
    """Return the file's top table; a file that is absent or not TOML raises ProtocolError."""
    try:
        return Table(file, "top", tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProtocolError(file, str(error)) from error


def refuse_duplicates(table: Table, name: str, keys: Iterable[str]) -> None:
    """Refuse a key that occurs twice in one list."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            table.refuse(f"{name} has {key} twice")
        seen.add(key)

"""What the check is made of. Shapes only: reading the files is in `loader`, what follows from answers in `advice`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cases.protocol.definition import Choice, Text

# What the case itself tells, found by interventions/queries/situation.py and asked of nobody.
FACTS = frozenset(
    {
        "alarm_open",
        "holiday_near",
        "few_pupils",
        "below_smallest_class",
        "grave_facts",
        "possible_offence",
        "intimate_images",
        "teaches_class",
        "only_answer",
    }
)
# Questions of step 8 that answer an indicator.
KNOWN_FROM = frozenset({"target_consent"})
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Indicator:
    """One question with three answers, and "not clear yet"; `name` is what a reason begins with."""

    key: str
    question: Text
    name: Text
    help: Text | None
    choices: tuple[Choice, ...]
    known_from: str | None

    def choice(self, key: str) -> Choice:
        """The answer with this key; an unknown key raises KeyError."""
        for choice in self.choices:
            if choice.key == key:
                return choice
        raise KeyError(key)


@dataclass(frozen=True)
class Circumstance:
    """Something that speaks against methods whatever the answers are: ticked, or known from the case."""

    key: str
    text: Text
    is_fact: bool
    every_method: bool


@dataclass(frozen=True)
class Never:
    """Answers that together rule a method out."""

    when: Mapping[str, tuple[str, ...]]
    because: Text


@dataclass(frozen=True)
class Row:
    """What speaks for and against one method. An empty one says nothing of its own."""

    method: str
    speaks_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    speaks_against: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: tuple[Never, ...] = ()
    careful: tuple[Never, ...] = ()
    stopped_by: tuple[str, ...] = ()
    careful_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """The questions and the rows as they were at one time; a check keeps the edition it was answered in."""

    key: str
    indicators: tuple[Indicator, ...]
    circumstances: tuple[Circumstance, ...]
    rows: Mapping[str, Row]

    def indicator(self, key: str) -> Indicator:
        """The question with this key; an unknown key raises KeyError."""
        for indicator in self.indicators:
            if indicator.key == key:
                return indicator
        raise KeyError(key)

    @property
    def asked(self) -> tuple[Circumstance, ...]:
        """What somebody ticks."""
        return tuple(one for one in self.circumstances if not one.is_fact)

    def row(self, method: str) -> Row:
        """The row of a method; one that brought none is judged by what holds for every method."""
        return self.rows.get(method) or Row(method)

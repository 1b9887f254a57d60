"""Reads the questions from `questionnaire.toml`, whose header teaches the format. A mistake stops the program."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from cases.protocol.definition import Table, Text, open_table, refuse_duplicates

FILE = Path(__file__).with_name("questionnaire.toml")
FULL, JUNIOR = "full", "junior"
SENTENCES = ("period", "definition", "skip", "temperature", "temperature_help")
ITEM_KEYS = {
    "code", "dimension", "scale", "reverse", "sensitive", "prevalence", "junior", "text",
}  # fmt: skip
PER_DIMENSION = 3


@dataclass(frozen=True)
class Item:
    """One question with its possible answers, the first of them valued 1."""

    code: str
    dimension: str
    reverse: bool
    sensitive: bool
    prevalence: str | None
    about_bullying: bool
    text: Text
    answers: tuple[Text, ...]

    def score(self, mark: int) -> Fraction:
        """The answer from 0 to 100, where 100 is favourable whichever way the question is put."""
        top = len(self.answers)
        steps = top - mark if self.reverse else mark - 1
        return Fraction(steps * 100, top - 1)


@dataclass(frozen=True)
class Named:
    """A subject or a band: its key and what it is called; of a band from where, of a subject what it is as a strength."""

    key: str
    name: Text
    at_least: int = 0
    strength: Text | None = None


@dataclass(frozen=True)
class Version:
    """The questions as one age gets them, in the order in which answers are stored."""

    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Questionnaire:
    """Everything in the file."""

    dimensions: tuple[Named, ...]
    bands: tuple[Named, ...]
    versions: dict[str, Version]
    texts: dict[str, Text]


def questionnaire() -> Questionnaire:
    """The questions of today."""
    return _read(FILE)


def version(key: str) -> Version:
    """`full` or `junior`; another key raises KeyError."""
    return questionnaire().versions[key]


@lru_cache(maxsize=2)
def _read(file: Path) -> Questionnaire:
    return read_questionnaire(file)


def read_questionnaire(file: Path) -> Questionnaire:
    """Read and check a file; anything wrong raises ProtocolError."""
    top = open_table(file)
    top.only({*SENTENCES, "bands", "dimensions", "scales", "items"})
    dimensions = tuple(_named(row, {"key", "name", "strength"}) for row in top.tables("dimensions"))
    found = Questionnaire(
        dimensions=dimensions,
        bands=_bands(top),
        versions={FULL: _version(top, FULL), JUNIOR: _version(top, JUNIOR)},
        texts={name: top.text(name) for name in SENTENCES},
    )
    _refuse_gaps(top, found)
    return found


def _bands(top: Table) -> tuple[Named, ...]:
    bands = tuple(_named(row, {"key", "name", "from"}) for row in top.tables("bands"))
    starts = [band.at_least for band in bands]
    if starts != sorted(starts, reverse=True) or starts[-1:] != [0]:
        top.refuse("bands go from the warmest down to 0")
    return bands


def _named(row: Table, keys: set[str]) -> Named:
    row.only(keys)
    at_least = row.optional_number("from") or 0
    return Named(row.word("key"), row.text("name"), at_least, row.optional_text("strength"))


def _version(top: Table, key: str) -> Version:
    rows = [row for row in top.tables("items") if key == FULL or row.flag("junior")]
    answers = "answers" if key == FULL else "junior"
    return Version(key, tuple(_item(top, row, answers) for row in rows))


def _item(top: Table, row: Table, answers: str) -> Item:
    row.only(ITEM_KEYS)
    scale = top.table("scales").table(row.word("scale"))
    scale.only({"answers", "junior"})
    labels = scale.texts(answers)
    if len(labels) < 2:
        scale.refuse(f"{answers} has fewer than two answers")
    return Item(
        code=row.word("code"),
        dimension=row.word("dimension"),
        reverse=row.flag("reverse"),
        sensitive=row.flag("sensitive"),
        prevalence=row.optional_word("prevalence"),
        about_bullying=row.word("dimension") in {"bullying", "cyberbullying"},
        text=row.text("text"),
        answers=labels,
    )


def _refuse_gaps(top: Table, found: Questionnaire) -> None:
    items = found.versions[FULL].items
    refuse_duplicates(top, "items", [item.code for item in items])
    for dimension in found.dimensions:
        if sum(item.dimension == dimension.key for item in items) != PER_DIMENSION:
            top.refuse(f"{dimension.key} does not have {PER_DIMENSION} items")
    if unknown := {item.dimension for item in items} - {d.key for d in found.dimensions}:
        top.refuse(f"unknown dimension {', '.join(sorted(unknown))}")

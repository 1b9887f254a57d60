"""Reads the editions from their folders: the questions, and one file per method. A mistake stops the program."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cases.protocol.definition import Choice, ProtocolError, Table, open_table, refuse_duplicates
from cases.protocol.questions import key_of
from interventions.suitability.definition import (
    FACTS,
    KNOWN_FROM,
    UNCLEAR,
    Circumstance,
    Edition,
    Indicator,
    Never,
    Row,
)

EDITIONS = Path(__file__).with_name("editions")
QUESTIONS = "questions"
POINTS = 3
INDICATOR_KEYS = {"key", "question", "name", "help", "answers", "known_from"}
ROW_KEYS = {
    "method", "speaks_for", "speaks_against", "never", "careful", "stopped_by", "careful_with",
}  # fmt: skip


class UnknownEdition(LookupError):
    """There is no edition with this name."""


def newest() -> Edition:
    """The edition in which somebody answers today."""
    return edition(max(folder.name for folder in EDITIONS.iterdir() if folder.is_dir()))


@lru_cache(maxsize=16)
def edition(key: str) -> Edition:
    """One edition; an unknown one raises UnknownEdition, a wrong file ProtocolError."""
    if key not in {folder.name for folder in EDITIONS.iterdir()}:
        raise UnknownEdition(key)
    return read_edition(EDITIONS / key)


def read_edition(folder: Path) -> Edition:
    """Read and check a folder; anything wrong raises ProtocolError."""
    table = open_table(folder / f"{QUESTIONS}.toml")
    table.only({"unclear", "indicators", "circumstances"})
    unclear = Choice(UNCLEAR, table.text("unclear"))
    asked = Edition(
        key=folder.name,
        indicators=tuple(_indicator(row, unclear) for row in table.tables("indicators")),
        circumstances=tuple(_circumstance(row) for row in table.tables("circumstances")),
        rows={},
    )
    _check(table, asked)
    files = sorted(file for file in folder.glob("*.toml") if file.stem != QUESTIONS)
    rows = {file.stem: _row(open_table(file), asked) for file in files}
    return Edition(asked.key, asked.indicators, asked.circumstances, rows)


def _indicator(row: Table, unclear: Choice) -> Indicator:
    row.only(INDICATOR_KEYS)
    answers = row.tables("answers")
    for answer in answers:
        answer.only({"key", "nl", "en"})
    choices = tuple(Choice(key_of(answer), answer.own_text()) for answer in answers)
    known_from = row.optional_word("known_from")
    if len(choices) != POINTS or UNCLEAR in {choice.key for choice in choices}:
        row.refuse("answers needs three rows; not clear yet is added to all of them")
    if known_from and known_from not in KNOWN_FROM:
        row.refuse(f"known_from is {known_from}, which step 8 does not tell")
    refuse_duplicates(row, "answers", (choice.key for choice in choices))
    return Indicator(
        key=key_of(row),
        question=row.text("question"),
        name=row.text("name"),
        help=row.optional_text("help"),
        choices=(*choices, unclear),
        known_from=known_from,
    )


def _circumstance(row: Table) -> Circumstance:
    row.only({"key", "text", "is_fact", "every_method"})
    flags = (row.flag("is_fact"), row.flag("every_method"))
    return Circumstance(key_of(row), row.text("text"), *flags)


def _check(table: Table, found: Edition) -> None:
    refuse_duplicates(table, "indicators", (one.key for one in found.indicators))
    refuse_duplicates(table, "circumstances", (one.key for one in found.circumstances))
    facts = {one.key for one in found.circumstances if one.is_fact}
    if wrong := sorted(facts ^ FACTS):
        table.refuse(f"{', '.join(wrong)}: the facts must be exactly those that a case tells")


def _row(table: Table, asked: Edition) -> Row:
    table.only(ROW_KEYS)
    row = Row(
        method=table.word("method"),
        speaks_for=_answers(table, "speaks_for", asked),
        speaks_against=_answers(table, "speaks_against", asked),
        never=tuple(_never(one, asked) for one in table.tables("never")),
        careful=tuple(_never(one, asked) for one in table.tables("careful")),
        stopped_by=_named(table, "stopped_by", asked),
        careful_with=_named(table, "careful_with", asked),
    )
    if row.method != table.file.stem:
        raise ProtocolError(table.file, "method does not match the name of the file")
    for key, answers in row.speaks_for.items():
        if both := sorted(set(answers) & set(row.speaks_against.get(key, ()))):
            table.refuse(f"{', '.join(both)} of {key} speaks for and against")
    return row


def _answers(table: Table, name: str, asked: Edition) -> dict[str, tuple[str, ...]]:
    if name not in table.values:
        return {}
    inner = table.table(name)
    questions = {one.key: {choice.key for choice in one.choices} for one in asked.indicators}
    found = {key: inner.words(key) for key in inner.values}
    for key, answers in found.items():
        if not answers or set(answers) - questions.get(key, set()):
            inner.refuse(f"{key} names no question, no answer, or one that it does not have")
    return found


def _never(table: Table, asked: Edition) -> Never:
    table.only({"when", "because"})
    when = _answers(table, "when", asked)
    if not when:
        table.refuse("when is missing or empty")
    return Never(when, table.text("because"))


def _named(table: Table, name: str, asked: Edition) -> tuple[str, ...]:
    found = table.words(name)
    if unknown := sorted(set(found) - {one.key for one in asked.circumstances}):
        table.refuse(f"{name} names {', '.join(unknown)}, which is no circumstance")
    return found

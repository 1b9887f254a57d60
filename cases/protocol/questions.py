"""Reads the questions of a step: their kinds, choices, and when each of them is asked. The step itself is in `loader`."""

import re

from cases.protocol import vocabulary
from cases.protocol.definition import (
    KINDS,
    LEVELS,
    MAX_LENGTH,
    READERS,
    Choice,
    Condition,
    Field,
    Table,
    refuse_duplicates,
)

KEY = re.compile(r"[a-z][a-z0-9_]*")

FIELD_KEYS = {
    "key", "kind", "label", "help", "choices", "choices_from", "required", "required_if", "shown_if",
    "unless", "at_least", "at_severity", "max_length", "printed", "for_pupil",
}  # fmt: skip


def questions_of(table: Table) -> tuple[Field, ...]:
    """Return the questions of a step in order, each checked by itself and against the others."""
    rows = table.tables("fields")
    fields = tuple(_field(row) for row in rows)
    refuse_duplicates(table, "fields", (field.key for field in fields))
    by_key = {field.key: field for field in fields}
    for row, field in zip(rows, fields, strict=True):
        _check_requiredness(row, field)
        _check_condition(row, "required_if", field.required_if, by_key)
        _check_condition(row, "shown_if", field.shown_if, by_key)
        _check_unless(row, field, by_key)
    return fields


def _field(row: Table) -> Field:
    row.only(FIELD_KEYS)
    kind = row.word("kind")
    if kind not in KINDS:
        row.refuse(f"unknown kind {kind}")
    choices = _choices(row, kind)
    return Field(
        key=key_of(row),
        kind=kind,
        label=row.text("label"),
        help=row.optional_text("help"),
        choices=choices,
        required=row.flag("required"),
        required_if=_condition(row, "required_if"),
        shown_if=_condition(row, "shown_if"),
        unless=row.optional_word("unless"),
        at_least=_at_least(row, kind, choices),
        at_severity=frozenset(row.numbers("at_severity", LEVELS)),
        max_length=_max_length(row, kind),
        printed=frozenset(known(row, "printed", READERS)),
        for_pupil=row.optional_text("for_pupil"),
    )


def _choices(row: Table, kind: str) -> tuple[Choice, ...]:
    if "choices" in row.values and "choices_from" in row.values:
        row.refuse("choices and choices_from exclude each other")
    choices = _borrowed_choices(row) if "choices_from" in row.values else _own_choices(row)
    if bool(choices) != (kind in ("choice", "multi")):
        row.refuse("choices belong to the kinds choice and multi, and to no other")
    return choices


def _own_choices(row: Table) -> tuple[Choice, ...]:
    rows = row.tables("choices")
    for choice in rows:
        choice.only({"key", "nl", "en", "for_pupil"})
    choices = tuple(
        Choice(key_of(choice), choice.own_text(), choice.optional_text("for_pupil"))
        for choice in rows
    )
    refuse_duplicates(row, "choices", (choice.key for choice in choices))
    return choices


def _borrowed_choices(row: Table) -> tuple[Choice, ...]:
    name = row.word("choices_from")
    if name not in vocabulary.names():
        row.refuse(f"the vocabulary has no list {name}")
    return tuple(Choice(term.key, term.label) for term in vocabulary.terms(name))


def _condition(row: Table, name: str) -> Condition | None:
    if name not in row.values:
        return None
    table = row.table(name)
    table.only({"field", "values"})
    if not table.words("values"):
        table.refuse("values is empty")
    return Condition(table.word("field"), table.words("values"))


def _at_least(row: Table, kind: str, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    if "at_least" in row.values and kind != "multi":
        row.refuse("at_least belongs to the kind multi")
    return known(row, "at_least", frozenset(choice.key for choice in choices))


def _max_length(row: Table, kind: str) -> int:
    if "max_length" not in row.values:
        return MAX_LENGTH.get(kind, 0)
    if kind not in MAX_LENGTH or row.number("max_length") == 0:
        row.refuse("max_length is a positive number and belongs to the kinds char and text")
    return row.number("max_length")


def _check_requiredness(row: Table, field: Field) -> None:
    if sum(map(bool, (field.required, field.required_if, field.shown_if))) > 1:
        row.refuse("required, required_if and shown_if exclude each other")
    if field.kind == "must_be_true" and not field.required:
        row.refuse("a field that must be true is required")
    if field.unless and not (field.required or field.required_if):
        row.refuse("unless excuses a field that is not required")


def _check_condition(
    row: Table, name: str, condition: Condition | None, fields: dict[str, Field]
) -> None:
    if condition is None:
        return
    other = fields.get(condition.field)
    if other is None or condition.field == row.word("key"):
        row.refuse(f"{name} asks for {condition.field}, which is no other field of this step")
    if unknown := sorted(set(condition.values) - _answers(other)):
        row.refuse(f"{condition.field} can never be {', '.join(unknown)}")


def _answers(field: Field) -> set[str]:
    if field.kind in ("bool", "must_be_true"):
        return {"true", "false"}
    return {choice.key for choice in field.choices}


def _check_unless(row: Table, field: Field, fields: dict[str, Field]) -> None:
    if field.unless is None:
        return
    other = fields.get(field.unless)
    if other is None or other.kind != "bool":
        row.refuse(f"unless names {field.unless}, which is no bool of this step")


def key_of(table: Table) -> str:
    """Return the key of a row; anything but small letters, digits and underscores is refused."""
    key = table.word("key")
    if not KEY.fullmatch(key):
        table.refuse(f"{key} is not a key: small letters, digits and underscores")
    return key


def known(table: Table, name: str, allowed: frozenset[str]) -> tuple[str, ...]:
    """Return a list of words out of those that are allowed."""
    words = table.words(name)
    if unknown := sorted(set(words) - allowed):
        table.refuse(f"{name} has unknown {', '.join(unknown)}")
    return words

"""Reads the editions of the ten-step conversation from their folders, checks and caches them.

A mistake in a file stops the program at once with `ProtocolError`: a half-right conversation
with a child is worse than none. Whether a step is done is decided by the services, not here.
"""

import re
from functools import lru_cache
from pathlib import Path

from cases.protocol import vocabulary
from cases.protocol.definition import (
    KINDS,
    LISTS,
    MAX_LENGTH,
    READERS,
    Choice,
    Condition,
    Edition,
    Field,
    Guidance,
    Measure,
    ProtocolError,
    Step,
    Table,
    open_table,
    refuse_duplicates,
)

CURRENT_EDITION = "2025-1"
EDITIONS = Path(__file__).with_name("editions")
MEASURES = "measures.toml"
KEY = re.compile(r"[a-z][a-z0-9_]*")

STEP_KEYS = {
    "number", "key", "title", "name", "purpose", "who", "say",
    "guidance", "fields", "lists", "skip_reasons",
}  # fmt: skip
FIELD_KEYS = {
    "key", "kind", "label", "help", "choices", "choices_from", "required",
    "required_if", "unless", "at_least", "max_length", "printed", "for_pupil",
}  # fmt: skip
MEASURE_KEYS = {
    "key", "label", "help", "owner_type", "has_deadline", "due_in_school_days",
    "warning", "always_discussed_when_critical",
}  # fmt: skip


class UnknownEdition(LookupError):
    """There is no edition with this key."""


@lru_cache(maxsize=16)
def edition(key: str) -> Edition:
    """Return one edition; an unknown key raises UnknownEdition, a wrong file ProtocolError."""
    if key not in editions():
        raise UnknownEdition(key)
    return read_edition(EDITIONS / key)


def editions() -> list[str]:
    """Return the keys of all editions, oldest first."""
    return sorted(folder.name for folder in EDITIONS.iterdir() if folder.is_dir())


def read_edition(folder: Path) -> Edition:
    """Read and check the edition in a folder; anything wrong raises ProtocolError."""
    files = sorted(file for file in folder.glob("*.toml") if file.name != MEASURES)
    steps = tuple(_step(open_table(file)) for file in files)
    if [step.number for step in steps] != list(range(1, 11)):
        raise ProtocolError(folder, "the steps are not numbered 1 to 10")
    return Edition(folder.name, steps, _measures(open_table(folder / MEASURES)))


def _step(table: Table) -> Step:
    table.only(STEP_KEYS)
    step = Step(
        number=table.number("number"),
        key=_key(table),
        title=table.text("title"),
        name=table.text("name"),
        purpose=table.text("purpose"),
        who=table.text("who"),
        say=table.texts("say"),
        guidance=tuple(_guidance(row) for row in table.tables("guidance")),
        fields=_fields(table),
        lists=_known(table, "lists", LISTS),
        skip_reasons=_known(table, "skip_reasons", vocabulary.keys("skip_reasons")),
    )
    _check_step(table, step)
    return step


def _check_step(table: Table, step: Step) -> None:
    if table.file.stem != f"{step.number:02}-{step.key}":
        table.refuse("number and key do not match the file's name")
    if not 1 <= len(step.say) <= 3:
        table.refuse("say needs one to three sentences")
    if {guidance.kind for guidance in step.guidance} != {"do", "dont"}:
        table.refuse("guidance needs at least one do and one dont")


def _guidance(row: Table) -> Guidance:
    row.only({"kind", "nl", "en"})
    if row.word("kind") not in ("do", "dont"):
        row.refuse("kind is neither do nor dont")
    return Guidance(row.word("kind"), row.own_text())


def _fields(table: Table) -> tuple[Field, ...]:
    rows = table.tables("fields")
    fields = tuple(_field(row) for row in rows)
    refuse_duplicates(table, "fields", (field.key for field in fields))
    by_key = {field.key: field for field in fields}
    for row, field in zip(rows, fields, strict=True):
        _check_requiredness(row, field)
        _check_condition(row, field.required_if, by_key)
        _check_unless(row, field, by_key)
    return fields


def _field(row: Table) -> Field:
    row.only(FIELD_KEYS)
    kind = row.word("kind")
    if kind not in KINDS:
        row.refuse(f"unknown kind {kind}")
    choices = _choices(row, kind)
    return Field(
        key=_key(row),
        kind=kind,
        label=row.text("label"),
        help=row.optional_text("help"),
        choices=choices,
        required=row.flag("required"),
        required_if=_condition(row),
        unless=row.optional_word("unless"),
        at_least=_at_least(row, kind, choices),
        max_length=_max_length(row, kind),
        printed=frozenset(_known(row, "printed", READERS)),
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
        Choice(_key(choice), choice.own_text(), choice.optional_text("for_pupil"))
        for choice in rows
    )
    refuse_duplicates(row, "choices", (choice.key for choice in choices))
    return choices


def _borrowed_choices(row: Table) -> tuple[Choice, ...]:
    name = row.word("choices_from")
    if name not in vocabulary.names():
        row.refuse(f"the vocabulary has no list {name}")
    return tuple(Choice(term.key, term.label) for term in vocabulary.terms(name))


def _condition(row: Table) -> Condition | None:
    if "required_if" not in row.values:
        return None
    table = row.table("required_if")
    table.only({"field", "values"})
    if not table.words("values"):
        table.refuse("values is empty")
    return Condition(table.word("field"), table.words("values"))


def _at_least(row: Table, kind: str, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    if "at_least" in row.values and kind != "multi":
        row.refuse("at_least belongs to the kind multi")
    return _known(row, "at_least", frozenset(choice.key for choice in choices))


def _max_length(row: Table, kind: str) -> int:
    if "max_length" not in row.values:
        return MAX_LENGTH.get(kind, 0)
    if kind not in MAX_LENGTH or row.number("max_length") == 0:
        row.refuse("max_length is a positive number and belongs to the kinds char and text")
    return row.number("max_length")


def _check_requiredness(row: Table, field: Field) -> None:
    if field.required and field.required_if:
        row.refuse("required and required_if exclude each other")
    if field.kind == "must_be_true" and not field.required:
        row.refuse("a field that must be true is required")
    if field.unless and not (field.required or field.required_if):
        row.refuse("unless excuses a field that is not required")


def _check_condition(row: Table, condition: Condition | None, fields: dict[str, Field]) -> None:
    if condition is None:
        return
    other = fields.get(condition.field)
    if other is None or condition.field == row.word("key"):
        row.refuse(f"required_if asks for {condition.field}, which is no other field of this step")
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


def _measures(table: Table) -> tuple[Measure, ...]:
    table.only({"measures"})
    measures = tuple(_measure(row) for row in table.tables("measures"))
    refuse_duplicates(table, "measures", (measure.key for measure in measures))
    if len(measures) != 9:
        table.refuse("there are nine measures, no more and no fewer")
    return measures


def _measure(row: Table) -> Measure:
    row.only(MEASURE_KEYS)
    has_deadline = row.flag("has_deadline")
    if has_deadline != ("due_in_school_days" in row.values):
        row.refuse("due_in_school_days is given exactly when has_deadline is true")
    if row.word("owner_type") not in ("target", "parent"):
        row.refuse("owner_type is neither target nor parent")
    return Measure(
        key=_key(row),
        label=row.text("label"),
        help=row.text("help"),
        owner_type=row.word("owner_type"),
        has_deadline=has_deadline,
        due_in_school_days=row.number("due_in_school_days") if has_deadline else None,
        warning=row.optional_text("warning"),
        always_discussed_when_critical=row.flag("always_discussed_when_critical"),
    )


def _key(table: Table) -> str:
    key = table.word("key")
    if not KEY.fullmatch(key):
        table.refuse(f"{key} is not a key: small letters, digits and underscores")
    return key


def _known(table: Table, name: str, allowed: frozenset[str]) -> tuple[str, ...]:
    words = table.words(name)
    if unknown := sorted(set(words) - allowed):
        table.refuse(f"{name} has unknown {', '.join(unknown)}")
    return words

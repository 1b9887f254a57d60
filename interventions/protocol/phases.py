"""Reads one phase of a method: when it comes, who is there, and what it asks. Nothing else is asked in it."""

from cases.protocol.definition import (
    Choice,
    Field,
    Guidance,
    Table,
    refuse_duplicates,
)
from cases.protocol.questions import key_of, questions_of
from interventions.protocol.definition import (
    LISTED,
    PEOPLE,
    RECORDS,
    UNITS,
    Gap,
    PersonList,
    Phase,
    ProposalList,
    RuleCount,
)

PHASE_KEYS = {
    "key", "label", "purpose", "who", "people", "size", "minutes", "gap", "again", "same_meeting",
    "may_skip", "composes_group", "needs_rounds", "record", "variants", "say", "guidance", "fields",
    "at_most", "persons", "proposals", "class_rules",
}  # fmt: skip
# Of the keys of a question of the ten steps those that mean something here.
QUESTION_KEYS = {
    "key", "kind", "label", "help", "choices", "choices_from", "required", "required_if", "shown_if",
    "max_length",
}  # fmt: skip
KINDS = {
    "bool", "must_be_true", "score", "choice", "multi", "char", "text", "date", "datetime", "staff",
}  # fmt: skip
LIMITED = {"multi", "text"}


def phase_of(row: Table) -> Phase:
    """Read and check one phase by itself; how phases follow each other is checked in `loader`."""
    row.only(PHASE_KEYS)
    phase = Phase(
        key=key_of(row),
        label=row.text("label"),
        purpose=row.text("purpose"),
        who=row.text("who"),
        people=_one_of(row, "people", PEOPLE),
        size=_range(row, "size"),
        minutes=_range(row, "minutes"),
        gap=_gap(row, "gap"),
        again=_gap(row, "again"),
        same_meeting=row.flag("same_meeting"),
        may_skip=row.flag("may_skip"),
        composes_group=row.flag("composes_group"),
        needs_rounds=row.optional_number("needs_rounds") or 0,
        record=_one_of(row, "record", frozenset(RECORDS)) if "record" in row.values else None,
        variants=frozenset(row.words("variants")),
        say=row.texts("say"),
        guidance=guidance_of(row),
        fields=plain_fields(row, "fields"),
        at_most=_limits(row),
        persons=tuple(_persons(table) for table in row.tables("persons")),
        proposals=_proposals(row),
        class_rules=_class_rules(row),
    )
    _check(row, phase)
    return phase


def guidance_of(row: Table) -> tuple[Guidance, ...]:
    """Reminders: something to do, or something to avoid."""
    found = []
    for table in row.tables("guidance"):
        table.only({"kind", "nl", "en"})
        found.append(Guidance(_one_of(table, "kind", frozenset({"do", "dont"})), table.own_text()))
    return tuple(found)


def plain_fields(row: Table, name: str) -> tuple[Field, ...]:
    """The questions in a list of this row, each of a kind that a phase may ask."""
    for table in row.tables(name):
        table.only(QUESTION_KEYS)
        _one_of(table, "kind", frozenset(KINDS))
    return questions_of(Table(row.file, row.place, {"fields": row.values.get(name, [])}))


def choices_of(row: Table, name: str) -> tuple[Choice, ...]:
    """Words of this method alone, each with a key."""
    found = []
    for table in row.tables(name):
        table.only({"key", "nl", "en"})
        found.append(Choice(key_of(table), table.own_text()))
    refuse_duplicates(row, name, (choice.key for choice in found))
    return tuple(found)


def _one_of(row: Table, name: str, allowed: frozenset[str]) -> str:
    word = row.word(name)
    if word not in allowed:
        row.refuse(f"{name} is {word}, and not one of {', '.join(sorted(allowed))}")
    return word


def _range(row: Table, name: str) -> tuple[int, int] | None:
    if name not in row.values:
        return None
    values = row.numbers(name, range(1000))
    if len(values) != len(("least", "most")) or values[0] > values[1]:
        row.refuse(f"{name} is not a pair of least and most")
    return values[0], values[1]


def _gap(row: Table, name: str) -> Gap | None:
    if name not in row.values:
        return None
    table = row.table(name)
    table.only({"unit", "least", "most", "after"})
    gap = Gap(
        unit=_one_of(table, "unit", UNITS),
        least=table.number("least"),
        most=table.number("most"),
        after=table.optional_word("after"),
    )
    if gap.least > gap.most:
        table.refuse("least is more than most")
    return gap


def _limits(row: Table) -> tuple[tuple[str, int], ...]:
    if "at_most" not in row.values:
        return ()
    table = row.table("at_most")
    return tuple((key, table.number(key)) for key in table.values)


def _persons(table: Table) -> PersonList:
    table.only({"of", "only", "fields"})
    found = PersonList(
        of=_one_of(table, "of", LISTED),
        only=table.words("only"),
        fields=plain_fields(table, "fields"),
    )
    if not found.fields:
        table.refuse("asks nothing")
    return found


def _proposals(row: Table) -> ProposalList | None:
    if "proposals" not in row.values:
        return None
    table = row.table("proposals")
    table.only({"label", "help", "asks_realistic", "least", "reviewed_in"})
    return ProposalList(
        label=table.text("label"),
        help=table.optional_text("help"),
        asks_realistic=table.flag("asks_realistic"),
        least=table.optional_number("least") or 0,
        reviewed_in=table.optional_word("reviewed_in"),
    )


def _class_rules(row: Table) -> RuleCount | None:
    if "class_rules" not in row.values:
        return None
    table = row.table("class_rules")
    table.only({"least", "most"})
    found = RuleCount(table.optional_number("least") or 0, table.number("most"))
    if found.most < max(found.least, 1):
        table.refuse("most is less than least, or nothing at all")
    return found


def _check(row: Table, phase: Phase) -> None:
    if phase.same_meeting and phase.gap:
        row.refuse("what belongs to the same meeting has no gap")
    refuse_duplicates(row, "persons", (people.of for people in phase.persons))
    for key, most in phase.at_most:
        field = phase.field(key)
        if field is None or field.kind not in LIMITED or most == 0:
            row.refuse(f"at_most names {key}, which is no list and no text of this phase")

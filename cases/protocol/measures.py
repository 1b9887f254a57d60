"""Reads the nine measures of an edition; how to read a row stands at the head of each `measures.toml`."""

from cases.protocol import vocabulary
from cases.protocol.definition import CAUTIONS, Measure, Table, refuse_duplicates
from cases.protocol.questions import key_of, known

KEYS = {
    "key", "label", "help", "owner_type", "has_deadline", "due_in_school_days", "warning",
    "always_discussed_when_critical", "place_in_order", "after", "not_now_when",
    "recommended_from", "due_when_critical", "external_report",
}  # fmt: skip


def measures_of(table: Table) -> tuple[Measure, ...]:
    """The nine in the order of the page; anything wrong raises ProtocolError."""
    table.only({"measures"})
    measures = tuple(_measure(row) for row in table.tables("measures"))
    refuse_duplicates(table, "measures", (measure.key for measure in measures))
    if len(measures) != 9:
        table.refuse("there are nine measures, no more and no fewer")
    keys = {measure.key for measure in measures}
    if unknown := sorted({m.after for m in measures if m.after} - keys):
        table.refuse(f"after names {', '.join(unknown)}, which is no measure")
    return measures


def _measure(row: Table) -> Measure:
    row.only(KEYS)
    has_deadline = row.flag("has_deadline")
    if has_deadline != ("due_in_school_days" in row.values):
        row.refuse("due_in_school_days is given exactly when has_deadline is true")
    if row.word("owner_type") not in ("target", "parent"):
        row.refuse("owner_type is neither target nor parent")
    return Measure(
        key=key_of(row),
        label=row.text("label"),
        help=row.text("help"),
        owner_type=row.word("owner_type"),
        has_deadline=has_deadline,
        due_in_school_days=row.optional_number("due_in_school_days"),
        warning=row.optional_text("warning"),
        always_discussed_when_critical=row.flag("always_discussed_when_critical"),
        place_in_order=row.optional_number("place_in_order"),
        after=row.optional_word("after"),
        not_now_when=known(row, "not_now_when", CAUTIONS),
        recommended_from=row.optional_number("recommended_from"),
        due_when_critical=row.optional_number("due_when_critical"),
        external_report=_external_report(row),
    )


def _external_report(row: Table) -> str | None:
    kind = row.optional_word("external_report")
    if kind and kind not in vocabulary.keys("external_report_kinds"):
        row.refuse(f"unknown external report {kind}")
    return kind

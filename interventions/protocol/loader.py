"""Reads the methods from their folders, checks and caches them. A phase is read in `phases`.

A mistake in a file stops the program at once with `ProtocolError`, as with the ten steps.
"""

from functools import lru_cache
from pathlib import Path

from cases.protocol.definition import ProtocolError, Table, open_table, refuse_duplicates
from cases.protocol.questions import key_of
from interventions.protocol.definition import (
    AFTER,
    BEFORE,
    RECORDS,
    Group,
    Loop,
    Method,
    Phase,
    Variant,
)
from interventions.protocol.phases import choices_of, guidance_of, phase_of, plain_fields

EDITIONS = Path(__file__).with_name("editions")

METHOD_KEYS = {
    "key", "version", "family", "label", "purpose", "use_when", "not_when", "stop_when", "avoid",
    "guidance", "smallest_class", "focus", "variants", "group", "loops", "phases", "finish",
}  # fmt: skip
VARIANT_KEYS = {
    "key", "label", "purpose", "needs_consent", "target_present", "without_case", "order",
}  # fmt: skip


class UnknownMethod(LookupError):
    """There is no method, or no version of it, with this name."""


def methods() -> list[str]:
    """The keys of all methods."""
    return sorted(folder.name for folder in EDITIONS.iterdir() if folder.is_dir())


def current(key: str) -> Method:
    """The newest version of a method; an unknown key raises UnknownMethod."""
    versions = sorted(file.stem for file in (EDITIONS / key).glob("*.toml")) if key else []
    if key not in methods() or not versions:
        raise UnknownMethod(key)
    return method(key, versions[-1])


@lru_cache(maxsize=64)
def method(key: str, version: str) -> Method:
    """One version of a method; an unknown one raises UnknownMethod, a wrong file ProtocolError."""
    return read_method(file_of(key, version))


def file_of(key: str, version: str) -> Path:
    """Where a version of a method stands; an unknown one raises UnknownMethod."""
    file = EDITIONS / key / f"{version}.toml"
    if key not in methods() or file.stem not in {other.stem for other in file.parent.iterdir()}:
        raise UnknownMethod(f"{key} {version}")
    return file


def read_method(file: Path) -> Method:
    """Read and check one file; anything wrong raises ProtocolError."""
    return method_of(open_table(file))


def method_of(table: Table) -> Method:
    """Read and check what stands in a file, or in a file as a school adapted it; else ProtocolError."""
    table.only(METHOD_KEYS)
    found = Method(
        key=key_of(table),
        version=table.word("version"),
        family=table.word("family"),
        label=table.text("label"),
        purpose=table.text("purpose"),
        use_when=table.texts("use_when"),
        not_when=table.texts("not_when"),
        stop_when=table.text("stop_when"),
        avoid=table.texts("avoid"),
        guidance=guidance_of(table),
        smallest_class=table.optional_number("smallest_class") or 0,
        focus=table.optional_word("focus"),
        variants=tuple(_variant(row) for row in table.tables("variants")),
        group=_group(table),
        loops=tuple(_loop(row) for row in table.tables("loops")),
        phases=tuple(phase_of(row) for row in table.tables("phases")),
        finish=plain_fields(table, "finish"),
    )
    _check(table, found)
    return found


def _variant(row: Table) -> Variant:
    row.only(VARIANT_KEYS)
    return Variant(
        key=key_of(row),
        label=row.text("label"),
        purpose=row.text("purpose"),
        needs_consent=row.flag("needs_consent"),
        target_present=row.flag("target_present"),
        without_case=row.flag("without_case"),
        order=row.words("order"),
    )


def _group(table: Table) -> Group | None:
    if "group" not in table.values:
        return None
    row = table.table("group")
    row.only({"help", "functions", "takes_adults"})
    return Group(row.text("help"), choices_of(row, "functions"), row.flag("takes_adults"))


def _loop(row: Table) -> Loop:
    row.only({"first", "last", "most", "label", "wanted_if"})
    return Loop(
        first=row.word("first"),
        last=row.word("last"),
        most=row.number("most"),
        label=row.text("label"),
        wanted_if=row.optional_word("wanted_if"),
    )


def _check(table: Table, found: Method) -> None:
    if (table.file.parent.name, table.file.stem) != (found.key, found.version):
        raise ProtocolError(table.file, "key and version do not match the file's place")
    if not found.variants:
        table.refuse("variants needs at least one row: the usual way to run it")
    if {guidance.kind for guidance in found.guidance} != {"do", "dont"}:
        table.refuse("guidance needs at least one do and one dont")
    refuse_duplicates(table, "variants", (variant.key for variant in found.variants))
    for variant in found.variants:
        _check_variant(table, found, variant)
    _check_words(table, found)
    _check_focus(table, found)


def _check_variant(table: Table, found: Method, variant: Variant) -> None:
    own = [p.key for p in found.phases if not p.variants or variant.key in p.variants]
    refuse_duplicates(table, f"phases of {variant.key}", own)
    if not own:
        table.refuse(f"{variant.key} has no phases")
    if variant.order and sorted(variant.order) != sorted(own):
        table.refuse(f"order of {variant.key} does not name its phases, each once")
    phases = found.phases_of(variant.key)
    _check_order(table, phases)
    _check_group(table, found.group, phases)
    _check_records(table, phases)
    for loop in found.loops:
        _check_loop(table, loop, phases)


def _check_order(table: Table, phases: tuple[Phase, ...]) -> None:
    keys = [phase.key for phase in phases]
    for number, phase in enumerate(phases):
        if phase.same_meeting and number == 0:
            table.refuse(f"{phase.key} is the first phase, so it has no meeting to belong to")
        if phase.gap and phase.gap.after and phase.gap.after not in keys[:number]:
            table.refuse(f"{phase.key} comes after {phase.gap.after}, which is no earlier phase")
        review = phase.proposals.reviewed_in if phase.proposals else None
        if review and review not in keys[number:]:
            table.refuse(f"{phase.key} is reviewed in {review}, which is no later phase")


def _check_group(table: Table, group: Group | None, phases: tuple[Phase, ...]) -> None:
    if group is None and any(phase.needs_group for phase in phases):
        table.refuse("a group comes together, and the table group is missing")
    functions = {choice.key for choice in group.functions} if group else set()
    for phase in phases:
        for people in phase.persons:
            if unknown := sorted(set(people.only) - functions):
                table.refuse(f"{phase.key} asks about {', '.join(unknown)}, which is no part")


def _check_records(table: Table, phases: tuple[Phase, ...]) -> None:
    """Measured once before and at most once after, in that order."""
    records = [phase.record for phase in phases if phase.record]
    if records != list(RECORDS[: len(records)]):
        table.refuse(f"its phases record {', '.join(records)}: first {BEFORE}, then {AFTER}")


def _check_focus(table: Table, found: Method) -> None:
    fields = [phase.field(found.focus) for phase in found.phases if found.focus]
    if found.focus and not any(field and field.kind == "multi" for field in fields):
        table.refuse(f"focus is {found.focus}, and no phase asks it as a multi")


def _check_loop(table: Table, loop: Loop, phases: tuple[Phase, ...]) -> None:
    keys = [phase.key for phase in phases]
    ends = {loop.first, loop.last}
    if not ends & set(keys):
        return
    if not ends <= set(keys) or keys.index(loop.first) > keys.index(loop.last):
        table.refuse(f"the loop from {loop.first} to {loop.last} is no stretch of phases")
    if loop.wanted_if and phases[keys.index(loop.last)].field(loop.wanted_if) is None:
        table.refuse(f"{loop.last} does not ask {loop.wanted_if}")


def _check_words(table: Table, found: Method) -> None:
    """What a method does not say, its own sentences to say aloud do not say either."""
    for phase in found.phases:
        for sentence in phase.say:
            for word in found.avoid:
                if _says(sentence.nl, word.nl) or _says(sentence.en, word.en):
                    table.refuse(f"{phase.key} says aloud: {word.en}, which this method avoids")


def _says(sentence: str, word: str) -> bool:
    return word.casefold() in sentence.casefold()

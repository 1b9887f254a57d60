"""Reads the editions of the ten-step conversation from their folders, checks and caches them.

A mistake in a file stops the program at once with `ProtocolError`: a half-right conversation
with a child is worse than none. Whether a step is done is decided by the services, not here.
"""

from functools import lru_cache
from pathlib import Path

from cases.protocol import vocabulary
from cases.protocol.definition import (
    LISTS,
    Edition,
    Guidance,
    ProtocolError,
    Step,
    Table,
    open_table,
)
from cases.protocol.measures import measures_of
from cases.protocol.questions import key_of, known, questions_of

CURRENT_EDITION = "2026-1"
EDITIONS = Path(__file__).with_name("editions")
ABOUT, MEASURES = "edition.toml", "measures.toml"

STEP_KEYS = {
    "number", "key", "title", "name", "purpose", "who", "say",
    "guidance", "fields", "lists", "skip_reasons",
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
    files = _files(folder)
    steps = tuple(_step(open_table(files[name])) for name in sorted(files) if name != MEASURES)
    if [step.number for step in steps] != list(range(1, 11)):
        raise ProtocolError(folder, "the steps are not numbered 1 to 10")
    measures = open_table(files.get(MEASURES, folder / MEASURES))
    return Edition(folder.name, steps, measures_of(measures))


def _files(folder: Path) -> dict[str, Path]:
    """The files of an edition by name: those of the edition it is based on, and its own in their place."""
    base = base_of(folder)
    own = {file.name: file for file in folder.glob("*.toml") if file.name != ABOUT}
    return {**(_files(base) if base else {}), **own}


def base_of(folder: Path) -> Path | None:
    """Return the folder of the older edition that this one is based on, if any."""
    about = folder / ABOUT
    if not about.exists():
        return None
    table = open_table(about)
    table.only({"based_on"})
    key = table.word("based_on")
    # Older only, so that no chain of editions comes back to where it began.
    if key not in {other.name for other in folder.parent.iterdir() if other.name < folder.name}:
        table.refuse(f"based_on names {key}, which is no older edition")
    return folder.with_name(key)


def _step(table: Table) -> Step:
    table.only(STEP_KEYS)
    step = Step(
        number=table.number("number"),
        key=key_of(table),
        title=table.text("title"),
        name=table.text("name"),
        purpose=table.text("purpose"),
        who=table.text("who"),
        say=table.texts("say"),
        guidance=tuple(_guidance(row) for row in table.tables("guidance")),
        fields=questions_of(table),
        lists=known(table, "lists", LISTS),
        skip_reasons=known(table, "skip_reasons", vocabulary.keys("skip_reasons")),
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

"""The lists of the conversation on paper, read once from `lists.toml`: columns, their words and who may read them.

Which rows there are is nowhere in this room, and neither is how a value reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from cases.protocol.definition import (
    LISTS,
    READERS,
    ProtocolError,
    Table,
    Text,
    open_table,
    refuse_duplicates,
)
from cases.protocol.questions import key_of, known

FILE = Path(__file__).with_name("lists.toml")


@dataclass(frozen=True)
class Column:
    """One column of a list on paper, out of one column of the database or several."""

    key: str
    of: tuple[str, ...]
    label: Text
    for_pupil: Text | None
    printed: frozenset[str]

    def words(self, audience: str) -> str:
        """Return its heading for this reader."""
        return str((audience == "pupil" and self.for_pupil) or self.label)


@dataclass(frozen=True)
class PrintedList:
    """One list: where it stands on paper, and its columns in order."""

    key: str
    step: int
    label: Text
    for_pupil: Text | None
    columns: tuple[Column, ...]
    never: tuple[str, ...]

    def words(self, audience: str) -> str:
        """Return its heading for this reader."""
        return str((audience == "pupil" and self.for_pupil) or self.label)

    def for_reader(self, audience: str) -> tuple[Column, ...]:
        """Return the columns that this reader gets."""
        return tuple(column for column in self.columns if audience in column.printed)


@lru_cache(maxsize=1)
def printed_lists() -> Mapping[str, PrintedList]:
    """Return every list by its name, in the order of the paper."""
    return MappingProxyType(read_lists(FILE))


def read_lists(file: Path) -> dict[str, PrintedList]:
    """Read and check a file of lists; anything wrong raises ProtocolError."""
    top = open_table(file)
    top.only(LISTS)
    if missing := sorted(LISTS - set(top.values)):
        raise ProtocolError(file, f"says nothing about {', '.join(missing)}")
    return {name: _list(name, top.table(name)) for name in top.values}


def _list(name: str, table: Table) -> PrintedList:
    table.only({"step", "label", "for_pupil", "never", "columns"})
    columns = tuple(_column(row) for row in table.tables("columns"))
    refuse_duplicates(table, "columns", (column.key for column in columns))
    never = table.words("never")
    refuse_duplicates(table, "the list", [*(one for c in columns for one in c.of), *never])
    return PrintedList(
        key=name,
        step=table.number("step"),
        label=table.text("label"),
        for_pupil=table.optional_text("for_pupil"),
        columns=columns,
        never=never,
    )


def _column(row: Table) -> Column:
    row.only({"key", "of", "label", "for_pupil", "printed"})
    printed = frozenset(known(row, "printed", READERS))
    if not printed:
        row.refuse("printed names nobody; what no paper shows belongs in never")
    return Column(
        key=key_of(row),
        of=row.words("of") or (key_of(row),),
        label=row.text("label"),
        for_pupil=row.optional_text("for_pupil"),
        printed=printed,
    )

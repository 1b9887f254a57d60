"""The lists of a conversation report as tables, or as cards where a table would be too wide for a page or a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cases.models import Conversation
from cases.protocol.lists import PrintedList, printed_lists
from cases.queries.list_rows import ListRows

WIDEST_TABLE = 4


@dataclass(frozen=True)
class Cell:
    """A column and what one row says in it."""

    label: str
    text: str


@dataclass(frozen=True)
class Table:
    """A list under its heading. In a table every row has all columns; on a card only those that say something."""

    heading: str
    columns: list[str]
    rows: list[list[Cell]]
    is_wide: bool


@dataclass(frozen=True)
class Tables:
    """The lists as far as this audience may read them."""

    conversation: Conversation
    audience: str
    hide: Callable[[str], str]

    def of(self, step: int) -> list[Table]:
        """The lists that stand under this step on paper, without the empty ones."""
        here = (listed for listed in printed_lists().values() if listed.step == step)
        return [table for listed in here for table in self._table(listed)]

    def _table(self, listed: PrintedList) -> Iterator[Table]:
        rows, columns = self._rows, listed.for_reader(self.audience)
        found = rows.of(listed.key) if columns else []
        texts = [[rows.text(listed.key, row, column) for column in columns] for row in found]
        # A column in which nobody said anything is no column of this paper.
        said = [i for i, _column in enumerate(columns) if any(row[i] for row in texts)]
        if said:
            labels = [columns[i].words(self.audience) for i in said]
            cells = [
                [Cell(label, row[i]) for label, i in zip(labels, said, strict=True)]
                for row in texts
            ]
            is_wide = len(said) > WIDEST_TABLE
            yield Table(listed.words(self.audience), labels, cells, is_wide)

    @property
    def _rows(self) -> ListRows:
        return ListRows(self.conversation, self.audience, self.hide)

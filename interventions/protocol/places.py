"""What of a method a school may put in its own words, and how far its days and minutes may move.

Everything else stays as published: who takes part, how many, what is asked and required, consent, the order, when it
fits and when to stop. Nothing here knows a method by name: the file says what there is, so a new one adapts at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cases.protocol.definition import Table, Text

Path = tuple[str | int, ...]

LONGEST = {"label": 60, "proposals": 80}
LONGEST_TEXT = 400
OF_LISTS = {("proposals", "label"): "proposals", ("group", "help"): "group"}
# How many lines of its own a school adds to one list.
MOST_LINES = 5
# Part of a talk may take longer in a school than the method thinks; shorter would rush it.
LONGER = 2


@dataclass(frozen=True)
class Place:
    """One text, list of own lines, range or switch. Its address is the key in what a school adapts.

    `role` says what it is for on the page; `about` is the question that a help text belongs to.
    """

    address: str
    part: str
    kind: str
    role: str
    path: Path
    text: Text | None = None
    about: Text | None = None
    usual: tuple[int, int] = (0, 0)
    bounds: tuple[int, int] = (0, 0)
    unit: str = ""

    @property
    def longest(self) -> int:
        """How many characters fit."""
        return LONGEST.get(self.role, LONGEST_TEXT)


def places_of(table: Table) -> tuple[Place, ...]:
    """Every place of a method in the order of its pages; the method as a whole first."""
    return (*_whole(table), *(place for row in parts_of(table) for place in _phase(*row)))


def parts_of(table: Table) -> list[tuple[str, int, Table]]:
    """The phases of the file by a name of their own: a key may occur once in each way of running it."""
    rows = table.tables("phases")
    often = Counter(row.word("key") for row in rows)
    return [(_name(row, often), number, row) for number, row in enumerate(rows)]


def _name(row: Table, often: Counter[str]) -> str:
    key = row.word("key")
    return key if often[key] == 1 else "-".join([key, *row.words("variants")])


def _whole(table: Table) -> Iterator[Place]:
    yield _text(table, "", (), "label")
    yield _text(table, "", (), "purpose")
    yield from _guidance(table, "", ())
    if "group" in table.values:
        yield _text(table.table("group"), "", ("group",), "help", "group")


def _phase(part: str, number: int, row: Table) -> Iterator[Place]:
    here: Path = ("phases", number)
    yield _text(row, part, here, "label")
    yield _text(row, part, here, "purpose")
    for index, text in enumerate(row.texts("say")):
        yield Place(_at(part, "say", index), part, "text", "say", (*here, "say", index), text)
    yield Place(_at(part, "say-more"), part, "lines", "say", (*here, "say"))
    yield from _guidance(row, part, here)
    yield from _questions(row, part, here)
    if "proposals" in row.values:
        asked, place = row.table("proposals"), (*here, "proposals")
        yield _text(asked, part, place, "label", "proposals")
        if "help" in asked.values:
            yield _text(asked, part, place, "help", "proposals")
    yield from _ranges(row, part, here)
    if row.flag("may_skip"):
        yield Place(_at(part, "off"), part, "off", "off", here)


def _text(row: Table, part: str, here: Path, name: str, of: str = "") -> Place:
    role = OF_LISTS.get((of, name), name)
    address = _at(part, *filter(None, (of, name)))
    return Place(address, part, "text", role, (*here, name), row.text(name))


def _guidance(row: Table, part: str, here: Path) -> Iterator[Place]:
    for index, line in enumerate(row.tables("guidance")):
        place = (*here, "guidance", index)
        text, kind = line.own_text(), line.word("kind")
        yield Place(_at(part, "guidance", index), part, "text", kind, place, text)
    for kind in ("do", "dont"):
        yield Place(_at(part, f"{kind}-more"), part, "lines", kind, (*here, "guidance"))


def _questions(row: Table, part: str, here: Path) -> Iterator[Place]:
    lists: list[tuple[Table, Path, str]] = [(row, here, "")]
    for index, people in enumerate(row.tables("persons")):
        lists.append((people, (*here, "persons", index), people.word("of")))
    for table, place, of in lists:
        for index, field in enumerate(table.tables("fields")):
            if "help" in field.values:
                address = _at(part, *filter(None, (of, field.word("key"), "help")))
                path = (*place, "fields", index, "help")
                text, about = field.text("help"), field.text("label")
                yield Place(address, part, "text", "help", path, text, about)


def _ranges(row: Table, part: str, here: Path) -> Iterator[Place]:
    if "minutes" in row.values:
        least, most = row.numbers("minutes", range(1000))
        yield Place(
            address=_at(part, "minutes"),
            part=part,
            kind="range",
            role="minutes",
            path=(*here, "minutes"),
            usual=(least, most),
            bounds=(least, most * LONGER),
        )
    for name in ("gap", "again"):
        if name in row.values:
            gap = row.table(name)
            # Earlier than the method wants is too early, and later than that is late: what is between may be chosen.
            days = (gap.number("least"), gap.number("most"))
            if days[0] == days[1]:
                continue
            yield Place(
                address=_at(part, name),
                part=part,
                kind="range",
                role=name,
                path=(*here, name),
                usual=days,
                bounds=days,
                unit=gap.word("unit"),
            )


def _at(part: str, *names: Any) -> str:
    return "-".join(str(name) for name in (*(("phases", part) if part else ()), *names))

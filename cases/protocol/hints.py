"""What a step says beside its questions, per country, read once from `hints.toml`. When it says so is no matter here."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cases.protocol.definition import Table, Text, open_table
from cases.protocol.help_routes import COUNTRIES, EVERYWHERE

FILE = Path(__file__).with_name("hints.toml")
HINTS = frozenset({"parents", "self_blame", "discrimination", "offence", "bystanders"})
KEYS = {"key", "country", "step", "text"}
STEPS = range(1, 11)


@dataclass(frozen=True)
class Hint:
    """One sentence for whoever leads the conversation."""

    key: str
    country: str
    step: int
    text: Text


def hints_of(step: int, country: str) -> list[Hint]:
    """The hints that a step can give in this country, in their order."""
    return [h for h in _hints() if h.step == step and h.country in {country, EVERYWHERE}]


def read_hints(file: Path) -> tuple[Hint, ...]:
    """Read and check a file of hints; anything wrong raises ProtocolError."""
    top = open_table(file)
    top.only({"hints"})
    hints = tuple(_hint(table) for table in top.tables("hints"))
    if unknown := HINTS - {hint.key for hint in hints}:
        top.refuse(f"{', '.join(sorted(unknown))} is missing")
    return hints


@lru_cache(maxsize=1)
def _hints() -> tuple[Hint, ...]:
    return read_hints(FILE)


def _hint(table: Table) -> Hint:
    table.only(KEYS)
    key, country, step = table.word("key"), table.word("country"), table.number("step")
    if key not in HINTS:
        table.refuse(f"key is none of {', '.join(sorted(HINTS))}")
    if country not in COUNTRIES:
        table.refuse(f"country is not one of {', '.join(sorted(COUNTRIES))}")
    if step not in STEPS:
        table.refuse("step is not a number from 1 to 10")
    return Hint(key, country, step, table.text("text"))

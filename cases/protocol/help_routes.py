"""Where a school calls or reports, per country, read once from `help_routes.toml`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cases.protocol import vocabulary
from cases.protocol.definition import Table, Text, open_table, refuse_duplicates

FILE = Path(__file__).with_name("help_routes.toml")
KEYS = {"key", "country", "name", "contact", "for_what", "flags", "for_pupil", "last_checked_on"}
CHECKED_WITHIN = timedelta(days=365)
EVERYWHERE = "both"
COUNTRIES = frozenset({"nl", "be", EVERYWHERE})


@dataclass(frozen=True)
class Route:
    """One place to call or to report to."""

    key: str
    country: str
    name: Text
    contact: str
    for_what: Text
    flags: frozenset[str]
    for_pupil: bool
    last_checked_on: date

    def is_outdated(self, today: date) -> bool:
        """Nobody compared it for more than a year: the number may be another by now."""
        return today > self.last_checked_on + CHECKED_WITHIN

    @property
    def dial(self) -> str:
        """What a telephone dials; empty when the contact is no number."""
        first = self.contact.partition(" / ")[0]
        digits = first.replace("-", "").replace(" ", "")
        return digits if digits.isdecimal() else ""


def routes_for(country: str, flags: Collection[str]) -> list[Route]:
    """The routes of a country that one of these red flags asks for, in their order."""
    here = {country, EVERYWHERE}
    return [r for r in _routes() if r.country in here and not r.flags.isdisjoint(flags)]


def outdated(today: date) -> list[Route]:
    """The routes of all countries that somebody should compare again."""
    return [route for route in _routes() if route.is_outdated(today)]


def read_routes(file: Path) -> tuple[Route, ...]:
    """Read and check a file of routes; anything wrong raises ProtocolError."""
    top = open_table(file)
    top.only({"routes"})
    routes = tuple(_route(table) for table in top.tables("routes"))
    refuse_duplicates(top, "routes", [route.key for route in routes])
    return routes


@lru_cache(maxsize=1)
def _routes() -> tuple[Route, ...]:
    return read_routes(FILE)


def _route(table: Table) -> Route:
    table.only(KEYS)
    country, flags = table.word("country"), frozenset(table.words("flags"))
    if country not in COUNTRIES:
        table.refuse(f"country is not one of {', '.join(sorted(COUNTRIES))}")
    if unknown := sorted(flags - vocabulary.keys("red_flags")):
        table.refuse(f"unknown red flag {', '.join(unknown)}")
    return Route(
        key=table.word("key"),
        country=country,
        name=table.text("name"),
        contact=table.word("contact"),
        for_what=table.text("for_what"),
        flags=flags,
        for_pupil=table.flag("for_pupil"),
        last_checked_on=_day(table, "last_checked_on"),
    )


def _day(table: Table, name: str) -> date:
    value = table.values.get(name)
    if not isinstance(value, date) or isinstance(value, datetime):
        table.refuse(f"{name} is not a day")
    return value

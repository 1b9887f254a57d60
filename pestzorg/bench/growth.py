"""S2: the same page in a country of ten thousand cases and in this one, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections

from cases.access.statement import Statement
from pestzorg.bench.lists import page_of
from pestzorg.bench.people import Person, people
from pestzorg.bench.population import SIZES, Population
from pestzorg.bench.rounds import Variant, race
from pestzorg.bench.verdict import Verdict

SMALL = "10k"


def growth(persons: list[Person], verdict: Verdict) -> None:
    """Only beside a small country that `bench 10k --keep` left."""
    try:
        connections["small"].ensure_connection()
    except OperationalError:
        verdict.shown("S2", "growth from 10k", "not measured: run `bench 10k --keep` before")
        return
    with _in_small_country():
        small = {p.name: page_of(p) for p in people(Population(SIZES[SMALL]))}
    variants: dict[str, Variant] = {}
    for person in persons:
        variants[f"{person.name} 10k"] = _asked("small", small[person.name])
        variants[person.name] = _asked("default", page_of(person))
    times = race(variants, rounds=101)
    for person in persons:
        grown = times[person.name].over(times[f"{person.name} 10k"])
        verdict.at_most("S2", f"{person.name} page, x the page at 10k", grown, 1.4)


@contextmanager
def _in_small_country() -> Iterator[None]:
    large = connections["default"]
    connections["default"] = connections["small"]
    try:
        yield
    finally:
        connections["default"] = large


def _asked(alias: str, statement: Statement) -> Variant:
    def ask() -> object:
        with connections[alias].cursor() as cursor:
            cursor.execute(statement.sql, statement.params)
            return cursor.fetchall()

    return ask

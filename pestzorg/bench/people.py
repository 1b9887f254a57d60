"""The personas as the product knows them, and what the reference says of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property

from cases.access import Who
from pestzorg import clock
from pestzorg.bench.population import Persona, Population
from pestzorg.bench.reference import seen_by
from schools.models import User


class Person:
    """One persona: the account, the principals (resolved once, as in a request), and the expected cases."""

    def __init__(self, persona: Persona, population: Population, now: datetime) -> None:
        self.name = persona.name
        self.user = User.objects.get(pk=persona.user)
        self.expected = seen_by(persona, population)
        self.who = Who(self.user, now)
        self.principals = len({seen.principal_id for seen in self.who.seen})

    @cached_property
    def ids(self) -> list[int]:
        """The expected cases, newest first."""
        return [number for number, _level in self.expected]

    def fresh(self) -> Who:
        """The same person with the same principals, who has not looked at any case yet."""
        who = replace(self.who, _case_rules={})
        who.__dict__.update(seen=self.who.seen, excluded=self.who.excluded)
        return who


def people(population: Population) -> list[Person]:
    """Everybody whose pages are measured."""
    return [Person(persona, population, clock.now()) for persona in population.personas]

"""Who and what there is in the made-up country, decided by one seed and kept in plain lists. No database."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
SEED = 42
LAST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
CASES_PER_SCHOOL = 139
OPEN_SHARE, RESTRICTED_SHARE = 0.4, 0.02
OPEN_STATES = ("active", "active", "active", "active", "assessing", "reported")
# Who works at each school, in the order of their numbers; a school has sixteen members of staff.
STAFF = ("principal", "coordinator", "coordinator", "counsellor", *["teacher"] * 12)
COORDINATORS, TEACHERS = (2, 3), range(5, 17)
VIEW, CONTRIBUTE, MANAGE = 20, 30, 40
HEAVY_SCHOOL = 1
MANY_SCHOOLS = range(10, 35)
OWN_CASES = 8
RUNS_OUT = 23  # of so many grants to look along, one has ended


class Grant(NamedTuple):
    """One person's level on one case; `live` is false for one that has run out."""

    user: int
    level: int
    live: bool = True


class CaseFacts(NamedTuple):
    """A case, and everybody to whom it was given by name."""

    number: int
    school: int
    opened_at: datetime
    status: str
    restricted: bool
    grants: tuple[Grant, ...]

    @property
    def is_open(self) -> bool:
        """Still to be worked on."""
        return self.status != "closed"


class Persona(NamedTuple):
    """Somebody whose pages are measured: their roles, as (role, school)."""

    name: str
    user: int
    roles: tuple[tuple[str, int], ...]


@dataclass
class Population:
    """The country of `size` cases: the same for everybody who builds it."""

    size: int
    cases: list[CaseFacts] = field(default_factory=list)
    exclusions: list[tuple[int, int]] = field(default_factory=list)  # (user, case)

    def __post_init__(self) -> None:
        self.schools = max(40, self.size // CASES_PER_SCHOOL)
        self.staff = self.schools * len(STAFF)
        draw = random.Random(SEED)  # noqa: S311 - made-up data has to come out the same each time
        school_of = self._spread(draw)
        self.middle = self._school_with(school_of, CASES_PER_SCHOOL + 1)
        self.cases = [self._case(draw, i, school) for i, school in enumerate(school_of, start=1)]
        self._give_eight()
        self._shut_out()

    @property
    def personas(self) -> tuple[Persona, ...]:
        """A teacher with eight cases, a coordinator of 140, one of 25 schools, and somebody with 20,000 grants."""
        coordinator = self.member(self.middle, COORDINATORS[0])
        many = tuple(("coordinator", school) for school in MANY_SCHOOLS)
        return (
            Persona("teacher8", self.staff + 1, (("teacher", self.middle),)),
            Persona("coord140", coordinator, (("coordinator", self.middle),)),
            Persona("multi25", self.staff + 2, many),
            Persona("heavy20k", self.staff + 3, (("teacher", HEAVY_SCHOOL),)),
        )

    @property
    def quiet(self) -> int:
        """A school that no persona works at."""
        return self.schools if self.middle != self.schools else self.schools - 1

    @property
    def newcomers(self) -> tuple[Persona, ...]:
        """The personas that are no member of the ordinary staff."""
        return tuple(p for p in self.personas if p.user > self.staff)

    def member(self, school: int, place: int) -> int:
        """The number of the user at this place (from 1) in the staff of a school."""
        return (school - 1) * len(STAFF) + place

    def members(self) -> Iterator[tuple[int, str, int]]:
        """Everybody's (user, role, school)."""
        for school in range(1, self.schools + 1):
            for place, role in enumerate(STAFF, start=1):
                yield self.member(school, place), role, school
        for persona in self.newcomers:
            for role, school in persona.roles:
                yield persona.user, role, school

    def _spread(self, draw: random.Random) -> list[int]:
        """A school for each case: some schools have many, most have few, and one is as large as a city."""
        ordinary = range(HEAVY_SCHOOL + 1, self.schools + 1)
        weights = [draw.lognormvariate(0, 0.8) for _school in ordinary]
        spread = draw.choices(ordinary, weights, k=self.size)
        for case in draw.sample(range(self.size), min(20_000, self.size // 4)):
            spread[case] = HEAVY_SCHOOL
        return spread

    def _school_with(self, school_of: list[int], wanted: int) -> int:
        sizes = Counter(school_of)
        candidates = (s for s in sizes if s != HEAVY_SCHOOL and s not in MANY_SCHOOLS)
        return min(candidates, key=lambda school: (abs(sizes[school] - wanted), school))

    def _case(self, draw: random.Random, number: int, school: int) -> CaseFacts:
        # Five-minute steps, so that some cases began at the same moment.
        minutes = int(YEARS.total_seconds() / 60 * (number - self.size) / self.size) // 5 * 5
        return CaseFacts(
            number=number,
            school=school,
            opened_at=LAST_DAY + timedelta(minutes=minutes),
            status=draw.choice(OPEN_STATES) if draw.random() < OPEN_SHARE else "closed",
            restricted=draw.random() < RESTRICTED_SHARE,
            grants=self._grants(draw, number, school),
        )

    def _grants(self, draw: random.Random, number: int, school: int) -> tuple[Grant, ...]:
        """The handler, the lead, up to two colleagues; some of these grants have run out."""
        lead, *colleagues = draw.sample(TEACHERS, draw.choice((1, 1, 2, 3)))
        handler = COORDINATORS[number % 2]
        grants = [
            Grant(self.member(school, handler), MANAGE),
            Grant(self.member(school, lead), CONTRIBUTE),
            *(Grant(self.member(school, c), VIEW, number % RUNS_OUT != 0) for c in colleagues),
        ]
        if school == HEAVY_SCHOOL:
            grants.append(Grant(self.staff + 3, VIEW, number % RUNS_OUT != 0))
        return tuple(grants)

    def _give_eight(self) -> None:
        """Eight open cases, from all three years, to a teacher who has no other."""
        there = [
            c for c in self.cases if c.school == self.middle and c.is_open and not c.restricted
        ]
        for case in there[:: max(1, len(there) // OWN_CASES)][:OWN_CASES]:
            given = (*case.grants, Grant(self.staff + 1, VIEW))
            self.cases[case.number - 1] = case._replace(grants=given)

    def _shut_out(self) -> None:
        """The newest open case of the coordinator of 25 schools is closed to them."""
        many = self.personas[2]
        there = (c for c in reversed(self.cases) if c.school in MANY_SCHOOLS and c.is_open)
        newest = next(case for case in there if not case.restricted)
        self.exclusions.append((many.user, newest.number))

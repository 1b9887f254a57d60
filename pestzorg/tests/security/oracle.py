"""Who may do what, written a second time by hand from the tables of the model, in sets: the oracle of the proofs.

Shares nothing with cases/access, cases/ceilings.py or any table of the database. Plain facts go in; levels and
rules come out. People, cases and schools are numbers; a board is a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

START = datetime.fromisoformat("2025-11-03T09:00:00+01:00")
PEOPLE, SCHOOLS, CASES = 6, 3, 4
HOME = {0: "board 0", 1: "board 0", 2: "board 1"}  # school -> board
AT_SCHOOL = ["teacher", "coordinator", "counsellor", "principal", "school_admin"]
AT_BOARD = ["board_viewer", "dpo", "safety_officer"]
WITH_PUPILS = {"teacher", "coordinator", "counsellor", "principal"}

# role -> the level that the role opens by itself on a normal and on a restricted case; None: no such way
BY_ROLE: dict[str, tuple[int | None, int | None]] = {
    "coordinator": (40, None),
    "counsellor": (0, 20),
    "principal": (10, None),
    "safety_officer": (None, 0),
    "dpo": (0, 0),
}
GLASS_OF = {False: "principal", True: "safety_officer"}  # restricted? -> who may break the glass
LADDER = {10: "R12 R13", 20: "R14 R25 R26", 30: "R17 R24", 40: "R27 R30 R32 R33 R35"}
LOOKING = {"R12", "R13", "R14", "R26"}  # all that glass or a token ever opens
# Gone once the case is closed: first it is opened again (R32).
WRITING = {"R17", "R24", "R25", "R27", "R28", "R29", "R30", "R31", "R55"}
# (role, way, restricted) -> from which level on -> rules beside the ladder
BESIDE = {
    ("coordinator", "role", False): (40, "R15 R28 R29 R36"),
    ("coordinator", "name", True): (40, "R28 R29"),
    ("counsellor", "role", False): (0, "R28 R29 R30"),
    ("counsellor", "role", True): (20, "R15 R28 R29 R31"),
    ("principal", "role", False): (10, "R39 R55"),
    ("safety_officer", "role", True): (0, "R39 R55"),
    ("dpo", "role", False): (0, "R35"),
    ("dpo", "role", True): (0, "R35"),
}
WAITS, LASTS = timedelta(days=14), timedelta(hours=4)  # for a second person; emergency access


@dataclass(frozen=True)
class Held:
    """A role of somebody at a school (a number) or a board (a word)."""

    person: int
    place: object
    role: str
    begins: datetime
    ends: datetime | None = None


@dataclass(frozen=True)
class Given:
    """What somebody has of a case by name: a level, `view_reporter`, `export_case`, or a role for glass."""

    person: int
    case: int
    what: object
    until: datetime


@dataclass(frozen=True)
class Token:
    """What a program may ask for."""

    can_read_cases: bool
    schools: frozenset[int]


@dataclass
class Facts:
    """Everything that is true now."""

    now: datetime = START
    lies_in: list[int] = field(default_factory=lambda: [0, 0, 0, 1])  # case -> school
    roles: list[Held] = field(default_factory=list)
    grants: list[Given] = field(default_factory=list)
    extras: list[Given] = field(default_factory=list)
    glass: list[Given] = field(default_factory=list)
    suspended: set[tuple[int, object]] = field(default_factory=set)
    inactive: set[int] = field(default_factory=set)
    out_of_case: set[tuple[int, int]] = field(default_factory=set)
    out_of_school: set[tuple[int, int]] = field(default_factory=set)
    restricted: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    reading_principals: set[int] = field(default_factory=set)
    gone_people: set[int] = field(default_factory=set)
    gone_cases: set[int] = field(default_factory=set)
    asked: dict[object, tuple[int, datetime]] = field(default_factory=dict)

    def roles_at(self, person: int, school: int) -> set[str]:
        """Roles at this school or its board that count now."""
        if person in self.inactive or (person, school) in self.out_of_school:
            return set()
        return {
            held.role
            for held in self.roles
            if held.person == person
            and held.place in (school, HOME[school])
            and (person, held.place) not in self.suspended
            and held.begins <= self.now
            and (held.ends is None or self.now < held.ends)
        }

    def works_at(self, person: int, school: int) -> bool:
        return bool(self.roles_at(person, school) & WITH_PUPILS)

    def ways(self, person: int, case: int) -> Iterator[tuple[str, str, int]]:
        """(role, by role or name or glass, level): every reason why somebody may do something in a case."""
        if (person, case) in self.out_of_case or case in self.gone_cases:
            return
        school, restricted = self.lies_in[case], case in self.restricted
        for role in self.roles_at(person, school):
            level = BY_ROLE.get(role, (None, None))[restricted]
            if role == "principal" and level == 10 and school in self.reading_principals:
                level = 20
            if level is not None:
                yield role, "role", level
            if role in WITH_PUPILS:
                for level in self.of(self.grants, person, case):
                    yield role, "name", level
            if role == GLASS_OF[restricted] and role in self.of(self.glass, person, case):
                yield role, "glass", 20

    def of(self, given: list[Given], person: int, case: int) -> list:
        """What of this is somebody's in this case, and still runs."""
        mine = (g for g in given if (g.person, g.case) == (person, case))
        return [g.what for g in mine if self.now < g.until]

    def level(self, person: int, case: int, token: Token | None = None) -> int:
        """How far somebody sees: 0 nothing, 10 header, 20 content and so on."""
        if token is not None and not self.reaches(token, case):
            return 0
        ways = [w for w in self.ways(person, case) if token is None or w[1] != "glass"]
        highest = max((level for _role, _how, level in ways), default=0)
        return highest if token is None else min(highest, 20)

    def reaches(self, token: Token, case: int) -> bool:
        inside = self.lies_in[case] in token.schools and case not in self.restricted
        return token.can_read_cases and inside

    def rules(self, person: int, case: int, token: Token | None = None) -> set[str]:
        """Everything somebody may do with a case."""
        if token is not None:
            return LOOKING & ladder(self.level(person, case, token))
        found: set[str] = set()
        reached = 0
        for role, how, level in self.ways(person, case):
            found |= ladder(level) & LOOKING if how == "glass" else ladder(level)
            at, more = BESIDE.get((role, how, case in self.restricted), (99, ""))
            found |= set(more.split()) if level >= at else set()
            found |= {"R36"} if how == "name" else set()
            reached = max(reached, 0 if how == "glass" else level)
        found |= self._by_extras(person, case, reached)
        return found - WRITING if case in self.closed else found

    def _by_extras(self, person: int, case: int, reached: int) -> set[str]:
        extras, found = self.of(self.extras, person, case), set()
        restricted = case in self.restricted
        roles = self.roles_at(person, self.lies_in[case]) & WITH_PUPILS
        if "export_case" in extras and reached >= 20 and roles:
            found.add("R33")
        # The counsellor hears who reported only in a case that is restricted.
        hearing = roles if restricted else roles - {"counsellor"}
        if "view_reporter" in extras and reached >= 30 and hearing:
            found.add("R15")
        return found

    def may(self, person: int, rule: str, case: int) -> bool:
        return rule in self.rules(person, case)

    def has_manager(self, case: int) -> bool:
        return any(self.level(person, case) >= 40 for person in range(PEOPLE))

    def second_agrees(self, key: object, person: int, entitled: object) -> bool | None:
        """None: refused, the same person twice. False: asked now. True: somebody else had asked."""
        asker, at = self.asked.get(key, (None, self.now))
        if asker is None or at <= self.now - WAITS or not entitled(asker):  # type: ignore[operator]
            self.asked[key] = (person, self.now)
            return False
        if asker == person:
            return None
        del self.asked[key]
        return True


def ladder(level: int) -> set[str]:
    """The rules of a level and of every level below it."""
    return {rule for at, names in LADDER.items() if at <= level for rule in names.split()}

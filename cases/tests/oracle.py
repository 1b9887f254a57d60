"""Who may see what, written a second time by hand: the oracle of the access tests. Shares nothing with the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

START = datetime.fromisoformat("2025-11-03T09:00:00+01:00")
STEP = timedelta(hours=12)

# role -> highest level (normal case, restricted case); None: this way does not exist for the role
BY_ROLE = {
    "coordinator": (40, None),
    "counsellor": (0, 20),
    "principal": (10, None),
    "safety_officer": (None, 0),
    "dpo": (0, 0),
}
BY_GRANT = {"teacher", "coordinator", "counsellor", "principal"}  # up to 40, restricted or not
OPENED_AT = {10: "R12 R13", 20: "R14 R25 R26", 30: "R17 R24", 40: "R27 R32"}
AT_SCHOOL = ["teacher", "coordinator", "counsellor", "principal", "school_admin"]
AT_BOARD = ["board_viewer", "dpo", "safety_officer"]
WORKS_WITH_PUPILS = {"teacher", "coordinator", "counsellor", "principal"}
LEVELS = {"view_case": 20, "contribute_case": 30, "manage_case": 40, "view_reporter": -1}

PEOPLE, SCHOOLS, CASES = 7, 3, 5
HOME = {0: "board 0", 1: "board 0", 2: "board 1"}  # school -> board
LIES_IN = [0, 0, 0, 1, 2]  # case -> school


@dataclass
class Facts:
    """What is true now, in sets and dictionaries."""

    now: datetime = START
    roles: list[tuple[int, object, str, datetime, datetime | None]] = field(default_factory=list)
    suspended: set[tuple[int, object]] = field(default_factory=set)
    inactive: set[int] = field(default_factory=set)
    grants: list[tuple[int, int, int, datetime]] = field(default_factory=list)
    restricted: set[int] = field(default_factory=set)
    reading_principals: set[int] = field(default_factory=set)

    def roles_at(self, person: int, case: int) -> set[str]:
        school = LIES_IN[case]
        return {
            role
            for who, place, role, begins, ends in self.roles
            if who == person
            and place in (school, HOME[school])
            and (who, place) not in self.suspended
            and who not in self.inactive
            and begins <= self.now
            and (ends is None or self.now < ends)
        }

    def level(self, person: int, case: int) -> int:
        restricted = case in self.restricted
        roles = self.roles_at(person, case)
        found = [BY_ROLE.get(role, (None, None))[restricted] or 0 for role in roles]
        if "principal" in roles and not restricted and LIES_IN[case] in self.reading_principals:
            found.append(20)
        if roles & BY_GRANT:
            found += [
                level
                for who, what, level, until in self.grants
                if (who, what) == (person, case) and self.now < until and level > 0
            ]
        return max(found, default=0)

    def works_at(self, person: int, school: int) -> bool:
        return bool(self.roles_at(person, LIES_IN.index(school)) & WORKS_WITH_PUPILS)


def rules_of(level: int) -> set[str]:
    return {rule for at, names in OPENED_AT.items() if at <= level for rule in names.split()}

"""What each role may do at most, as data: ceilings per role, rules per level, exceptions per role.

Pure data, no queries. cases/access/ reads it; pestzorg/tests/security/test_matrix.py proves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from schools.roles import Role


class Level(IntEnum):
    """How much of a case is open. BLIND counts in checks only, never in lists, counts or search."""

    BLIND = 0
    HEADER = 10
    VIEW = 20
    CONTRIBUTE = 30
    MANAGE = 40
    AS_ROLE_ALLOWS = 90


# Extra grants stand beside the levels and are stored as negative ones.
VIEW_REPORTER, EXPORT_CASE = -1, -2

EXTRAS = {"view_reporter": VIEW_REPORTER, "export_case": EXPORT_CASE}
RULE_OF_EXTRA = {"view_reporter": "R15", "export_case": "R33"}

LEVEL_OF_PERMISSION = {
    "view_case": Level.VIEW,
    "contribute_case": Level.CONTRIBUTE,
    "manage_case": Level.MANAGE,
    **EXTRAS,
}
PERMISSION_OF_LEVEL = {
    Level.VIEW: "view_case",
    Level.CONTRIBUTE: "contribute_case",
    Level.MANAGE: "manage_case",
}


@dataclass(frozen=True)
class Ceiling:
    """`role` sees through principals of `kind` (A audience, S seat, G glass) up to `cap`."""

    role: Role
    kind: str
    restricted: bool
    cap: int


NORMAL, RESTRICTED = False, True

# role, kind of principal, restricted cases?, highest level. No row: the role has no such principal at all,
# so a stray grant to an administrator or a board role opens nothing.
CEILINGS = [
    Ceiling(Role.TEACHER, "S", NORMAL, 40),
    Ceiling(Role.TEACHER, "S", RESTRICTED, 40),
    Ceiling(Role.COORDINATOR, "A", NORMAL, 40),
    Ceiling(Role.COORDINATOR, "S", NORMAL, 40),
    Ceiling(Role.COORDINATOR, "S", RESTRICTED, 40),
    Ceiling(Role.COUNSELLOR, "A", NORMAL, 0),
    Ceiling(Role.COUNSELLOR, "A", RESTRICTED, 20),
    Ceiling(Role.COUNSELLOR, "S", NORMAL, 40),
    Ceiling(Role.COUNSELLOR, "S", RESTRICTED, 40),
    Ceiling(Role.PRINCIPAL, "A", NORMAL, 10),  # 20 when the school switched principal_content on
    Ceiling(Role.PRINCIPAL, "S", NORMAL, 40),
    Ceiling(Role.PRINCIPAL, "S", RESTRICTED, 40),
    Ceiling(Role.PRINCIPAL, "G", NORMAL, 20),
    Ceiling(Role.SAFETY_OFFICER, "A", RESTRICTED, 0),
    Ceiling(Role.SAFETY_OFFICER, "G", RESTRICTED, 20),
    Ceiling(Role.DPO, "A", NORMAL, 0),
    Ceiling(Role.DPO, "A", RESTRICTED, 0),
]

# The ladder: level -> the rules (pestzorg/rules/rules.csv) that open at that level; higher levels include lower ones.
# R25 at VIEW is for the owner of the agreement only: cases/access/check.py may_settle().
RULES_AT_LEVEL = {
    Level.HEADER: {"R12", "R13"},
    Level.VIEW: {"R14", "R25", "R26"},
    Level.CONTRIBUTE: {"R17", "R24"},
    Level.MANAGE: {"R27", "R30", "R32", "R33", "R35"},
}
# The rule that tells how high on the ladder somebody stands, for buttons.
RULE_OF_LEVEL = {
    Level.HEADER: "R13",
    Level.VIEW: "R14",
    Level.CONTRIBUTE: "R17",
    Level.MANAGE: "R27",
}


@dataclass(frozen=True)
class Beside:
    """Rules beside the ladder: what `role` may do through principals of `kind` from level `at` on."""

    role: Role
    kind: str
    restricted: bool
    at: int
    rules: frozenset[str]


# role, kind of principal, restricted cases?, from this level on, rules. Rights are not a chain: a coordinator
# excludes a colleague, a team manager does not. At 0 somebody acts without seeing the case.
BESIDE = [
    Beside(Role.COORDINATOR, "A", NORMAL, 40, frozenset({"R15", "R28", "R29", "R36"})),
    Beside(Role.COORDINATOR, "S", RESTRICTED, 40, frozenset({"R28", "R29"})),
    Beside(Role.COUNSELLOR, "A", NORMAL, 0, frozenset({"R28", "R29", "R30"})),
    Beside(Role.COUNSELLOR, "A", RESTRICTED, 20, frozenset({"R15", "R28", "R29", "R31"})),
    Beside(Role.PRINCIPAL, "A", NORMAL, 10, frozenset({"R39", "R55"})),
    Beside(Role.SAFETY_OFFICER, "A", RESTRICTED, 0, frozenset({"R39", "R55"})),
    Beside(Role.DPO, "A", NORMAL, 0, frozenset({"R35"})),
    Beside(Role.DPO, "A", RESTRICTED, 0, frozenset({"R35"})),
]
# Who was given the case by name hears what happens in it.
RULES_OF_SEATS = frozenset({"R36"})
# Emergency access looks and does nothing else: no ticking off, no export.
RULES_OF_GLASS = frozenset({"R12", "R13", "R14", "R26"})
# What a token with the scope cases:read may do, whatever its owner may.
RULES_OF_TOKENS = frozenset({"R12", "R13", "R14", "R26"})
# In a closed case nothing is written any more: whoever wants to opens it again first (R32).
RULES_OF_OPEN_CASES = frozenset({"R17", "R24", "R25", "R27", "R28", "R29", "R30", "R31", "R55"})


def rules_up_to(level: int) -> frozenset[str]:
    """The rules that a level opens."""
    return frozenset(rule for at, found in RULES_AT_LEVEL.items() if at <= level for rule in found)


def rules_through(role: str, kind: str, level: int, *, restricted: bool) -> frozenset[str]:
    """The rules that a level opens to a role through one kind of principal."""
    if kind == "G":
        return RULES_OF_GLASS & rules_up_to(level)
    beside = (
        row.rules
        for row in BESIDE
        if (row.role, row.kind, row.restricted) == (role, kind, restricted) and row.at <= level
    )
    seat = RULES_OF_SEATS if kind == "S" and level >= Level.VIEW else frozenset()
    return rules_up_to(level).union(seat, *beside)


def rules_of_extra(extra: int, role: str, reached: int, *, restricted: bool) -> frozenset[str]:
    """What an extra grant adds to somebody who reaches this level without it; alone it opens nothing."""
    if extra == EXPORT_CASE:
        return frozenset({"R33"} if reached >= Level.VIEW else ())
    # The counsellor hears who reported only where the case is theirs to look after.
    hears = reached >= Level.CONTRIBUTE and (restricted or role != Role.COUNSELLOR)
    return frozenset({"R15"} if hears else ())

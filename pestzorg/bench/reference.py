"""Who sees which case, computed from the plain lists alone: what every measured query has to answer."""

from __future__ import annotations

from pestzorg.bench.population import MANAGE, CaseFacts, Persona, Population

# Written down here again on purpose: a reference that read cases/ceilings.py would agree with any mistake in it.
BY_ROLE = {("coordinator", False): MANAGE, ("counsellor", True): 20, ("principal", False): 10}
BY_NAME = {"teacher", "coordinator", "counsellor", "principal"}


def seen_by(persona: Persona, population: Population) -> list[tuple[int, int]]:
    """The open cases of somebody, newest first, as (number, level)."""
    closed = {case for user, case in population.exclusions if user == persona.user}
    cases = (c for c in population.cases if c.is_open and c.number not in closed)
    found = [(case, _level(persona, case)) for case in cases]
    found = [(case, level) for case, level in found if level]
    found.sort(key=lambda pair: (pair[0].opened_at, pair[0].number), reverse=True)
    return [(case.number, level) for case, level in found]


def _level(persona: Persona, case: CaseFacts) -> int:
    roles = [role for role, school in persona.roles if school == case.school]
    by_role = [BY_ROLE.get((role, case.restricted), 0) for role in roles]
    by_name = [g.level for g in case.grants if g.user == persona.user and g.live]
    return max(by_role + (by_name if BY_NAME & set(roles) else []), default=0)

"""Who decides in a case, and who looks after cases at the board."""

from __future__ import annotations

from datetime import datetime

from cases.access import Seer, who_sees
from cases.ceilings import Level
from cases.models import Case, CaseExclusion, Principal
from schools.models import User
from schools.queries.people import officers_of
from schools.roles import Role


def managers_of(case: Case, now: datetime) -> list[Seer]:
    """Everybody who manages this case now, those with a personal grant first."""
    managers = [seer for seer in who_sees(case, now) if seer.level >= Level.MANAGE]
    return sorted(managers, key=lambda seer: seer.way(Principal.Kind.SEAT) is None)


def caretakers_of(case: Case, now: datetime) -> list[User]:
    """Who hears what happens to a case: its managers, and of a restricted case the counsellor who reads it."""
    reads = {Role.COUNSELLOR} if case.restricted else set()
    seers = who_sees(case, now)
    return [s.user for s in seers if s.level >= Level.MANAGE or reads & set(s.roles)]


def officers_for(case: Case, now: datetime, role: Role) -> list[User]:
    """The officers of the board with this role who are not excluded from the case."""
    live = CaseExclusion.objects.filter(case=case, lifted_at=None)
    return list(officers_of(case.school, now, role).exclude(pk__in=live.values("user")))

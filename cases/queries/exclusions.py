"""Who may not see a case, and who already asked to let them in again."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case, CaseExclusion
from schools.models import User
from schools.queries.exclusions import Excluded, asker, with_askers

# The names under which the services ask for a second person.
LIFT_EXCLUSION, LIFT_RESTRICTION = "lift_case_exclusion", "lift_restriction"


def excluded_from(case: Case, now: datetime) -> list[Excluded[CaseExclusion]]:
    """Everybody who is kept out of this case now."""
    return with_askers(case.exclusions.select_related("case"), LIFT_EXCLUSION, now)


def waiting_restriction(case: Case, now: datetime) -> User | None:
    """The counsellor who asked to open this case up and waits for another."""
    return asker(LIFT_RESTRICTION, case.uuid, now)

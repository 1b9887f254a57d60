"""Who may not see a case, and who already asked to let them in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.models import Case, CaseExclusion
from pestzorg.four_eyes.agree import waiting
from schools.models import User

# The names under which the services ask for a second person.
LIFT_EXCLUSION, LIFT_RESTRICTION = "lift_case_exclusion", "lift_restriction"


@dataclass(frozen=True)
class Excluded:
    """One exclusion that holds, and the person who asked to lift it."""

    exclusion: CaseExclusion
    asked_by: User | None

    @property
    def key(self) -> UUID:
        """How a form names it: by the person."""
        return self.exclusion.user.uuid


def excluded_from(case: Case, now: datetime) -> list[Excluded]:
    """Everybody who is kept out of this case now."""
    live = case.exclusions.filter(lifted_at=None).select_related("user", "set_by", "case")
    return [Excluded(row, _asker(LIFT_EXCLUSION, row.uuid, now)) for row in live.order_by("set_at")]


def waiting_restriction(case: Case, now: datetime) -> User | None:
    """The counsellor who asked to open this case up and waits for another."""
    return _asker(LIFT_RESTRICTION, case.uuid, now)


def _asker(verb: str, subject_uuid: UUID, now: datetime) -> User | None:
    request = waiting(verb, subject_uuid, now)
    return User.objects.filter(pk=request.asked_by_id).first() if request else None

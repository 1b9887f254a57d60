"""Who is kept out of a school or of a case there, who decides that of a school, and who asked to let them in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from pestzorg.four_eyes.agree import waiting
from schools.models import MembershipRole, School, SchoolExclusion, User
from schools.models.exclusion import Exclusion
from schools.roles import Role

# The name under which the service asks for a second person.
LIFT_SCHOOL_EXCLUSION = "lift_school_exclusion"
DECIDE = (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL)
E = TypeVar("E", bound=Exclusion)


@dataclass(frozen=True)
class Excluded(Generic[E]):
    """One exclusion that holds, and the person who asked to lift it."""

    exclusion: E
    asked_by: User | None

    @property
    def key(self) -> UUID:
        """How a form names it: by the person."""
        return self.exclusion.user.uuid


def with_askers(exclusions: QuerySet[E], verb: str, now: datetime) -> list[Excluded[E]]:
    """Those of these exclusions that hold, the oldest first; `verb` is what lifting them is asked under."""
    live = exclusions.filter(lifted_at=None).select_related("user", "set_by").order_by("set_at")
    return [Excluded(row, asker(verb, row.uuid, now)) for row in live]


def asker(verb: str, subject_uuid: UUID, now: datetime) -> User | None:
    """Who asked for this and waits for a second person."""
    request = waiting(verb, subject_uuid, now)
    return User.objects.filter(pk=request.asked_by_id).first() if request else None


def excluded_from_school(school: School, now: datetime) -> list[Excluded[SchoolExclusion]]:
    """Everybody who is kept out of this school now."""
    return with_askers(school.exclusions.select_related("school"), LIFT_SCHOOL_EXCLUSION, now)


def schools_decided_by(person_id: int, now: datetime) -> QuerySet[School]:
    """Where somebody may exclude: coordinator, counsellor and leader of the school, and safety officer of its board.

    Who is kept out of a school decides nothing there.
    """
    held = MembershipRole.objects.valid_at(now).filter(membership__user=person_id)
    here = held.filter(role__in=DECIDE).values("membership__school")
    boards = held.filter(role=Role.SAFETY_OFFICER).values("membership__board")
    out = SchoolExclusion.objects.filter(user=person_id, lifted_at=None).values("school")
    watched = Q(board__in=boards) & ~Q(pk__in=out)
    return School.objects.filter(Q(pk__in=here) | watched).order_by("name")

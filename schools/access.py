"""Which schools, classes and pupils somebody may look up. Who may see a case: cases/access/."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from schools.models import MembershipRole, Pupil, School, SchoolClass, User
from schools.roles import Role

# Roles that may look up every pupil of their school; a teacher only those of the own classes (rule R11).
LOOKS_UP_ALL = (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL)
# Roles that may report a concern (rule R10): everybody who works with pupils.
REPORTERS = (Role.TEACHER, *LOOKS_UP_ALL)


def schools_for(user: User, now: datetime, roles: tuple[Role, ...]) -> QuerySet[School]:
    """The schools where somebody has one of these roles now."""
    held = MembershipRole.objects.valid_at(now).filter(membership__user=user, role__in=roles)
    return School.objects.filter(pk__in=held.values("membership__school"))


def roles_of(user: User, now: datetime) -> frozenset[str]:
    """Every role somebody has anywhere now; for menus, never for decisions about a case."""
    return frozenset(
        MembershipRole.objects.valid_at(now)
        .filter(membership__user=user)
        .values_list("role", flat=True)
    )


def may_own_feed(user: User, now: datetime) -> bool:
    """Whether somebody has anything that a calendar could show (rule R50): they work with pupils somewhere now."""
    return user.is_active and schools_for(user, now, REPORTERS).exists()


def classes_for(user: User, now: datetime) -> QuerySet[SchoolClass]:
    """The classes of this school year whose pupils somebody may look up."""
    own = Q(class_teachers=user, school__in=schools_for(user, now, (Role.TEACHER,)))
    everywhere = Q(school__in=schools_for(user, now, LOOKS_UP_ALL))
    this_year = Q(school_year__starts_on__lte=now.date(), school_year__ends_on__gte=now.date())
    return SchoolClass.objects.filter(
        pk__in=SchoolClass.objects.filter(this_year, own | everywhere).values("pk")
    )


def pupils_for(user: User, now: datetime) -> QuerySet[Pupil]:
    """The pupils somebody may look up, each once."""
    return Pupil.objects.filter(pk__in=classes_for(user, now).values("enrolments__pupil"))

"""The classes in which somebody may do what a rule names: the own ones, and for some roles all of the school."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from cases.access import Who
from interventions.models import Intervention, InterventionStatus
from schools.access import schools_for
from schools.models import SchoolClass, User
from schools.queries.people import CONTENT_ROLES
from schools.roles import Role

# rule -> the roles that it opens every class of their school to; a class teacher has the own classes
EVERY_CLASS = {
    "R05": (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL),
    "R57": (Role.COORDINATOR,),
    "R58": (Role.COORDINATOR,),
    "R59": (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL),
    "R60": (Role.COORDINATOR,),
}
# rule -> which interventions open their class to whoever facilitates them; none opens the case behind one
FACILITATED = {"R59": tuple(InterventionStatus), "R60": Intervention.OPEN}


def classes_for_rule(user: User, rule: str, now: datetime) -> QuerySet[SchoolClass]:
    """The classes of which somebody may do this, also those of earlier school years."""
    own = Q(class_teachers=user, school__in=schools_for(user, now, (Role.TEACHER,)))
    every = Q(school__in=schools_for(user, now, EVERY_CLASS[rule]))
    facilitated = _facilitated(user, rule, now)
    found = SchoolClass.objects.filter(own | every | Q(pk__in=facilitated.values("class_group")))
    return SchoolClass.objects.filter(pk__in=found.values("pk"))


def may_in_class(user: User, rule: str, class_id: int, now: datetime) -> bool:
    """Whether somebody may do this in that class."""
    return classes_for_rule(user, rule, now).filter(pk=class_id).exists()


def _facilitated(user: User, rule: str, now: datetime) -> QuerySet[Intervention]:
    if rule not in FACILITATED:
        return Intervention.objects.none()
    run = Intervention.objects.filter(facilitator=user, status__in=FACILITATED[rule])
    # Whoever was kept out of a case is no facilitator in it any more.
    mine = run.exclude(case__in=Who(user, now).excluded)
    return mine.filter(school__in=schools_for(user, now, CONTENT_ROLES))


def classes_of_this_year(user: User, rule: str, now: datetime) -> QuerySet[SchoolClass]:
    """Those of them that exist today, each with its school."""
    today = now.date()
    found = classes_for_rule(user, rule, now).filter(
        school_year__starts_on__lte=today, school_year__ends_on__gte=today
    )
    return found.select_related("school")

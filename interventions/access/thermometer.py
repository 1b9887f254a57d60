"""Who sees what the thermometer of a class shows (R05), and who prepares, opens and closes it (R58)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from interventions.models import Run
from schools.access import schools_for
from schools.models import SchoolClass, User
from schools.roles import Role

# rule -> the roles that it opens every class of their school to; a class teacher has the own classes
EVERY_CLASS = {
    "R05": (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL),
    "R58": (Role.COORDINATOR,),
}


def classes_for_rule(user: User, rule: str, now: datetime) -> QuerySet[SchoolClass]:
    """The classes of which somebody may do this, also those of earlier school years."""
    own = Q(class_teachers=user, school__in=schools_for(user, now, (Role.TEACHER,)))
    every = Q(school__in=schools_for(user, now, EVERY_CLASS[rule]))
    return SchoolClass.objects.filter(pk__in=SchoolClass.objects.filter(own | every).values("pk"))


def runs_for_rule(user: User, rule: str, now: datetime) -> QuerySet[Run]:
    """The runs of those classes."""
    return Run.objects.filter(school_class__in=classes_for_rule(user, rule, now))


def get_run(user: User, rule: str, uuid: UUID, now: datetime) -> Run:
    """The run, or 404 for whom it does not exist."""
    found = runs_for_rule(user, rule, now).select_related("school", "school_class", "previous")
    return get_object_or_404(found, uuid=uuid)


def may_run(user: User, school_class: SchoolClass, now: datetime) -> bool:
    """Whether somebody may prepare, open and close a thermometer in this class."""
    return classes_for_rule(user, "R58", now).filter(pk=school_class.pk).exists()

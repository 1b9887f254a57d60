"""Who reads the rules of a class (R59), and who adopts, changes and ends them (R60)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from cases.access import Who
from interventions.access.classes import classes_for_rule, may_in_class
from interventions.access.interventions import may_run
from interventions.models import ClassRule, Intervention
from schools.models import SchoolClass, User


def get_class(user: User, rule: str, uuid: UUID, now: datetime) -> SchoolClass:
    """The class, or 404 for whom it does not exist."""
    found = classes_for_rule(user, rule, now).select_related("school", "school_year")
    return get_object_or_404(found, uuid=uuid)


def get_class_rule(user: User, rule: str, uuid: UUID, now: datetime) -> ClassRule:
    """The rule of such a class, or 404 for whom it does not exist."""
    found = ClassRule.objects.select_related("school", "school_class__school_year")
    return get_object_or_404(found, uuid=uuid, school_class__in=classes_for_rule(user, rule, now))


def may_read(user: User, school_class: SchoolClass, now: datetime) -> bool:
    """Whether somebody may read every rule of this class."""
    return may_in_class(user, "R59", school_class.pk, now)


def may_write(user: User, school_class: SchoolClass, now: datetime) -> bool:
    """Whether somebody may adopt, change and end rules of this class."""
    return may_in_class(user, "R60", school_class.pk, now)


def may_adopt(
    user: User, school_class: SchoolClass, intervention: Intervention | None, now: datetime
) -> bool:
    """The same, or within an intervention whoever runs it."""
    if intervention is not None:
        return may_run(Who(user, now), intervention)
    return may_write(user, school_class, now)

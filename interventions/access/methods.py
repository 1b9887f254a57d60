"""The schools whose methods somebody reads (R56: who runs them there), and may put in other words (R64)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from interventions.access.interventions import RUNNERS
from schools.access import schools_for
from schools.models import School, User
from schools.roles import Role

ROLES = {"R56": RUNNERS, "R64": (Role.COORDINATOR,)}


def schools_for_rule(user: User, rule: str, now: datetime) -> QuerySet[School]:
    """The schools where this rule lets somebody in."""
    return schools_for(user, now, ROLES[rule])


def get_school(user: User, rule: str, code: str, now: datetime) -> School:
    """The school, or 404 for whom it does not exist here."""
    return get_object_or_404(schools_for_rule(user, rule, now), code=code)

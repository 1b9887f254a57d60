"""Who sees what the thermometer of a class shows (R05), and who prepares, opens and closes it (R58)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cases.access import Who
from interventions.access.classes import classes_for_rule, may_in_class
from interventions.models import Run
from schools.access import schools_for
from schools.models import Board, MembershipRole, School, SchoolClass, User
from schools.roles import Role


def runs_for_rule(user: User, rule: str, now: datetime) -> QuerySet[Run]:
    """The runs of those classes."""
    return Run.objects.filter(school_class__in=classes_for_rule(user, rule, now))


def runs_visible_to(who: Who) -> QuerySet[Run]:
    """The runs whose totals somebody sees (R05); a program with a token sees none."""
    if not isinstance(who.user, User) or who.token is not None:
        return Run.objects.none()
    return runs_for_rule(who.user, "R05", who.now)


def get_run(user: User, rule: str, uuid: UUID, now: datetime) -> Run:
    """The run, or 404 for whom it does not exist."""
    found = runs_for_rule(user, rule, now).select_related("school", "school_class", "previous")
    return get_object_or_404(found, uuid=uuid)


def may_run(user: User, school_class: SchoolClass, now: datetime) -> bool:
    """Whether somebody may prepare, open and close a thermometer in this class."""
    return may_in_class(user, "R58", school_class.pk, now)


def schools_to_set(user: User, now: datetime) -> QuerySet[School]:
    """The schools for which somebody decides how few answers are shown (R63)."""
    return schools_for(user, now, (Role.COORDINATOR, Role.SCHOOL_ADMIN))


def boards_of(user: User, now: datetime) -> QuerySet[Board]:
    """The boards whose schools somebody looks at from afar (R62)."""
    held = MembershipRole.objects.valid_at(now).filter(
        membership__user=user, role=Role.BOARD_VIEWER
    )
    return Board.objects.filter(pk__in=held.values("membership__board"))

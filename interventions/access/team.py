"""Who looks at all approaches of a school together (R61), and which of them each reader may see one by one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from cases.access import Who, visible_to
from interventions.access.interventions import interventions_visible_to
from interventions.models import Intervention, InterventionStatus
from schools.access import schools_for
from schools.models import School, User
from schools.roles import Role

TEAM = (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL)


def team_schools(user: User, now: datetime) -> list[School]:
    """The schools whose approaches somebody looks at together."""
    return list(schools_for(user, now, TEAM).order_by("name"))


def with_content(who: Who, schools: Collection[School]) -> QuerySet[Intervention]:
    """Those that the reader may open: of cases they read, and without a case by its own door."""
    return interventions_visible_to(who).filter(school__in=schools)


def with_header(who: Who, schools: Collection[School]) -> QuerySet[Intervention]:
    """Those of cases of which the reader sees the header or more."""
    return Intervention.objects.filter(case__in=visible_to(who), school__in=schools)


def counted_for(who: Who, schools: Collection[School]) -> QuerySet[Intervention]:
    """What is counted of what is over, oldest first: all of the school, except what is closed off.

    Who reads all other cases would find a closed one by taking what they see from what is counted.
    """
    ended = Intervention.objects.filter(
        Q(case=None) | Q(case__restricted=False),
        school__in=schools,
        status__in=[InterventionStatus.FINISHED, InterventionStatus.STOPPED],
    )
    kept_out = Q(case__in=who.excluded, case__isnull=False)
    return ended.exclude(kept_out).order_by("ended_at", "pk")

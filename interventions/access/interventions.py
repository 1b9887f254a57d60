"""Who may see and run an intervention. With a case the door of that case decides; without one this room does."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from cases.access import Who, rules_on, visible_to
from cases.ceilings import Level
from cases.models import Case
from interventions.models import Intervention
from schools.access import schools_for
from schools.models import User
from schools.queries.people import CONTENT_ROLES
from schools.roles import Role

# Who has classes to look after: the own ones, or all of the school.
RUNNERS = (Role.TEACHER, Role.COORDINATOR)


def may_run(who: Who, intervention: Intervention) -> bool:
    """Write in it: who works in the case, and its own facilitator also with reading alone.

    Without a case whoever sees it runs it.
    """
    if intervention.case is None:
        return without_case_visible_to(who).filter(pk=intervention.pk).exists()
    rules = rules_on(who, intervention.case)
    own = who.user.pk == intervention.facilitator_id and who.token is None
    return "R24" in rules or ("R25" in rules and own)


def without_case_visible_to(who: Who) -> QuerySet[Intervention]:
    """Interventions without a case: for who runs it, the class teachers and the coordinators of the school (R56, R57)."""
    user = who.user
    if not isinstance(user, User) or who.token is not None:
        return Intervention.objects.none()
    now = who.now
    mine = Q(facilitator=user, school__in=schools_for(user, now, CONTENT_ROLES))
    my_class = Q(
        class_group__class_teachers=user, school__in=schools_for(user, now, (Role.TEACHER,))
    )
    my_school = Q(school__in=schools_for(user, now, (Role.COORDINATOR,)))
    found = Intervention.objects.filter(mine | my_class | my_school, case=None)
    return Intervention.objects.filter(pk__in=found.values("pk"))


def interventions_visible_to(who: Who) -> QuerySet[Intervention]:
    """All that somebody reads: of the cases whose content they see (R14), and without a case (R56)."""
    of_cases = Intervention.objects.filter(case__in=visible_to(who, Level.VIEW))
    alone = without_case_visible_to(who)
    # A union: two conditions joined by "or" would keep the database from using an index for either.
    both = of_cases.order_by().values("pk").union(alone.order_by().values("pk"))
    return Intervention.objects.filter(pk__in=both)


def get_of_case(case: Case, intervention_uuid: UUID) -> Intervention:
    """An intervention of a case whose door was passed already, else Http404."""
    people = ("school", "class_group", "facilitator", "conversation__target", "method_copy")
    found = Intervention.objects.filter(case=case, uuid=intervention_uuid).select_related(*people)
    intervention = found.first()
    if intervention is None:
        raise Http404
    intervention.case = case
    return intervention


def get_without_case(who: Who, intervention_uuid: UUID) -> Intervention:
    """The intervention when it is open to this person, else Http404: absent and forbidden look the same."""
    found = without_case_visible_to(who).filter(uuid=intervention_uuid)
    intervention = found.select_related(
        "school", "class_group", "facilitator", "method_copy"
    ).first()
    if intervention is None:
        raise Http404
    return intervention

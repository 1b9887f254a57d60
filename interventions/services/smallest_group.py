"""A school decides from how many answers on the thermometer of its classes is shown."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.access.thermometer import schools_to_set
from interventions.models import SmallestGroup
from interventions.thermometer.publish import FLOOR, Limits
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import School, User

HIGHEST = 100  # more pupils than any class has would show nothing for ever


@transaction.atomic
def set_smallest_group(actor: User, school: School, limits: Limits, *, now: datetime) -> None:
    """From now on fewer answers show nothing, also of runs that were closed before. Writes one audit event.

    Refuses who is no coordinator or administrator of the school, and numbers below our own floor.
    """
    if school not in schools_to_set(actor, now):
        raise broken(None, _("This is for the coordinator and the administrator."), "not_allowed")
    refuse_if(_problems(limits))
    values = {"means_from": limits.means, "spread_from": limits.spread}
    SmallestGroup.objects.update_or_create(school=school, defaults=values)
    log.record(
        actor,
        events.SMALLEST_GROUP_SET,
        now=now,
        school_id=school.pk,
        rule="R63",
        means_from=limits.means,
        spread_from=limits.spread,
    )


def _problems(limits: Limits) -> list[Problem]:
    asked = (("means", limits.means, FLOOR.means), ("spread", limits.spread, FLOOR.spread))
    problems = []
    for name, number, floor in asked:
        if not floor <= number <= HIGHEST:
            told = _("Choose a number from %(floor)s to %(highest)s.")
            facts = {"floor": floor, "highest": HIGHEST}
            problems.append(Problem(name, told % facts, "floor"))
    if not problems and limits.spread < limits.means:
        told = _("Counts need at least as many answers as means.")
        problems.append(Problem("spread", told, "order"))
    return problems

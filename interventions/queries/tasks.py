"""Who has something to do in a case because of an intervention."""

from __future__ import annotations

from cases.models import Case
from interventions.models import Intervention
from schools.models import User


def has_open_task(case: Case, colleague: User) -> bool:
    """Whoever facilitates keeps seeing the case until it is over."""
    mine = Intervention.objects.filter(case=case, facilitator=colleague)
    return mine.filter(status__in=Intervention.OPEN).exists()

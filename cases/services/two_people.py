"""An act about one case that needs two people who may do it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.access import Who, can
from cases.models import Case
from pestzorg.errors import broken
from pestzorg.four_eyes.agree import agreed
from schools.models import User


def agreed_by_two(
    actor: User, verb: str, subject_uuid: UUID, case: Case, rule: str, *, now: datetime
) -> bool:
    """Whether this call is the second of two people for whom the rule is open; refuses anybody else."""

    def may(person_id: int) -> bool:
        person = User.objects.filter(pk=person_id).first()
        return person is not None and can(Who(person, now), rule, case)

    if not may(actor.pk):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    return agreed(verb, subject_uuid, actor, now, may)

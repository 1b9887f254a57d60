"""Two rights beside the levels: seeing who reported, and exporting. Alone they open nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.ceilings import EXTRAS
from cases.models import Case, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.services.sharing import (
    grant_permission,
    lock,
    rebuild_access,
    record_access,
    refuse_outsider,
)
from pestzorg.errors import broken
from schools.models import User


@transaction.atomic
def grant_extra(
    actor: User,
    case: Case,
    colleague: User,
    codename: str,
    *,
    now: datetime,
    valid_until: datetime = FOREVER,
) -> None:
    """Add `view_reporter` or `export_case` to what a colleague has. Refuses oneself, outsiders and who is excluded.

    It ends with the personal access of the colleague, or earlier.
    """
    locked = lock(case)
    _refuse_unknown(codename)
    if colleague.pk == actor.pk:
        raise broken("colleague", _("You cannot change your own access."), "self")
    refuse_outsider(locked, colleague, now)
    if valid_until <= now:
        raise broken("valid_until", _("Choose a day in the future."), "past")
    _held(locked, colleague, codename).delete()
    purpose = CaseUserObjectPermission.Purpose.SHARED
    grant_permission(locked, colleague, codename, actor, purpose, now, valid_until)
    rebuild_access(locked)
    record_access(actor, events.ACCESS_GIVEN, locked, colleague, now, level=EXTRAS[codename])


@transaction.atomic
def take_back_extra(
    actor: User, case: Case, colleague: User, codename: str, *, now: datetime
) -> None:
    """End an extra right at once; what else the colleague has stays."""
    locked = lock(case)
    _refuse_unknown(codename)
    _held(locked, colleague, codename).delete()
    rebuild_access(locked)
    record_access(actor, events.ACCESS_TAKEN_BACK, locked, colleague, now, level=EXTRAS[codename])


def _held(case: Case, colleague: User, codename: str) -> QuerySet[CaseUserObjectPermission]:
    return case.grants.filter(user=colleague, permission__codename=codename)


def _refuse_unknown(codename: str) -> None:
    if codename not in EXTRAS:
        raise broken("codename", _("Choose from the list."), "unknown_term")

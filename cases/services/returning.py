"""Who comes back to a school after a long time does not get old personal access back."""

from __future__ import annotations

from datetime import datetime

from cases import events
from cases.models import Case, CaseUserObjectPermission
from cases.services.sharing import lock, rebuild_access, record_access
from schools.models import School, User

LAPSED = CaseUserObjectPermission.Purpose.LAPSED


def end_old_grants_at(actor: User | None, person: User, school: School, now: datetime) -> None:
    """End every personal grant at this school. The page of each case lists them, to be given anew or not."""
    old = CaseUserObjectPermission.objects.filter(user=person).exclude(purpose=LAPSED)
    for case in Case.objects.filter(pk__in=old.values("content_object"), school=school):
        locked = lock(case)
        case.grants.filter(user=person).update(valid_until=now, purpose=LAPSED)
        rebuild_access(locked)
        record_access(actor, events.ACCESS_TAKEN_BACK, locked, person, now, purpose=LAPSED)

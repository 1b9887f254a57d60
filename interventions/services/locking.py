"""The beginning of every verb about an intervention: locked, still open, and its case too."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cases.services.sharing import lock
from interventions.models import Intervention
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for


def lock_open(intervention: Intervention, *, over_too: bool = False) -> None:
    """Lock it until the transaction ends. Refuses what belongs to a closed case, and what is over unless `over_too`."""
    if intervention.case is not None:
        # The case first, as everywhere: two verbs must not wait for each other.
        case = lock(intervention.case)
        if not case.is_open:
            raise broken(None, _("This case is closed."), "closed")
    locked = Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)
    intervention.status = locked.status
    if not locked.is_open and not over_too:
        raise broken(None, _("This approach is over."), "over")


def calendar_of(intervention: Intervention) -> SchoolCalendar:
    """The school days of its school."""
    return calendar_for(intervention.school)


def today_at(intervention: Intervention, now: datetime) -> date:
    """The day at its school."""
    return now.astimezone(intervention.school.zone).date()


def record_event(
    actor: User,
    verb: str,
    intervention: Intervention,
    now: datetime,
    **facts: str | int | bool | None,
) -> None:
    """Write down who did what; about the phase with its key, never with a word from it."""
    case = intervention.case
    log.record(
        actor,
        verb,
        now=now,
        school_id=intervention.school_id,
        case_uuid=case.uuid if case else None,
        subject_uuid=intervention.uuid,
        rule="R25" if case else "R57",
        **facts,
    )

"""Content-free notices: emergency access was used, or a case has nobody left who decides.

Planned by the verbs in their own transaction; the reminders room asks here whom to mail just before it does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from cases.models import BreakGlass, Case
from cases.queries.managers import caretakers_of, officers_for
from pestzorg.reminders import plan, sources
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.models import User
from schools.roles import Role

BREAK_GLASS, UNMANAGED = "break_glass", "unmanaged_case"
# A notice that could not be sent for so long is in the review list by then.
STALE_AFTER = timedelta(days=14)
OFTEN, WITHIN = 3, timedelta(days=30)


def register_notices() -> None:
    """Called once at start-up."""
    sources.register(BreakGlassSource())
    sources.register(UnmanagedSource())


def plan_break_glass(glass: BreakGlass) -> None:
    """Tell who manages the case, the coordinators and the data protection officer; the last also when it is often."""
    kinds = [Kind.EMERGENCY_ACCESS, Kind.EMERGENCY_REVIEW]
    if is_often(glass.user, glass.started_at):
        kinds.append(Kind.EMERGENCY_OFTEN)
    plan.plan(BREAK_GLASS, glass.uuid, [_now(kind, glass.case, glass.started_at) for kind in kinds])


def plan_needs_manager(case: Case, now: datetime) -> None:
    """Tell the safety officers of the board that nobody decides about a case any more."""
    plan.plan(UNMANAGED, case.uuid, [_now(Kind.NEEDS_MANAGER, case, now)])


def is_often(user: User, now: datetime) -> bool:
    """More than three times in thirty days, this time included."""
    since = BreakGlass.objects.filter(user=user, started_at__gt=now - WITHIN, started_at__lte=now)
    return since.count() > OFTEN


class BreakGlassSource:
    """Says who hears of one opening."""

    name = BREAK_GLASS

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Never the person who opened it, and nobody who is excluded."""
        glass = BreakGlass.objects.select_related("case__school", "user").get(uuid=source_uuid)
        people = PEOPLE[kind](glass.case, now)
        path = "/emergency/" if kind in FOR_OFFICERS else f"/cases/{glass.case.uuid}/access/"
        recipients = [person for person in people if person.pk != glass.user_id]
        return _wanted(glass.case, recipients, path, glass.started_at, now)


class UnmanagedSource:
    """Says who hears that a case has no manager."""

    name = UNMANAGED

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """The safety officers of the board; the counsellor finds the case among the own ones."""
        case = Case.objects.select_related("school").get(uuid=source_uuid)
        officers = officers_for(case, now, Role.SAFETY_OFFICER)
        since = datetime.combine(due_on, datetime.min.time(), case.school.zone)
        return _wanted(case, officers, "/", since, now)


def _officer(role: Role) -> Callable[[Case, datetime], list[User]]:
    return lambda case, now: officers_for(case, now, role)


FOR_OFFICERS = {Kind.EMERGENCY_REVIEW, Kind.EMERGENCY_OFTEN}
PEOPLE: dict[str, Callable[[Case, datetime], list[User]]] = {
    Kind.EMERGENCY_ACCESS: caretakers_of,
    Kind.EMERGENCY_REVIEW: _officer(Role.DPO),
    Kind.EMERGENCY_OFTEN: _officer(Role.DPO),
}


def _now(kind: str, case: Case, now: datetime) -> Moment:
    return Moment(kind, now.astimezone(case.school.zone).date(), now, urgent=True)


def _wanted(
    case: Case, people: list[User], path: str, since: datetime, now: datetime
) -> Wanted | None:
    if not people or now - since > STALE_AFTER:
        return None
    return Wanted(
        recipients=tuple(sorted({person.pk for person in people})),
        reference=case.reference,
        path=path,
        send_from=now,
        urgent=True,
        school=case.school.name,
    )

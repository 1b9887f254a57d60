"""Content-free notices: emergency access was used, a case has nobody left who decides, or asks for attention now.

Planned by the verbs in their own transaction; the reminders room asks here whom to mail just before it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from cases.deadlines.reach import is_urgent, mail_about, next_send_moment
from cases.models import BreakGlass, Case, Closing, SeverityAssessment
from cases.models.case import CaseStatus
from cases.queries.closing.people import deciders_for, may_sign, signers_of
from cases.queries.managers import caretakers_of, managers_of, officers_for
from cases.queries.people import staff_for
from pestzorg.reminders import plan, sources
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.models import User
from schools.queries.people import HANDLER_ROLES
from schools.roles import Role

BREAK_GLASS, UNMANAGED = "break_glass", "unmanaged_case"
ALARM, ATTENTION = "severity_alarm", "severity_attention"
DECISION, SIGNATURE = "closing_decision", "closing_signature"
# A notice that could not be sent for so long is in the review list by then.
STALE_AFTER = timedelta(days=14)
OFTEN, WITHIN = 3, timedelta(days=30)


def register_notices() -> None:
    """Called once at start-up."""
    sources.register(BreakGlassSource())
    sources.register(UnmanagedSource())
    sources.register(AlarmSource())
    sources.register(AttentionSource())
    sources.register(DecisionSource())
    sources.register(SignatureSource())


def plan_break_glass(glass: BreakGlass) -> None:
    """Tell who manages the case, the coordinators and the data protection officer; the last also when it is often."""
    kinds = [Kind.EMERGENCY_ACCESS, Kind.EMERGENCY_REVIEW]
    if is_often(glass.user, glass.started_at):
        kinds.append(Kind.EMERGENCY_OFTEN)
    plan.plan(BREAK_GLASS, glass.uuid, [_now(kind, glass.case, glass.started_at) for kind in kinds])


def plan_needs_manager(case: Case, now: datetime) -> None:
    """Tell the safety officers of the board that nobody decides about a case any more."""
    plan.plan(UNMANAGED, case.uuid, [_now(Kind.NEEDS_MANAGER, case, now)])


def plan_alarm(case: Case, now: datetime) -> None:
    """Tell the handler at once that something in the conversation waits to be assessed; needs the case as stored."""
    if case.alarm_uuid:
        plan.plan(ALARM, case.alarm_uuid, [_now(Kind.NEEDS_ATTENTION, case, now)])


def cancel_alarm(case: Case, now: datetime) -> None:
    """Nothing waits to be assessed any more."""
    if case.alarm_uuid:
        plan.cancel(ALARM, case.alarm_uuid, now)


def plan_attention(assessment: SeverityAssessment, now: datetime) -> None:
    """Tell at once whoever has to lead from this assessment on: see AttentionSource."""
    plan.plan(ATTENTION, assessment.uuid, [_now(Kind.NEEDS_ATTENTION, assessment.case, now)])


def plan_decision(closing: Closing, now: datetime) -> None:
    """Tell who decides that somebody proposes to close a case; it waits for the mail of the day."""
    notice = replace(_now(Kind.NEEDS_ATTENTION, closing.case, now), urgent=False)
    plan.plan(DECISION, closing.uuid, [notice])


def plan_signature(closing: Closing, now: datetime) -> None:
    """Tell who signs that a closing waits for it."""
    notice = replace(_now(Kind.NEEDS_ATTENTION, closing.case, now), urgent=False)
    plan.plan(SIGNATURE, closing.uuid, [notice])


def cancel_closing(closing: Closing, now: datetime) -> None:
    """Nobody decides or signs any more."""
    plan.cancel(DECISION, closing.uuid, now)
    plan.cancel(SIGNATURE, closing.uuid, now)


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
        """The safety officers of the board; the counsellor finds the case among the own ones.

        None once somebody decides again. However long it waits: with nobody to tell it is asked again.
        """
        case = Case.objects.select_related("school").get(uuid=source_uuid)
        if not case.is_open or _somebody_handles(case, now):
            return None
        return _at_once(case, officers_for(case, now, Role.SAFETY_OFFICER), "/", now)


def _somebody_handles(case: Case, now: datetime) -> bool:
    # A counsellor decides for the time being only, and never handles.
    deciding = [seer.user.pk for seer in managers_of(case, now)]
    return staff_for(case, now, HANDLER_ROLES).filter(pk__in=deciding).exists()


class AlarmSource:
    """Says who hears that something waits to be assessed."""

    name = ALARM

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """The handler, else the coordinators; None when it was assessed."""
        found = Case.objects.select_related("school", "handler").filter(
            alarm_uuid=source_uuid, is_open=True
        )
        case = found.exclude(alarm_at=None).first()
        if case is None:
            return None
        people = [case.handler] if case.handler else []
        return mail_about(case, people, [], f"/cases/{case.uuid}/", now, at_once=True)


class AttentionSource:
    """Says who hears that they lead a case from now on."""

    name = ATTENTION

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """A handler whom somebody else named; with a critical case the school leader too, who sees its header only."""
        found = SeverityAssessment.objects.select_related("case__school", "case__handler")
        assessment = found.get(uuid=source_uuid)
        case = assessment.case
        if not case.is_open:
            return None
        people = (
            [case.handler] if case.handler and assessment.assessed_by_id != case.handler_id else []
        )
        if case.is_critical and not case.restricted:
            people += staff_for(case, now, (Role.PRINCIPAL,))
        return _wanted(case, people, f"/cases/{case.uuid}/", assessment.assessed_at, now)


class DecisionSource:
    """Says who hears that a closing is to be decided."""

    name = DECISION

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Everybody who may decide it, except who proposed it and knows; None once somebody did."""
        closing = _closing(source_uuid, Closing.Status.PROPOSED)
        if closing is None:
            return None
        deciders = deciders_for(closing, now)
        people = [person for person in deciders if person.pk != closing.proposed_by_id]
        if deciders and not people:
            return None
        return _in_the_days_mail(closing.case, people, f"/cases/{closing.case.uuid}/closing/", now)


class SignatureSource:
    """Says who hears that a closing is to be signed."""

    name = SIGNATURE

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Who may sign; they see dates and criteria, and nothing else."""
        closing = _closing(source_uuid, Closing.Status.TO_SIGN)
        if closing is None:
            return None
        people = [p for p in signers_of(closing.case, now) if may_sign(p, closing, now)]
        path = f"/cases/{closing.case.uuid}/closing/sign/"
        return _in_the_days_mail(closing.case, people, path, now)


def _closing(uuid: UUID, status: str) -> Closing | None:
    found = Closing.objects.select_related("case__school")
    return found.filter(uuid=uuid, status=status, case__status=CaseStatus.ACTIVE).first()


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


def _in_the_days_mail(case: Case, people: list[User], path: str, now: datetime) -> Wanted:
    """However long it waits: with nobody to ask today it is asked again, and stands nowhere else until then."""
    send_from = next_send_moment(case.school, now, any_time=is_urgent(case))
    return replace(_at_once(case, people, path, now), urgent=False, send_from=send_from)


def _wanted(
    case: Case, people: list[User], path: str, since: datetime, now: datetime
) -> Wanted | None:
    if not people or now - since > STALE_AFTER:
        return None
    return _at_once(case, people, path, now)


def _at_once(case: Case, people: list[User], path: str, now: datetime) -> Wanted:
    return Wanted(
        recipients=tuple(sorted({person.pk for person in people})),
        reference=case.reference,
        path=path,
        send_from=now,
        urgent=True,
        school=case.school.name,
    )

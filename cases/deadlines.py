"""When this app's agreements and talks ask for a reminder, and who then gets it.

Services call `plan_agreement` and `plan_talk` in their own transaction; the reminders room asks the sources
below again just before it mails. School days are computed here; the reminders room knows moments only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from cases.access import can_see_content
from cases.models import Agreement, Case, FollowUpTalk
from pestzorg.reminders import plan, sources
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.queries.people import staff_of
from schools.roles import Role

AGREEMENT, TALK = "agreement", "talk"
CRITICAL = 4


def register_sources() -> None:
    """Called once at start-up."""
    sources.register(AgreementSource())
    sources.register(TalkSource())


# ── planning ─────────────────────────────────────────────────────────────────
def plan_agreement(agreement: Agreement, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Store the moments of an open agreement, or none when it is settled. Replaces what was planned."""
    if not agreement.is_open:
        plan.cancel(AGREEMENT, agreement.uuid, now)
        return
    urgent = agreement.case.severity == CRITICAL
    # A moment before the agreement was made is not sent: people just spoke about it.
    moments = [
        Moment(kind, agreement.due_on, fires_at, urgent)
        for kind, fires_at in _agreement_ladder(agreement, calendar)
        if fires_at > agreement.agreed_at
    ]
    plan.plan(AGREEMENT, agreement.uuid, moments)


def plan_talk(
    talk: FollowUpTalk, calendar: SchoolCalendar, *, now: datetime, is_new: bool = False
) -> None:
    """Store the reminder of a planned talk, one school day before; none once it is held or dropped."""
    if talk.status != FollowUpTalk.Status.PLANNED:
        plan.cancel(TALK, talk.uuid, now)
        return
    held_on = calendar.local_date(talk.planned_at)
    fires_at = calendar.send_moment(_school_days_before(calendar, held_on, 1))
    moments = [Moment(Kind.TALK_UPCOMING, held_on, fires_at, talk.case.severity == CRITICAL)]
    # A new talk was just spoken about. One that moved near, or whose mail is late, is still reminded of.
    plan.plan(TALK, talk.uuid, [m for m in moments if m.fires_at > now or not is_new])


def tell_new_people(
    actor: User, item: Agreement | FollowUpTalk, former: Iterable[User | None], *, now: datetime
) -> None:
    """Whoever takes over after the mail went out is reminded too; who took it over by themselves knows."""
    if isinstance(item, Agreement):
        people = {item.owner_staff, item.responsible_staff}
        source, due_on = AGREEMENT, item.due_on
    else:
        people = {item.conductor}
        source, due_on = TALK, item.planned_at.astimezone(item.case.school.zone).date()
    if people - {*former, actor, None}:
        plan.ask_again(source, item.uuid, due_on, now)


def _agreement_ladder(
    agreement: Agreement, calendar: SchoolCalendar
) -> Iterator[tuple[Kind, datetime]]:
    due_on = agreement.due_on
    if agreement.standing:
        yield Kind.REVIEW_DUE, calendar.send_moment(calendar.next_school_day(due_on))
        return
    yield Kind.UPCOMING, calendar.send_moment(_school_days_before(calendar, due_on, 2))
    # The same day, unless an all-days deadline falls in a weekend: then the last school day before it.
    yield Kind.DUE_TODAY, calendar.send_moment(calendar.previous_school_day(due_on))
    yield Kind.OVERDUE, calendar.send_moment(calendar.add_school_days(due_on, 1))


def _school_days_before(calendar: SchoolCalendar, day: date, count: int) -> date:
    try:
        return calendar.school_days_before(day, count)
    except CalendarEnds:
        # The first days of the first school year we know: no reason to refuse what is agreed then.
        return day - timedelta(days=count)


# ── asked again just before mailing ──────────────────────────────────────────
class AgreementSource:
    """Reminds owner or follower of an open agreement."""

    name = AGREEMENT

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this agreement now, or None when it is settled, moved, or its case closed."""
        agreement = (
            Agreement.objects.select_related(
                "case__school", "case__handler", "owner_staff", "responsible_staff"
            )
            .filter(uuid=source_uuid, status=Agreement.Status.OPEN, case__is_open=True)
            .first()
        )
        if agreement is None or agreement.due_on != due_on:
            return None
        people = [agreement.owner_staff or agreement.responsible_staff]
        if kind == Kind.OVERDUE:
            people.append(agreement.responsible_staff)
        stand_ins = [agreement.responsible_staff, agreement.case.handler]
        return _wanted(agreement.case, people, stand_ins, f"/agreements/{source_uuid}/", now)


class TalkSource:
    """Reminds the conductor of a planned follow-up talk."""

    name = TALK

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this talk now, or None when it was held, moved or its case closed."""
        talk = (
            FollowUpTalk.objects.select_related("case__school", "case__handler", "conductor")
            .filter(uuid=source_uuid, status=FollowUpTalk.Status.PLANNED, case__is_open=True)
            .first()
        )
        if talk is None or talk.planned_at.astimezone(talk.case.school.zone).date() != due_on:
            return None
        return _wanted(
            talk.case, [talk.conductor], [talk.case.handler], f"/talks/{source_uuid}/", now
        )


def _wanted(
    case: Case, people: Iterable[User], stand_ins: Iterable[User | None], path: str, now: datetime
) -> Wanted:
    urgent = case.severity == CRITICAL
    return Wanted(
        recipients=tuple(sorted({p.pk for p in _reachable(case, people, stand_ins, now)})),
        reference=case.reference,
        path=path,
        send_from=_send_from(case, now, urgent=urgent),
        urgent=urgent,
        school=case.school.name,
    )


def _send_from(case: Case, now: datetime, *, urgent: bool) -> datetime:
    try:
        return calendar_for(case.school).next_send_moment(now, any_time=urgent)
    except CalendarEnds:
        # A school year that nobody opened yet must not swallow a reminder: better early than never.
        return now


def _reachable(
    case: Case, people: Iterable[User], stand_ins: Iterable[User | None], now: datetime
) -> list[User]:
    """Who of them may still see the case; else the first stand-in who may; else the coordinators."""
    groups: list[Iterable[User]] = [people, *([person] for person in stand_ins if person)]
    for group in [*groups, staff_of(case.school, now, (Role.COORDINATOR,))]:
        found = [person for person in group if can_see_content(person, case, now)]
        if found:
            return found
    return []

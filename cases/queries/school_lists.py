"""What is open before a holiday, and which cases go along into the next school year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import Agreement, Case
from cases.models.case import CaseStatus
from cases.queries.watching import TARGETS
from cases.queries.worklist import case_title, local_day, open_agreements
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.grades import leaves_school
from schools.models import School, SchoolYear
from schools.queries.calendars import calendar_for


@dataclass(frozen=True)
class BeforeHoliday:
    """One school: its next holiday of a week or more, and the agreements that are open until then or after."""

    school: School
    last_day: date
    back_on: date
    before: list[Agreement]
    after: list[Agreement]


@dataclass(frozen=True)
class HandedOver:
    """One case on the list, as its reader calls it."""

    case: Case
    title: str
    open_agreements: int
    leaves: bool


@dataclass(frozen=True)
class Handover:
    """One school: the cases that run, its last day of school this year, and whether the year has just begun."""

    school: School
    last_day: date | None
    year_has_begun: bool
    cases: list[HandedOver]


def before_holiday(who: Who) -> list[BeforeHoliday]:
    """Per school with a holiday to come: open agreements of the cases somebody handles or decides about."""
    mine = _looked_after(who)
    agreements = open_agreements(who, date.max).filter(case__in=mine)
    found: dict[int, list[Agreement]] = {}
    for agreement in agreements.select_related("case__handler"):
        found.setdefault(agreement.case.school_id, []).append(agreement)
    lists = (_list_of(rows[0].case.school, rows, who.now) for rows in found.values())
    return [one for one in lists if one]


def handover(who: Who) -> list[Handover]:
    """Per school: the running cases somebody handles or decides about, also those in aftercare."""
    running = _looked_after(who).exclude(status=CaseStatus.REPORTED)
    is_open = Q(agreements__status__in=Agreement.LIVING)
    cases = (
        visible_to(who, Level.VIEW)
        .filter(pk__in=running.values("pk"))
        .select_related("school", "school_class", "handler")
        .prefetch_related(TARGETS)
        .annotate(open_agreements=Count("agreements", filter=is_open))
        .order_by("school__name", "school_class__name", "pk")
    )
    found: dict[int, list[Case]] = {}
    for case in cases:
        found.setdefault(case.school_id, []).append(case)
    return [_handover_of(rows[0].school, rows, who.now) for rows in found.values()]


def next_break(calendar: SchoolCalendar, today: date) -> tuple[date, date] | None:
    """The holiday of a week or more that is going on or comes next: last day of school, first day back."""
    return next((pair for pair in calendar.long_breaks() if pair[1] > today), None)


def _looked_after(who: Who) -> QuerySet[Case]:
    # Whoever handles a case has `manage` in it, so one level asks for both.
    return visible_to(who, Level.MANAGE).filter(is_open=True)


def _list_of(school: School, rows: list[Agreement], now: datetime) -> BeforeHoliday | None:
    holiday = next_break(calendar_for(school), local_day(school, now))
    if holiday is None:
        return None
    last_day, back_on = holiday
    return BeforeHoliday(
        school=school,
        last_day=last_day,
        back_on=back_on,
        before=[row for row in rows if row.due_on <= last_day],
        after=[row for row in rows if row.due_on > last_day],
    )


def _handover_of(school: School, cases: list[Case], now: datetime) -> Handover:
    today, calendar = local_day(school, now), calendar_for(school)
    year = school.years.filter(starts_on__lte=today, ends_on__gte=today).first()
    return Handover(
        school=school,
        last_day=_last_day(calendar, year) if year else None,
        year_has_begun=year is not None and today - year.starts_on < year.ends_on - today,
        cases=[
            HandedOver(
                case=case,
                title=case_title(case),
                open_agreements=getattr(case, "open_agreements", 0),
                leaves=case.school_class is not None and leaves_school(case.school_class.name),
            )
            for case in cases
        ],
    )


def _last_day(calendar: SchoolCalendar, year: SchoolYear) -> date | None:
    try:
        return calendar.previous_school_day(year.ends_on)
    except CalendarEnds:
        return None

"""Where one school stands: what is late, due today, new or silent, and how many cases are where.

Every line says whether the reader sees the content of its case. Without content it holds the header only:
code, status and dates, never a name or the text of an agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateField, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate

from cases.access import Who, conversations_visible_to, visible_to
from cases.ceilings import Level
from cases.models import (
    AftercareCheck,
    Agreement,
    Case,
    Conversation,
    FollowUpTalk,
    Report,
    Sitting,
    StepRecord,
)
from cases.models.case import REVIEWED, CaseStatus
from cases.queries.overview_numbers import Stage, busy_in, stages_of
from cases.queries.watching import (
    TARGETS,
    aftercare_due,
    assessments_due,
    checks_due,
    targets_of_case,
)
from cases.queries.worklist import (
    Todo,
    aftercare_todos,
    assess_todos,
    case_title,
    check_todos,
    local_day,
    open_agreements,
    planned_talks,
    to_talk,
    todos_of,
)
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import School, User
from schools.queries.calendars import calendar_for

SILENT_AFTER = 10  # school days
MOST_LINES = 100  # per group: a longer list helps nobody, the number above it says "100+"
MAY_NOT_FALL_SILENT = (CaseStatus.ASSESSING, CaseStatus.ACTIVE)


@dataclass(frozen=True)
class Line:
    """One case that needs attention, and why."""

    case: Case
    has_content: bool
    since: date
    days: int = 0
    todo: Todo | None = None
    report: Report | None = None

    @property
    def title(self) -> str:
        """Pupil and class for who sees the content, or as it was reported; for others the code."""
        if self.report and not self.case.target:
            return self.report.about
        return case_title(self.case) if self.has_content else self.case.reference


@dataclass(frozen=True)
class Overview:
    """One school at one moment."""

    late: list[Line]
    today: list[Line]
    new: list[Line]
    silent: list[Line]
    stages: list[Stage]
    busy: list[tuple[User, int]]

    @property
    def lines(self) -> list[Line]:
        """Every line of the page."""
        return [*self.late, *self.today, *self.new, *self.silent]

    @property
    def open_count(self) -> int:
        """Every open case the reader knows of."""
        return sum(stage.count for stage in self.stages)


def overview_of(who: Who, school: School) -> Overview:
    """Everything on the overview; the number of queries does not depend on the number of cases."""
    day = local_day(school, who.now)
    due = sorted(
        [*_due_with_content(who, school, day), *_due_headers(who, school, day)],
        key=lambda line: line.since,
    )
    # What is late is seen already: "silent" catches what nobody would think of.
    seen = {line.case.pk for line in due}
    return Overview(
        late=[line for line in due if line.days],
        today=[line for line in due if not line.days],
        new=_new(who, school),
        silent=[line for line in _silent(who, school, day) if line.case.pk not in seen],
        stages=stages_of(who, school),
        busy=busy_in(who, school),
    )


# ── late and today ───────────────────────────────────────────────────────────
def _due_with_content(who: Who, school: School, day: date) -> list[Line]:
    agreements = open_agreements(who, day).filter(case__school=school)[:MOST_LINES]
    talks = planned_talks(who, _midnight_after(day, school)).filter(case__school=school)[
        :MOST_LINES
    ]
    late = [*_not_begun(who, school, day), *_not_resumed(who, school, day)]
    assess = assessments_due(who, day).filter(school=school)[:MOST_LINES]
    after = aftercare_due(who, day).filter(case__school=school)[:MOST_LINES]
    checks = checks_due(who, day).filter(case__school=school)[:MOST_LINES]
    todos = [
        *todos_of(agreements, talks, who.now),
        *to_talk(late, who.now),
        *assess_todos(assess, who.now),
        *aftercare_todos(after, who.now),
        *check_todos(checks, who.now),
    ]
    return [Line(t.case, has_content=True, since=t.due_on, days=t.days_late, todo=t) for t in todos]


def _not_begun(who: Who, school: School, day: date) -> QuerySet[Conversation]:
    """Conversations that should have begun by now."""
    return _conversations(who, school).filter(
        status=Conversation.Status.NOT_STARTED, case__first_talk_due_on__lte=day
    )[:MOST_LINES]


def _not_resumed(who: Who, school: School, day: date) -> QuerySet[Conversation]:
    """Conversations that should have gone on by now."""
    return _conversations(who, school).filter(
        status=Conversation.Status.PAUSED, resume_by__lte=day
    )[:MOST_LINES]


def _conversations(who: Who, school: School) -> QuerySet[Conversation]:
    found = conversations_visible_to(who).filter(case__school=school, case__is_open=True)
    return found.select_related(
        "case__school", "case__school_class", "lead", "target"
    ).prefetch_related(targets_of_case())


def _due_headers(who: Who, school: School, day: date) -> list[Line]:
    """One line per case whose header is all the reader may see: since when something is due."""
    headers = _headers_only(who, school)
    due = (
        Agreement.objects.filter(
            case__in=headers, status__in=Agreement.LIVING, standing=False, deadline__lte=day
        )
        .values("case")
        .annotate(first=Min("deadline"))
        .order_by("first")
        .values_list("case", "first")[:MOST_LINES]
    )
    reviews = headers.filter(status__in=REVIEWED, next_review_on__lte=day)
    first: dict[int, date] = dict(due)
    for pk, on in reviews.values_list("pk", "next_review_on")[:MOST_LINES]:
        first[pk] = min(on or day, first.get(pk, day))
    return [
        Line(case, has_content=False, since=first[case.pk], days=(day - first[case.pk]).days)
        for case in headers.filter(pk__in=first)
    ]


# ── new ──────────────────────────────────────────────────────────────────────
def _new(who: Who, school: School) -> list[Line]:
    """Reports nobody looked at: unsafe now first, then the oldest."""
    lines = [
        Line(case, has_content=True, since=local_day(school, case.opened_at), report=case.report)
        for case in _with_content(who, school).filter(
            status=CaseStatus.REPORTED, report__isnull=False
        )
    ]
    lines += [
        Line(case, has_content=False, since=local_day(school, case.opened_at))
        for case in _headers_only(who, school).filter(status=CaseStatus.REPORTED)
    ]
    urgencies = list(reversed(Report.Urgency.values))
    return sorted(
        lines,
        key=lambda line: (urgencies.index(line.report.urgency) if line.report else 0, line.since),
    )


# ── silent ───────────────────────────────────────────────────────────────────
def _silent(who: Who, school: School, day: date) -> list[Line]:
    """Cases in which nothing happened for more than ten school days, the longest first."""
    calendar = calendar_for(school)
    since = {"status__in": MAY_NOT_FALL_SILENT, "last_on__lt": _silent_before(calendar, day)}
    found = [
        *_lines(
            _with_content(who, school).annotate(last_on=_last_on()).filter(**since),
            has_content=True,
        ),
        *_lines(
            _headers_only(who, school).annotate(last_on=_last_on()).filter(**since),
            has_content=False,
        ),
    ]
    counted = [replace(line, days=_school_days(calendar, line.since, day)) for line in found]
    return sorted(
        (line for line in counted if line.days > SILENT_AFTER), key=lambda line: line.since
    )


def _lines(cases: QuerySet[Any], *, has_content: bool) -> Iterable[Line]:
    return (
        Line(case, has_content=has_content, since=case.last_on)
        for case in cases.order_by("last_on")[:MOST_LINES]
    )


def _last_on() -> Greatest:
    """The last day on which something happened: a talk, also of aftercare, a step, an agreement made or settled."""
    of_case, of_talks = {"case": OuterRef("pk")}, {"conversation__case": OuterRef("pk")}
    opened = TruncDate("opened_at")
    moments = (
        _latest(Sitting.objects.filter(**of_talks), TruncDate("started_at")),
        _latest(StepRecord.objects.filter(**of_talks), TruncDate("completed_at")),
        _latest(Agreement.objects.filter(**of_case), TruncDate("agreed_at")),
        _latest(Agreement.objects.filter(**of_case), F("done_on")),
        _latest(FollowUpTalk.objects.filter(**of_case), F("held_on")),
        _latest(AftercareCheck.objects.filter(**of_case), F("held_on")),
        TruncDate("active_at"),
        TruncDate("reopened_at"),
    )
    # Coalesce around each: on SQLite the greatest of a list with NULL is NULL.
    return Greatest(opened, *(Coalesce(m, opened) for m in moments), output_field=DateField())


def _latest(rows: QuerySet[Any], day: TruncDate | F) -> Subquery:
    newest = rows.order_by().annotate(on=day).filter(on__isnull=False).order_by("-on")
    return Subquery(newest.values("on")[:1], output_field=DateField())


def _silent_before(calendar: SchoolCalendar, day: date) -> date:
    try:
        return calendar.school_days_before(day, SILENT_AFTER)
    except CalendarEnds:
        return day - timedelta(weeks=2)


def _school_days(calendar: SchoolCalendar, since: date, day: date) -> int:
    try:
        return calendar.school_days_between(since, day)
    except CalendarEnds:
        # Older than the first school year we know: count weeks of five days.
        return (day - since).days * 5 // 7


# ── which cases ──────────────────────────────────────────────────────────────
def _with_content(who: Who, school: School) -> QuerySet[Case]:
    cases = visible_to(who, Level.VIEW).filter(school=school, is_open=True)
    return cases.select_related("school", "school_class", "handler", "report").prefetch_related(
        TARGETS
    )


def _headers_only(who: Who, school: School) -> QuerySet[Case]:
    # No join to pupil, class or report: what is not loaded cannot be shown by mistake.
    content = visible_to(who, Level.VIEW).values("pk")
    return visible_to(who).filter(school=school, is_open=True).exclude(pk__in=content)


def _midnight_after(day: date, school: School) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, school.zone)

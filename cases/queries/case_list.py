"""The list of cases somebody sees: filtered by state, searched, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import Case, Participant, Report
from cases.models.case import CaseStatus
from cases.queries.worklist import TARGETS, case_title

PER_PAGE = 25
OPEN = "open"
STATE_ORDER = {status: position for position, status in enumerate(CaseStatus.values)}


@dataclass(frozen=True)
class CaseRow:
    """One case in the list; without content only its code, state and dates are known."""

    case: Case
    has_content: bool

    @property
    def title(self) -> str:
        """The pupil and class, the reported name, or the code."""
        if not self.has_content:
            return self.case.reference
        return case_title(self.case) if self.case.target else self.case.report.about


@dataclass(frozen=True)
class CaseList:
    """One page of the list, in groups of one state each."""

    groups: list[tuple[str, list[CaseRow]]]
    older: Case | None  # the last case of this page, when there are older ones


def case_list(
    who: Who, *, state: str = OPEN, search: str = "", after: Case | None = None
) -> CaseList:
    """Newest first from `after` on. A constant number of queries."""
    found = _in_state(visible_to(who), state)
    if search:
        found = _matching(who, found, search)
    if after is not None:
        same_moment = Q(opened_at=after.opened_at, pk__lt=after.pk)
        found = found.filter(Q(opened_at__lt=after.opened_at) | same_moment)
    page = list(found.order_by("-opened_at", "-pk")[: PER_PAGE + 1])
    shown = page[:PER_PAGE]
    return CaseList(_grouped(_rows(who, shown)), shown[-1] if len(page) > PER_PAGE else None)


def states_seen(who: Who) -> list[CaseStatus]:
    """The states of which there is a case to see; for the chips above the list."""
    seen = set(visible_to(who).order_by().values_list("status", flat=True).distinct())
    return [status for status in CaseStatus if status in seen]


def _in_state(cases: QuerySet[Case], state: str) -> QuerySet[Case]:
    if state in CaseStatus.values:
        return cases.filter(status=state)
    return cases.filter(is_open=True)


def _matching(who: Who, cases: QuerySet[Case], search: str) -> QuerySet[Case]:
    # Names only where the content may be read: a search must not tell what a page would not show.
    named = Participant.objects.filter(role="target", name__istartswith=search)
    reported = Report.objects.filter(about__istartswith=search)
    readable = visible_to(who, Level.VIEW)
    by_name = readable.filter(Q(pk__in=named.values("case")) | Q(pk__in=reported.values("case")))
    return cases.filter(Q(reference__icontains=search) | Q(pk__in=by_name.values("pk")))


def _rows(who: Who, cases: list[Case]) -> list[CaseRow]:
    keys = [case.pk for case in cases]
    content = (
        visible_to(who, Level.VIEW)
        .filter(pk__in=keys)
        .select_related("school_class", "handler", "report")
        .prefetch_related(TARGETS)
    )
    readable = {case.pk: case for case in content}
    return [CaseRow(readable.get(case.pk, case), case.pk in readable) for case in cases]


def _grouped(rows: Iterable[CaseRow]) -> list[tuple[str, list[CaseRow]]]:
    in_order = sorted(rows, key=lambda row: STATE_ORDER[row.case.status])
    groups = groupby(in_order, key=lambda row: row.case.get_status_display())
    return [(state, list(found)) for state, found in groups]

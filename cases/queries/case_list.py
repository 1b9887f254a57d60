"""The list of cases somebody sees: filtered by state, searched, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from cases.access import Who, visible_to
from cases.access.page import CLOSED, COUNTED, FIRST, OPEN, Part, Place, keys, moment
from cases.access.statement import Statement
from cases.ceilings import Level
from cases.models import Case
from cases.models.case import OPEN_STATUSES, CaseStatus

PER_PAGE = 25
ALL_OPEN = "open"
STATE_ORDER = {status: position for position, status in enumerate(CaseStatus.values)}

# Pupil, class and text are joined only where the level of the row opens them; a header looks nothing up.
ROWS = """
SELECT k.case_id, k.opened_at, k.level, c.uuid, c.school_id, c.restricted, c.reference,
c.status,
(SELECT t.name FROM cases_participant t WHERE t.case_id = k.case_id AND k.level >= 20
 AND t.role = 'target' ORDER BY t.id LIMIT 1) AS target,
s.name AS class, r.about, u.first_name, u.last_name, u.email
FROM (<keys>) k JOIN cases_case c ON c.id = k.case_id
LEFT JOIN schools_schoolclass s ON s.id = CASE WHEN k.level >= 20 THEN c.school_class_id END
LEFT JOIN cases_report r ON r.case_id = CASE WHEN k.level >= 20 THEN k.case_id END
LEFT JOIN schools_user u ON u.id = CASE WHEN k.level >= 20 THEN c.handler_id END"""
# The newest thousand of each kind are enough for the chips; beyond that every state is offered.
STATES = """
SELECT <joined> FROM (SELECT c.status, count(*) AS number
FROM (SELECT * FROM (<open>) o UNION ALL SELECT * FROM (<closed>) x) k
JOIN cases_case c ON c.id = k.case_id GROUP BY c.status) n"""
# One statement for both; its first row is there for an empty page too.
PAGE = """
SELECT n.states, r.* FROM (SELECT (<states>) AS states) n LEFT JOIN (<rows>) r ON 1 = 1
ORDER BY r.opened_at DESC, r.case_id DESC"""
JOINED = {
    "postgresql": "string_agg(n.status || ':' || n.number, ',')",
    "sqlite": "group_concat(n.status || ':' || n.number, ',')",
}


@dataclass(frozen=True)
class CaseRow:
    """One case in the list; without content only its code, state and date are known."""

    pk: int
    uuid: UUID
    school_id: int
    restricted: bool
    reference: str
    status: str
    opened_at: datetime
    level: int
    title: str  # the pupil and class, the reported name, or the code
    handler: str

    @property
    def has_content(self) -> bool:
        """Whether names may stand in this row."""
        return self.level >= Level.VIEW

    @property
    def state(self) -> str:
        """The state in the reader's language."""
        return str(CaseStatus(self.status).label)


@dataclass(frozen=True)
class CaseList:
    """One page of the list, in groups of one state each, and what there is beside it."""

    groups: list[tuple[str, list[CaseRow]]]
    older: CaseRow | None  # the last case of this page, when there are older ones
    states: list[CaseStatus]  # of which there is a case to see; for the chips above the list
    open: str  # how many open cases there are; "1000+" above a thousand

    @property
    def rows(self) -> list[CaseRow]:
        """Every case on the page."""
        return [row for _state, rows in self.groups for row in rows]


def case_list(
    who: Who, *, state: str = ALL_OPEN, search: str = "", after: Place | None = None
) -> CaseList:
    """Newest first from `after` on; one statement, whatever there is to see."""
    found = _page(who, _part(who, state, search, after or FIRST)).rows()
    numbers = _numbers(found[0][0])
    rows = [_row(*values) for _states, *values in found if values[0] is not None]
    shown = rows[:PER_PAGE]
    return CaseList(
        groups=_grouped(shown),
        older=shown[-1] if len(rows) > PER_PAGE else None,
        states=_states(numbers),
        open=_counted(numbers),
    )


def rows_of(found: Statement) -> Statement:
    """The statement that shows these keys: what the list needs of each, and nothing above its level."""
    return Statement(ROWS.replace("<keys>", found.sql), found.params)


def _page(who: Who, part: Part) -> Statement:
    opened = keys(who, Part(limit=COUNTED + 1))
    closed = keys(who, Part(limit=COUNTED + 1, states=(CLOSED,)))
    states = STATES.replace("<joined>", JOINED[connection.vendor])
    states = states.replace("<open>", opened.sql).replace("<closed>", closed.sql)
    rows = rows_of(keys(who, part))
    sql = PAGE.replace("<states>", states).replace("<rows>", rows.sql)
    return Statement(sql, opened.params + closed.params + rows.params)


def _part(who: Who, state: str, search: str, place: Place) -> Part:
    is_open = state not in CaseStatus.values or state in OPEN_STATUSES
    among = _matching(who, search) if search else None
    if state in CaseStatus.values:
        cases = Case.objects.filter(status=state)
        among = (cases if among is None else cases.filter(pk__in=among)).values("pk")
    kind = OPEN if is_open else CLOSED
    return Part(limit=PER_PAGE + 1, place=place, states=(kind,), among=among)


def _matching(who: Who, search: str) -> QuerySet[Case, Any]:
    # Names only where the content may be read: a search must not tell what a page would not show. Sets that
    # are united, because PostgreSQL reads every case of the country for an OR of them.
    readable = visible_to(who, Level.VIEW)
    named = readable.filter(participants__role="target", participants__name__istartswith=search)
    reported = readable.filter(report__about__istartswith=search)
    coded = visible_to(who).filter(reference__icontains=search)
    return coded.values("pk").union(named.values("pk"), reported.values("pk"))


def _row(
    pk: int, opened_at: Any, level: int, uuid: Any, school_id: int, restricted: Any, *texts: Any
) -> CaseRow:
    reference, status, target, school_class, about, first_name, last_name, email = texts
    name = f"{target}, {school_class}" if target and school_class else target
    # As User.full_name says; to make an account of each row was a tenth of the page's time.
    handler = f"{first_name} {last_name}".strip() or email
    return CaseRow(
        pk=pk,
        uuid=uuid if isinstance(uuid, UUID) else UUID(uuid),
        school_id=school_id,
        restricted=bool(restricted),
        reference=reference,
        status=status,
        opened_at=moment(opened_at),
        level=level,
        title=name or about or reference,
        handler=handler if email else "",
    )


def _numbers(states: str | None) -> dict[str, int]:
    pairs = (pair.split(":") for pair in (states or "").split(",") if pair)
    return {status: int(number) for status, number in pairs}


def _states(numbers: dict[str, int]) -> list[CaseStatus]:
    more = _open(numbers) > COUNTED
    return [s for s in CaseStatus if s in numbers or (more and s in OPEN_STATUSES)]


def _counted(numbers: dict[str, int]) -> str:
    return f"{COUNTED}+" if _open(numbers) > COUNTED else str(_open(numbers))


def _open(numbers: dict[str, int]) -> int:
    return sum(numbers.get(status, 0) for status in OPEN_STATUSES)


def _grouped(rows: Iterable[CaseRow]) -> list[tuple[str, list[CaseRow]]]:
    in_order = sorted(rows, key=lambda row: STATE_ORDER[row.status])
    groups = groupby(in_order, key=lambda row: row.status)
    found = [list(rows) for _status, rows in groups]
    return [(rows[0].state, rows) for rows in found]

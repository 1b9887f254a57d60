"""S1 to S5 of the benchmark: page, count and single check, each beside the plain look-up of the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from cases.access import rules_on
from cases.access.page import FIRST, Part, Place, count, counted, keys
from cases.access.statement import Statement
from cases.models import Access, Case
from cases.queries.case_list import ROWS, rows_of
from pestzorg.bench import rival
from pestzorg.bench.people import Person
from pestzorg.bench.rounds import Variant, race
from pestzorg.bench.verdict import Verdict

PAGE = 50
LIMITS = {"teacher8": 1.6, "coord140": 1.5, "multi25": 1.8, "heavy20k": 1.5}
RIVALLED = ("teacher8", "coord140")
# The rows of a page when somebody has told their keys: nothing that decides who sees what can be faster.
LOOK_UP = (
    ROWS.replace("FROM (<keys>) k JOIN cases_case c ON c.id = k.case_id", "FROM cases_case c")
    .replace("k.case_id", "c.id")
    .replace("k.opened_at", "c.opened_at")
    .replace("k.level", "40")
    + " WHERE c.id = ANY(%s) ORDER BY c.opened_at DESC, c.id DESC"
)
CHECK = "SELECT principal_id, level FROM cases_access WHERE case_id = %s AND principal_id = ANY(%s) AND valid_until > %s"
COUNT_OF = "SELECT count(*) FROM cases_case WHERE id = ANY(%s)"
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "


def page_of(person: Person, place: Place = FIRST, size: int = PAGE) -> Statement:
    """The page as the product asks for it."""
    return rows_of(keys(person.who, Part(limit=size, place=place)))


def look_up(ids: list[int]) -> Statement:
    """The same rows by primary key."""
    return Statement(LOOK_UP, (ids,))


def compare(people: list[Person], verdict: Verdict) -> None:
    """Whether each person sees what the plain reference says, page, count and deep page; and guardian too."""
    for person in people:
        place, expected = _deep(person)
        pages = (page_of(person), person.expected[:PAGE]), (page_of(person, place), expected)
        for statement, wanted in pages:
            found = [(row[0], row[2]) for row in statement.rows()]
            verdict.holds(
                "S1", f"{person.name}: cases and levels as in the reference", met=found == wanted
            )
        counts = [count(person.who), count(person.who, at_most=1001)]
        right = counts == [len(person.ids), min(1001, len(person.ids))]
        verdict.holds("S3", f"{person.name}: counts as in the reference", met=right)
        if person.name in RIVALLED:
            theirs = [case.pk for case in rival.page(person.user, PAGE)]
            verdict.holds(
                "S1c", f"{person.name}: guardian finds the same", met=theirs == person.ids[:PAGE]
            )


def pages(people: list[Person], verdict: Verdict, *, at_1m: bool) -> None:
    """S1, S1b and S1c: the page against the look-up, in time and in buffers, and against guardian."""
    times = race({name: run for person in people for name, run in _variants(person)})
    for person in people:
        ours, limit = times[person.name], times[f"{person.name} limit"]
        verdict.shown("S1", f"{person.name} page, ms", str(ours))
        verdict.at_most(
            "S1", f"{person.name} page, x look-up", ours.over(limit), LIMITS[person.name]
        )
    for person in people:
        _buffers(person, verdict)
    for name in RIVALLED:
        faster = times[f"{name} guardian"].over(times[name])
        verdict.at_least("S1c", f"{name} page, x faster than guardian", faster, 60 if at_1m else 8)


def counts(people: list[Person], verdict: Verdict, *, at_1m: bool) -> None:
    """S3: the exact count of somebody with very many cases, and the count that stops at a thousand."""
    heavy, one_page = people[-1], people[-1].ids[:PAGE]
    times = race(
        {
            "limit": Case.objects.filter(pk__in=one_page).count,
            "exact": lambda: count(heavy.who),
            "capped": lambda: count(heavy.who, at_most=1001),
            "guardian": lambda: rival.open_cases(heavy.user).count(),
            "limit alone": Statement(COUNT_OF, (one_page,)).rows,
            "exact alone": counted(heavy.who).rows,
            "capped alone": counted(heavy.who, at_most=1001).rows,
        }
    )
    verdict.shown("S3", "exact count, ms", str(times["exact"]))
    for kind, limit in ("exact", 4), ("capped", 2):
        verdict.at_most(
            "S3", f"{kind} count, x count of 50 ids", times[kind].over(times["limit"]), limit
        )
        alone = times[f"{kind} alone"].over(times["limit alone"])
        verdict.shown("S3", f"{kind} count, the statements alone, x count of 50 ids", str(alone))
    faster = times["guardian"].over(times["exact"])
    verdict.at_least("S3", "exact count, x faster than guardian", faster, 40 if at_1m else 10)


def checks(people: list[Person], verdict: Verdict) -> None:
    """S4: may this person see this one case."""
    for person in people[:2]:
        case = Case.objects.get(pk=person.ids[0])
        can = "R14" in rules_on(person.fresh(), case)
        verdict.holds("S4", f"{person.name}: sees the case", met=can)
        times = race(_checks_of(person, case), rounds=201)
        limit, guardian = times["limit"], times["guardian"]
        for kind, most, least in ("raw", 3, 7), ("ORM", 4, 4):
            what = f"{person.name} check, {kind}"
            verdict.at_most("S4", f"{what}, x key", times[kind].over(limit), most)
            verdict.at_least(
                "S4", f"{what}, x faster than guardian", guardian.over(times[kind]), least
            )
        verdict.shown("S4", f"{person.name} rules_on, x key", str(times["rules_on"].over(limit)))


def deep_page(people: list[Person], verdict: Verdict) -> None:
    """S5: page 101, reached by its key."""
    heavy = people[-1]
    place, expected = _deep(heavy)
    limit = look_up([number for number, _level in expected])
    times = race({"limit": limit.rows, "page": page_of(heavy, place).rows})
    verdict.at_most("S5", "page 101, x look-up", times["page"].over(times["limit"]), 1.6)


def buffers(statement: Statement) -> int:
    """How many blocks a statement touches: the one figure without noise."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whether the same handler is looked up once or fifty times is the planner's guess about the rows.
        cursor.execute("SET LOCAL enable_memoize = off")
        ((plan,),) = Statement(EXPLAIN + statement.sql, statement.params).rows()
    top: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


def _buffers(person: Person, verdict: Verdict) -> None:
    limit = buffers(look_up(person.ids[:PAGE])) + 10 + 5 * person.principals
    found = buffers(page_of(person))
    what = f"{person.name} page, buffers ({person.principals} principals)"
    verdict.at_most("S1b", what, found, limit)


def _variants(person: Person) -> Iterator[tuple[str, Variant]]:
    yield f"{person.name} limit", look_up(person.ids[:PAGE]).rows
    yield person.name, page_of(person).rows
    if person.name in RIVALLED:
        yield f"{person.name} guardian", lambda: rival.page(person.user, PAGE)


def _checks_of(person: Person, case: Case) -> dict[str, Variant]:
    ids = [seen.principal_id for seen in person.who.seen]
    rows = Access.objects.filter(case=case, principal__in=ids, valid_until__gt=person.who.now)
    return {
        "limit": Statement("SELECT id FROM cases_case WHERE id = %s", (case.pk,)).rows,
        "raw": Statement(CHECK, (case.pk, ids, person.who.now)).rows,
        "ORM": lambda: rows.all().exists(),
        "rules_on": lambda: rules_on(person.fresh(), case),
        "guardian": lambda: rival.sees(person.user, case),
    }


def _deep(person: Person) -> tuple[Place, list[tuple[int, int]]]:
    """The place after page 100, or in the middle of a shorter list, and what follows it."""
    before = min(100 * PAGE, len(person.ids) // 2)
    last = Case.objects.get(pk=person.ids[before - 1])
    return Place(last.opened_at, last.pk), person.expected[before : before + PAGE]

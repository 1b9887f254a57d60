"""S10 and S04: what the list costs as a page, and whether the time of a 404 tells that a case exists."""

from __future__ import annotations

import uuid
from statistics import median
from time import perf_counter_ns

from django.db import connection
from django.test.utils import CaptureQueriesContext

from pestzorg.bench.http import Caller, cpu_clock
from pestzorg.bench.load_cases import uuid_of_case
from pestzorg.bench.people import Person
from pestzorg.bench.population import Population
from pestzorg.bench.rounds import race
from pestzorg.bench.verdict import Verdict

LIST, HELLO, GUARDIAN = "/cases/", "/bench/hello/", "/bench/guardian/"
PAIRS = 750  # 1,500 requests


def page_cost(people: list[Person], verdict: Verdict, *, at_1m: bool) -> None:
    """S10: processor time and statements of the real page, beside a page that says hello."""
    few, many = people[0], people[1]
    stranger, reader = Caller(), Caller(many.user)
    statements = {p.name: _statements(Caller(p.user), LIST) for p in (few, many)}
    times = race(
        {
            "hello": lambda: stranger.get(HELLO),
            "hello, signed in": lambda: reader.get(HELLO),
            "list": lambda: reader.get(LIST),
            "guardian": lambda: reader.get(GUARDIAN),
        },
        rounds=61,
        clock=cpu_clock(),
    )
    for name, taken in times.items():
        verdict.shown("S10", f"{name}, CPU ms", str(taken))
    verdict.at_most("S10", "list page, x hello", times["list"].over(times["hello"]), 18)
    verdict.at_most("S10", "list page, statements", statements[many.name], 4)
    same = statements[few.name] == statements[many.name]
    verdict.holds("S10", "same number of statements for 8 and 50 rows", met=same)
    faster = times["guardian"].over(times["list"])
    if at_1m:
        verdict.at_least("S10", "list page, x less than on guardian", faster, 15)
    else:
        verdict.shown("S10", "list page, x less than on guardian", str(faster))


def existence_by_time(people: list[Person], population: Population, verdict: Verdict) -> None:
    """S04: a foreign case and one that does not exist, in turn."""
    teacher = people[0]
    caller, seen = Caller(teacher.user), set(teacher.ids)
    foreign = [c.number for c in population.cases if c.number not in seen][
        :: len(population.cases) // PAIRS
    ]
    taken: dict[str, list[float]] = {"foreign": [], "absent": []}
    for turn, number in enumerate(foreign[:PAIRS]):
        absent = str(uuid.UUID(int=number, version=4))
        pair = [("foreign", uuid_of_case(number)), ("absent", absent)]
        # Each comes first as often as the other, so that neither finds warmer caches.
        for kind, name in pair if turn % 2 else pair[::-1]:
            began = perf_counter_ns()
            status, _body = caller.get(f"/cases/{name}/")
            taken[kind].append((perf_counter_ns() - began) / 1e6)
            assert status == 404, f"{kind}: {status}"  # noqa: S101 - a measured page that is another one is worthless
    there, nowhere = median(taken["foreign"]), median(taken["absent"])
    verdict.shown("S04", "404 for a foreign case and for none, ms", f"{there:.2f} / {nowhere:.2f}")
    verdict.at_most("S04", "difference of the medians, ms", round(abs(there - nowhere), 3), 1.0)
    verdict.at_most(
        "S04", "difference of the medians, %", round(100 * abs(there - nowhere) / nowhere, 2), 20
    )


def _statements(caller: Caller, path: str) -> int:
    caller.get(path)
    with CaptureQueriesContext(connection) as queries:
        status, _body = caller.get(path)
    assert status == 200, f"{path}: {status}"  # noqa: S101 - a measured page that is another one is worthless
    return len(queries)

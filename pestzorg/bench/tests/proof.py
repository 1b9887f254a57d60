"""Run by test_load.py in a process of its own: loads 10,000 cases and prints what the tests want to know, as JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from pestzorg.bench.place import own_database

# Every list, search and check; each filter is a plan of its own. Pages that open ciphertext are not among them,
# since that of the made-up agreements opens to nothing.
ADDRESSES = (
    "/cases/", "/cases/?state=active", "/cases/?state=closed", "/cases/?after=<open>", "/cases/?found=1",
    "/cases/<open>/access/", "/api/v1/cases/", "/api/v1/cases/?status=active&school=s40",
    "/api/v1/cases/<open>/", "/api/v1/conversations/",
)  # fmt: skip


def main() -> None:
    # Two processes of the suite may ask at the same time, each for its own.
    with own_database(f"proof_{os.getpid()}", keep=False) as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "pestzorg.bench.settings",
        }
        import django

        django.setup()
        from pestzorg.bench.population import Population
        from pestzorg.bench.run import fill

        population = Population(10_000)
        fill(population)
        statements = asked(population)
        answer = {
            "right": compared(population),
            "broken": broken(population),
            "statements": len(statements),
            "plans": list(bad_plans(statements)),
            "caught": list(bad_plans({either_or(population)})),
        }
        sys.stdout.write(json.dumps(answer))


def compared(population: Any) -> list[str]:
    """What differs from the reference."""
    from pestzorg.bench.lists import compare
    from pestzorg.bench.people import people
    from pestzorg.bench.verdict import Verdict

    verdict = Verdict(asks=False)
    compare(people(population), verdict)
    assert verdict.lines
    return [line.what for line in verdict.missed]


def broken(population: Any) -> dict[str, list[str]]:
    """What differs when the page forgets one of its conditions."""
    from cases.access import page

    sound, found = page.NEWEST_OF_ONE, {}
    for name, before, after in (
        ("no end", "a.valid_until > %s", "a.opened_at < %s"),
        ("no exclusion", "a.case_id <> ALL(%s::bigint[])", "%s::bigint[] IS NOT NULL"),
        ("no cap", "LEAST(max(a.level), p.cap)", "max(a.level)"),
        ("no order", "a.opened_at DESC, a.case_id DESC", "a.opened_at ASC, a.case_id ASC"),
    ):
        assert before in sound
        page.NEWEST_OF_ONE = sound.replace(before, after)
        found[name] = compared(population)
    page.NEWEST_OF_ONE = sound
    return found


def bad_plans(statements: set[str]) -> Iterator[str]:
    """Statements that PostgreSQL answers by reading everything."""
    from django.db import connection

    for sql in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        if "hashed SubPlan" in plan or re.search(r"Seq Scan on cases_access\b", plan):
            yield f"{sql}\n{plan}"


def either_or(population: Any) -> str:
    """The list as one is tempted to write it: given to me, or of my school."""
    from django.db.models import Q

    from cases.models import Access, Case

    given = Access.objects.filter(principal=1).values("case")
    of_school = Access.objects.filter(principal=2).values("case")
    newest = Case.objects.filter(Q(pk__in=given) | Q(pk__in=of_school), is_open=True)
    return str(newest.order_by("-opened_at")[:50].query)


def asked(population: Any) -> set[str]:
    """Every statement that names the read model, asked by each persona at each address."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cases.access import agreements_visible_to, conversations_visible_to, talks_visible_to
    from cases.access.page import count
    from cases.queries.own_cases import own_cases
    from pestzorg.bench.http import Caller
    from pestzorg.bench.lists import PAGE
    from pestzorg.bench.load_cases import uuid_of_case
    from pestzorg.bench.people import people

    found = set()
    for person in people(population):
        caller = Caller(person.user)
        caller.search("noo")
        for address in ADDRESSES:
            with CaptureQueriesContext(connection) as queries:
                status, _body = caller.get(address.replace("<open>", uuid_of_case(person.ids[1])))
            assert status in {200, 404}, f"{address}: {status}"
            found |= {q["sql"] for q in queries if "cases_access" in q["sql"]}
        with CaptureQueriesContext(connection) as queries:
            for rows in (agreements_visible_to, conversations_visible_to, talks_visible_to):
                list(rows(person.who).values("pk")[:PAGE])
            list(own_cases(person.who).values("pk")[:PAGE])
            count(person.who, at_most=1000)
        found |= {q["sql"] for q in queries}
    return {sql for sql in found if sql.lstrip().startswith(("SELECT", "WITH"))}


if __name__ == "__main__":
    main()

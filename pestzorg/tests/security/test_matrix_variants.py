"""The matrix beyond the plain request: all methods, htmx, archived cases, and the personas that need an act.

test_matrix.py says what a cell expects. Here every path is asked with every method there is, with and without the
header of htmx, and in all four states of the case; after that every table is compared with how it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse

from pestzorg.rules.registry import Route
from pestzorg.signin.models import Bucket
from pestzorg.tests.security.personas import LEAVERS, World, restrict
from pestzorg.tests.security.personas_more import EXCLUDED, MORE, build_whole_world, close
from pestzorg.tests.security.test_matrix import (
    CELLS,
    FEED,
    OF_A_CLASS,
    PERSONAS,
    Ask,
    asks,
    everything,
    is_unknown,
    judge,
    ruled_routes,
    to_sign_in,
    world,
)

__all__ = ["world"]
pytestmark = [pytest.mark.slow, pytest.mark.postgres]

EVERYBODY = (*PERSONAS, *MORE)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Own reports and tokens answer 405 to anybody, there or not: no look-up comes before it.
OF_A_CASE = re.compile(r"(cases|agreements|talks|interventions|api/v1/\w+)/<")
# Archived: nothing is written any more (matrix, note b).
WRITING = {"R17", "R24", "R25", "R27", "R28", "R29", "R30", "R31", "R55"}
FOR_TEACHERS = {
    "interventions/",
    "interventions/methods/",
    "interventions/methods/<slug:code>/<slug:method>/",
}
COLUMN_OF = {"teacher": "T0", "coordinator": "CO", "counsellor": "VP", "principal": "PR"}
# What the matrix does not say, because the persona joined it later: restricted cases are the safety officer's.
SAFETY_OFFICER = {"R39": "case*", "R55": "case*", "R54": "fn", "R12": "case"}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The whole world, built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_whole_world()
        transaction.set_rollback(True)


@pytest.mark.parametrize("persona", EVERYBODY)
def test_every_method_of_every_path_with_and_without_htmx(world: World, persona: str) -> None:
    wrong = outcome(world, persona, restricted=False, archived=False, methods=METHODS)
    assert wrong == []


@pytest.mark.parametrize("persona", EVERYBODY)
@pytest.mark.parametrize(("restricted", "archived"), [(True, False), (False, True), (True, True)])
def test_the_other_states_of_a_case(
    world: World, persona: str, restricted: bool, archived: bool
) -> None:
    if restricted:
        restrict(world)
    if archived:
        close(world)
    assert outcome(world, persona, restricted=restricted, archived=archived) == []


def outcome(
    world: World, persona: str, *, restricted: bool, archived: bool, methods: tuple[str, ...] = ()
) -> list[str]:
    """Everything that is not as the matrix says; at the end no table may have changed."""
    client = world.client(persona)
    client.get("/api/v1/cases/")  # a token remembers the day it was used
    before = everything()
    wrong = []
    for ask in cells(world, persona, restricted, archived):
        for headers in ({}, {"HX-Request": "true"}) if methods else ({},):
            wrong.append(judge(ask, persona, send(client, ask, headers), world))
    for ask in undeclared(world, persona, restricted, archived) if methods else ():
        wrong.append(judge_undeclared(ask, persona, send(client, ask, {})))
    if everything() != before:
        wrong.append("a denied request left something behind")
    return [complaint for complaint in wrong if complaint]


def cells(world: World, persona: str, restricted: bool, archived: bool) -> Iterator[Ask]:
    for ask in asks(world, column_of(persona), restricted=restricted):
        yield replace(ask, expected=expected(ask, persona, restricted, archived))


def column_of(persona: str) -> str:
    return "AN" if persona == "RP" else persona


def expected(ask: Ask, persona: str, restricted: bool, archived: bool) -> str:
    rule = str(ask.route.rule)
    if persona in EXCLUDED:
        return _excluded(ask, EXCLUDED[persona].value)
    if archived and rule in WRITING:
        return "deny"
    if persona == "SO":
        kind = SAFETY_OFFICER.get(rule)
        opened = kind == "fn" or (kind == "case*" and restricted)
        return "allow" if opened else "deny"
    return ask.expected


def _excluded(ask: Ask, role: str) -> str:
    """As a colleague with the same role who does not know of this case."""
    rule = str(ask.route.rule)
    if CELLS[rule]["object"] in {"case", "case*", "agreement"}:
        return "absent" if rule == "R12" else "deny"
    if rule in {"R56", "R57", "R64"}:
        # Nobody is kept out of a class by being kept out of a case: as every colleague with this role.
        opened = role == "coordinator" or (role == "teacher" and ask.route.path in FOR_TEACHERS)
        return "allow" if opened else "deny"
    if rule in {*OF_A_CLASS, "R63"}:
        return "allow" if CELLS[rule][COLUMN_OF[role]] in {"Y", "G"} else "deny"
    if rule in {"R40", "R61"} and role == "coordinator":
        return "absent"  # what is of the whole school stays theirs, without this case
    if rule == "R61" and role == "teacher":
        return "deny"
    return ask.expected


def undeclared(world: World, persona: str, restricted: bool, archived: bool) -> Iterator[Ask]:
    """The other methods of each path; what the first declared rule says decides between 404 and 405."""
    declared: dict[str, set[str]] = {}
    for route in ruled_routes():
        declared.setdefault(route.path, set()).add(route.method)
    seen = set()
    for ask in cells(world, persona, restricted, archived):
        for method in set(METHODS) - declared[ask.route.path]:
            if (ask.url, method) not in seen:
                seen.add((ask.url, method))
                yield replace(ask, route=Route(ask.route.path, method, ask.route.rule))


def judge_undeclared(ask: Ask, persona: str, answer: HttpResponse) -> str | None:
    """405 only where the page is open; HEAD is a GET without its body."""
    if ask.route.rule == "R54":
        fine = answer.status_code in {200, 405}
    elif is_unknown(ask, persona):
        gone = {410} if FEED in ask.route.path else set()
        opened = ask.expected == "allow" and ask.route.method == "HEAD"
        fine = opened or to_sign_in(answer) or answer.status_code in {401, 404, 405} | gone
    elif ask.expected == "deny" and OF_A_CASE.match(ask.route.path):
        fine = answer.status_code == (405 if sees_and_may_not(ask, persona.split()[0]) else 404)
    else:
        fine = answer.status_code in {404, 405} or ask.route.method == "HEAD"
    body = b"" if ask.route.method == "HEAD" else answer.content
    said = f"{ask} but answered {answer.status_code} with {len(body)} bytes"
    return None if fine else said


def sees_and_may_not(ask: Ask, column: str) -> bool:
    """The case is visible, and what is done with it here is not for this reader.

    On pages that is an agreement which somebody else promised. A HEAD where GET exists is refused as GET is. Writing in
    an approach that somebody else runs is refused before anybody asks for the method.
    """
    if "/interventions/" in ask.route.path and ask.route.rule == "R25":
        return False
    if ask.route.method == "HEAD" and _answers_get(ask.route.path):
        return False
    if ask.route.path.startswith("api/"):
        return CELLS["R14"].get(column) == "Y"
    return ask.route.rule == "R25" and CELLS["R25"].get(column) == "O"


def _answers_get(path: str) -> bool:
    return any(route.path == path and route.method == "GET" for route in ruled_routes())


def send(client: Any, ask: Ask, headers: dict[str, str]) -> HttpResponse:
    """Ask, and undo what an allowed request did, so that the next one meets the same world."""
    Bucket.objects.all().delete()  # more questions in one moment than a program may ask
    with transaction.atomic():
        answer = client.generic(ask.route.method, ask.url, headers=headers)
        transaction.set_rollback(ask.expected != "deny")
    return answer


def test_there_are_as_many_personas_as_the_matrix_has_columns() -> None:
    columns = {name for name in next(iter(CELLS.values())) if len(name) == 2 or name[:2] == "TK"}
    named = {persona.split()[0] for persona in EVERYBODY}
    assert columns | {"SO"} == named
    assert len(LEAVERS) == len(EXCLUDED) == 4

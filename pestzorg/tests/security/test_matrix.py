"""The permission matrix, cell by cell: every persona asks every route with every method it declares.

`permission_matrix.csv` says what may be done; how a route is asked and what counts as allowed stands here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse

from cases import events
from interventions import events as intervention_events
from pestzorg.audit.models import AuditEvent
from pestzorg.rules.registry import Route, routes
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.personas import (
    LEAVERS,
    PUPIL,
    SECRET_TEXT,
    World,
    build_world,
    restrict,
)

ROWS = list(csv.DictReader((Path(__file__).with_name("permission_matrix.csv")).open()))
CELLS = {row["rule"]: row for row in ROWS}
STAFF = ("T0", "TV", "TC", "TM", "CO", "VP", "PR", "PX", "OB", "SA", "BV", "DP", "SY")
PERSONAS = ("AN", *STAFF, *LEAVERS, "TKr")

# Rules whose pages do not exist yet; the test below keeps this list exactly the rest.
NOT_BUILT = {
    *("R01", "R02", "R03", "R06", "R07", "R08", "R09", "R18", "R19", "R20"),
    *("R21", "R22", "R23", "R34", "R36", "R37"),
    *("R38", "R41", "R42", "R43", "R44", "R45", "R46", "R47", "R48", "R51"),
    *("R52", "R53"),
}
# Not a route but a property of the case: it decides over the other rules when the case is restricted.
COLUMN_ON_CASE = {"R16"}

# Routes that are narrower than their rule: path, or method and path -> (personas who may, the reason).
NARROWER = {
    "reports/<uuid:report_uuid>/take-on/": ({"T0"}, "only the class teacher of the reported pupil"),
    "reports/pupils/": (
        {"T0", "TV", "TC", "TM", "CO", "VP", "PR", "PX", "OB", "EX", "BG"},
        "belongs to the report form: who cannot report looks up nobody here",
    ),
    "interventions/": (
        {"T0", "TV", "TC", "TM", "CO", "PX", "OB", "EX"},
        "a list of one's own, possibly empty, for teachers and coordinators",
    ),
    "interventions/methods/": (
        {"T0", "TV", "TC", "TM", "CO", "PX", "OB", "EX"},
        "what the own school runs, for teachers and coordinators",
    ),
    "interventions/methods/<slug:code>/<slug:method>/": (
        {"T0", "TV", "TC", "TM", "CO", "EX"},
        "read by who runs it at this school: teachers and coordinators",
    ),
    "interventions/new/": (
        {"T0", "TV", "TC", "TM", "CO", "EX"},
        "only who has a class here, or coordinates one",
    ),
    "POST api/v1/interventions/": (
        {"T0", "TV", "TC", "TM", "CO", "EX"},
        "the same",
    ),
}
# Own means here: a report, task or token of theirs, an approach that they run or that runs in their class.
NEED_OWN = {"R25", "R56", "R57"}
# P: nobody here has the extra permission. 4: alone it only asks for a second person, and answers.
OUTCOMES = {
    **{"Y": "allow", "O": "allow", "4": "allow", "G": "allow"},
    **{"M": "header", "L": "absent", "-": "deny", "P": "deny"},
}
# Cells that docs/decisions/0011-closing-a-case.md settles otherwise: the counsellor restricts by a typed code.
DECIDED = {("R30", "VP"): "Y"}
# Lists without an object in their address: for who may see nothing they may also be empty.
MAY_BE_EMPTY = {
    "cases/",
    "reports/",
    "before-holiday/",
    "classes/",
    "handover/",
    "api/v1/cases/",
    "api/v1/conversations/",
    "api/v1/agreements/",
    "api/v1/talks/",
    "api/v1/interventions/",
    "api/v1/thermometer-runs/",
}
# At another school these are open for the own school there; this school must not show.
AT_ANOTHER_SCHOOL = {"PX", "OB"}
ABOUT_ONES_OWN_SCHOOL = {"R10", "R11", "R40", "R61"}
OF_A_CLASS = {"R05", "R58", "R59", "R60"}

# The address of a calendar feed is a secret: it opens for whoever has it, signed in or not, and for nobody else.
FEED = "<str:secret>"

API_OBJECTS = {
    "cases": "case_uuid",
    "conversations": "conversation_uuid",
    "agreements": "agreement_uuid",
    "talks": "talk_uuid",
    "interventions": "intervention_uuid",
    "thermometer-runs": "run_uuid",
}


@dataclass(frozen=True)
class Ask:
    """One request of one persona, and what the matrix says about it."""

    route: Route
    url: str
    is_own: bool
    expected: str  # allow, header, absent, deny

    def __str__(self) -> str:
        return f"{self.route.method} /{self.route.path} own={self.is_own}: {self.expected}"


def ruled_routes() -> list[Route]:
    return [route for route in routes() if (route.rule or "").startswith("R")]


def asks(world: World, persona: str, *, restricted: bool) -> Iterator[Ask]:
    for route in ruled_routes():
        seen = set()
        for is_own in (False, True):
            url = address(route, world.objects(persona, own=is_own))
            if url not in seen:
                seen.add(url)
                yield Ask(route, url, is_own, expected(persona, route, is_own, restricted))


def address(route: Route, objects: dict[str, Any]) -> str:
    """The route with real things in it; the API calls every one of them `uuid`."""
    kind = route.path.split("/")[2] if route.path.startswith("api/v1/") else ""

    def value(match: re.Match[str]) -> str:
        name = API_OBJECTS[kind] if match[1] == "uuid" else match[1]
        return str(objects[name])

    return "/" + re.sub(r"<\w+:(\w+)>", value, route.path)


def expected(persona: str, route: Route, is_own: bool, restricted: bool) -> str:
    column = persona.split()[0]  # "LV ended" is a kind of LV
    if column == "SO":
        return "deny"  # joined the matrix later: test_matrix_variants.py says what opens
    if column in {"TKr", "TKa"} and not route.path.startswith("api/") and route.rule != "R54":
        return "deny"  # a token is for programs: the pages do not know it
    narrower = NARROWER.get(f"{route.method} {route.path}") or NARROWER.get(route.path)
    if narrower:
        named = column in narrower[0]
        needs_own = "report_uuid" in route.path
        opened = "absent" if column in AT_ANOTHER_SCHOOL else "allow"
        return opened if named and (is_own or not needs_own) else "deny"
    if route.rule in ABOUT_ONES_OWN_SCHOOL:
        return _about_own_school(column, route, is_own)
    cell = DECIDED.get((route.rule, column), CELLS[route.rule][column])
    if CELLS[route.rule]["object"] == "case*" and not restricted:
        return "deny"
    if restricted and CELLS[route.rule]["object"] in {"case", "agreement"}:
        cell = _on_restricted(column, route.rule, cell)
    return "deny" if not is_own and _is_for_its_owner(route, cell) else OUTCOMES[cell]


def _is_for_its_owner(route: Route, cell: str) -> bool:
    of_a_class = route.rule in OF_A_CLASS and "<uuid" in route.path
    of_somebody = "token_uuid" in route.path or FEED in route.path
    return (cell == "O" and (route.rule in NEED_OWN or of_a_class)) or of_somebody


def _about_own_school(column: str, route: Route, is_own: bool) -> str:
    if "report_uuid" in route.path:
        # The status of a report is for whoever reported it, and for nobody else.
        return "allow" if is_own else "deny"
    if column in AT_ANOTHER_SCHOOL:
        return "absent"
    return OUTCOMES[CELLS[route.rule][column]]


def _on_restricted(column: str, rule: str, cell: str) -> str:
    if column == "DP" and rule == "R35":
        return cell  # who looked is neither header nor content: the officer watches over these cases too
    # Glass that a school leader broke is for ordinary cases: restricted ones are the safety officer's.
    if CELLS["R16"][column] == "-" or column == "BG":
        return "L" if rule == "R12" and cell in {"Y", "M", "L"} else "-"
    if column == "VP":
        # The counsellor looks after what is restricted: reads it, knows who reported, excludes and lets in.
        return "Y" if rule in {"R12", "R13", "R14", "R15", "R26", "R28", "R29"} else "-"
    return cell


def judge(ask: Ask, persona: str, answer: HttpResponse, world: World) -> str | None:
    """What is wrong with an answer; None when it is as the matrix says."""
    wrong = {
        "allow": not is_allowed(answer),
        "header": not is_allowed(answer) or shows_content(answer),
        "absent": not is_allowed(answer) or shows_case(answer, world),
        "deny": not is_denied(ask, persona, answer, world),
    }[ask.expected]
    return f"{ask} but answered {answer.status_code}" if wrong else None


def is_allowed(answer: HttpResponse) -> bool:
    # Who may change the row is told that somebody else did (409), or asked which version they read (428).
    # A counter that has nothing more to count tells htmx so (286).
    allowed = {200, 201, 286, 302, 303, 400, 409, 422, 428}
    return answer.status_code in allowed and not to_sign_in(answer)


def is_denied(ask: Ask, persona: str, answer: HttpResponse, world: World) -> bool:
    if FEED in ask.route.path:
        return answer.status_code in {404, 410}
    if is_unknown(ask, persona):
        if ask.url.startswith("/api/"):
            return answer.status_code == 401
        return to_sign_in(answer)
    if ask.route.path in MAY_BE_EMPTY and is_allowed(answer):
        return not shows_case(answer, world)
    return answer.status_code == 404


def is_unknown(ask: Ask, persona: str) -> bool:
    """Nobody is signed in: an inactive account counts nowhere, a token in the API only."""
    return persona in {"AN", "PL", "RP", "LV inactive"} or (
        persona in {"TKr", "TKa"} and not ask.url.startswith("/api/")
    )


def to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")


def shows_content(answer: HttpResponse) -> bool:
    text = answer.content.decode(errors="replace")
    return PUPIL in text or SECRET_TEXT in text


def shows_case(answer: HttpResponse, world: World) -> bool:
    text = answer.content.decode(errors="replace")
    signs = (world.case.reference, str(world.case.uuid), world.school.name, PUPIL, SECRET_TEXT)
    return any(sign in text for sign in signs)


def send(client: Any, ask: Ask) -> HttpResponse:
    """Ask, and undo what an allowed request did, so that the next one meets the same world."""
    with transaction.atomic():
        answer = client.generic(ask.route.method, ask.url)
        transaction.set_rollback(ask.expected != "deny")
    return answer


def everything() -> dict[str, list[Any]]:
    """Every row of every table, except what is kept of signing in."""
    models = [m for m in apps.get_models() if m._meta.app_label != "signin"]
    found = {m._meta.label: sorted(map(repr, m._base_manager.values_list())) for m in models}
    # Looking, and being refused, leave a row in the log and nothing else.
    quiet = [
        *events.LOOKS,
        events.CASE_DENIED,
        intervention_events.READ,
        intervention_events.DENIED,
    ]
    acts = AuditEvent.objects.exclude(verb__in=quiet)
    return {**found, AuditEvent._meta.label: sorted(map(repr, acts.values_list()))}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, built once: each test below works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None, at: Any, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("ERROR", "django.request")  # hundreds of intended 404s
    at(NOW)
    return built


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_route_answers_as_the_matrix_says_and_a_denial_changes_nothing(
    world: World, persona: str
) -> None:
    client = world.client(persona)
    client.get("/api/v1/cases/")  # a token remembers the day it was used
    before = everything()
    todo = asks(world, persona, restricted=False)
    wrong = [judge(ask, persona, send(client, ask), world) for ask in todo]
    assert list(filter(None, wrong)) == []
    assert everything() == before


@pytest.mark.parametrize("persona", PERSONAS)
def test_a_restricted_case_is_closed_as_its_column_says(world: World, persona: str) -> None:
    restrict(world)
    client = world.client(persona)
    todo = [
        a for a in asks(world, persona, restricted=True) if CELLS[a.route.rule]["object"] != "fn"
    ]
    wrong = [judge(ask, persona, send(client, ask), world) for ask in todo]
    assert list(filter(None, wrong)) == []


def test_every_rule_has_a_route_or_stands_in_the_list() -> None:
    built = {route.rule for route in ruled_routes()}
    assert built | COLUMN_ON_CASE | NOT_BUILT == set(CELLS)
    assert not built & NOT_BUILT


def test_the_matrix_would_notice_an_open_door(world: World) -> None:
    """The judge itself: an answer with the case in it is wrong for somebody who may not see it."""
    route = next(r for r in ruled_routes() if r.path == "cases/<uuid:case_uuid>/")
    ask = Ask(route, address(route, world.other), is_own=False, expected="deny")
    answer = world.client("CO").get(ask.url)
    assert judge(ask, "T0", answer, world) is not None
    assert judge(Ask(route, ask.url, False, "header"), "PR", answer, world) is not None


def test_a_superuser_with_a_stray_grant_sees_nothing(world: World) -> None:
    assert world.people["SY"].is_superuser
    assert world.people["SY"].has_perm("cases.manage_case")
    assert world.client("SY").get(f"/cases/{world.case.uuid}/").status_code == 404

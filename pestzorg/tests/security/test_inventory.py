"""The URL map as a whole: every route has a rule, and what is closed looks exactly like what is absent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, include, path
from rest_framework.viewsets import ViewSet

from pestzorg.api.views import RuledViewSet
from pestzorg.rules.registry import Route, declare, routes, undeclared
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.personas import World, build_world
from pestzorg.tests.security.test_matrix import address

GUARDED = {
    *("Case", "Agreement", "FollowUpTalk", "Conversation", "Report", "StepRecord"),
    *("Intervention", "PhaseRecord", "Member", "Proposal"),
}
VIEW_ROOMS = (
    *("cases/web", "cases/api", "interventions/web", "interventions/api"),
    "pestzorg/home",
)
CSRF = re.compile(rb'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*"')


def test_every_route_declares_a_rule() -> None:
    assert undeclared() == []


# ── forgetting is found ──────────────────────────────────────────────────────
def rogue_view(request: Any) -> HttpResponse:
    return HttpResponse("open to everybody")


class RogueViewSet(RuledViewSet):
    """Declares its list, and forgot its second action."""

    rule_of = {"list": "R12"}

    def list(self, request: Any) -> None: ...

    def export(self, request: Any) -> None: ...


class StrangeViewSet(ViewSet):
    """Not one of ours at all."""

    def list(self, request: Any) -> None: ...


ROGUES = {
    "view": [path("rogue/", rogue_view)],
    "action": [
        path("known/", RogueViewSet.as_view({"get": "list"})),
        path("rogue/", RogueViewSet.as_view({"get": "export"})),
    ],
    "strange view set": [path("rogue/", StrangeViewSet.as_view({"get": "list"}))],
    "include": [path("", include(([path("deeper/rogue/", rogue_view)], "deep")))],
    "method": [path("rogue/", declare(GET="R14")(RogueViewSet.as_view({"post": "export"})))],
}


@pytest.mark.parametrize("kind", ROGUES)
def test_a_rogue_is_found_and_keeps_the_installation_from_starting(
    kind: str, settings: Any
) -> None:
    urls = ModuleType("urls_of_this_test")
    urls.urlpatterns = ROGUES[kind]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    clear_url_caches()
    assert {route.path.split("/")[-2] for route in undeclared()} == {"rogue"}
    with pytest.raises(SystemCheckError, match=r"pestzorg\.E001"):
        call_command("check")


# ── closed and absent are the same ───────────────────────────────────────────
def routes_with_objects() -> list[Route]:
    return [route for route in routes() if re.search(r"<uuid:\w+>", route.path)]


@pytest.fixture
def world(db: None, at: Any, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("ERROR", "django.request")
    at(NOW)
    return build_world()


def test_a_foreign_object_answers_exactly_like_an_absent_one(world: World) -> None:
    client = world.client("OB")
    absent = {name: value if name == "number" else uuid4() for name, value in world.other.items()}
    different = [
        f"{route.method} /{route.path}"
        for route in routes_with_objects()
        if ask(client, route, world.other) != ask(client, route, absent)
        or ask(client, route, absent)[0] != 404
    ]
    assert different == []


def test_a_stranger_is_asked_to_sign_in_before_anything_is_looked_up(world: World) -> None:
    for route in routes_with_objects():
        for objects in (world.other, dict.fromkeys(world.other, uuid4()) | {"number": 1}):
            status, _body, _headers = ask(Client(), route, objects)
            assert status == (401 if route.path.startswith("api/") else 302), route


def ask(client: Client, route: Route, objects: dict[str, Any]) -> tuple[int, bytes, list[str]]:
    """Status, body and names of the headers; the CSRF token differs each time."""
    answer = client.generic(route.method, address(route, objects))
    return answer.status_code, CSRF.sub(b"", answer.content), sorted(answer.headers)


# ── one door ─────────────────────────────────────────────────────────────────
def managers_touched(source: str) -> Iterator[str]:
    """`Case.objects.filter` and the like; `Case.objects.none` is empty and tells a schema the model."""
    tree = ast.parse(source)
    empty = {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "none"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
            and isinstance(node.value, ast.Name)
            and node.value.id in GUARDED
            and id(node) not in empty
        ):
            yield node.value.id


def test_no_view_reaches_a_case_but_through_its_door() -> None:
    found = {
        f"{file.relative_to(settings.BASE_DIR)}: {name}"
        for room in VIEW_ROOMS
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py")
        if "tests" not in file.parts
        for name in managers_touched(file.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    ["Case.objects.get(pk=1)", "x = [a for a in Agreement.objects.all()]", "Report._base_manager"],
)
def test_a_view_that_goes_around_the_door_would_be_seen(source: str) -> None:
    assert list(managers_touched(source))


def test_an_empty_queryset_for_the_schema_is_no_way_around() -> None:
    assert list(managers_touched("queryset = Case.objects.none()")) == []

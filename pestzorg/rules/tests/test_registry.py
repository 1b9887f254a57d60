"""Every route says which rule it follows; forgetting it stops the installation."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from pestzorg.rules import registry
from pestzorg.rules.checks import every_route_declares_a_rule
from pestzorg.rules.registry import declare, declare_foreign, routes, rules, undeclared


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.fixture
def urls(settings: Any) -> Any:
    """Answer with these patterns instead of the project's."""

    class Map(SimpleNamespace):
        __hash__ = object.__hash__

    def use(*patterns: Any) -> None:
        settings.ROOT_URLCONF = Map(urlpatterns=list(patterns))

    return use


def found() -> list[tuple[str, str, str | None]]:
    return [(route.method, route.path, route.rule) for route in routes()]


# ── the list of rules ────────────────────────────────────────────────────────
def test_rules_are_read_from_the_list_with_its_step_up() -> None:
    assert rules()["R14"].action.startswith("case content")
    assert (rules()["R14"].step_up, rules()["R27"].step_up) == (False, True)


def test_no_rule_stands_in_the_list_twice() -> None:
    lines = (Path(registry.__file__).parent / "rules.csv").read_text(encoding="utf-8").splitlines()
    ids = [line.partition(",")[0] for line in lines if not line.startswith("#")]
    assert sorted(ids) == sorted(set(ids))


def test_every_rule_has_an_action_and_an_object() -> None:
    assert all(rule.action and rule.object for rule in rules().values())


def test_an_unknown_rule_is_refused_when_the_module_is_imported() -> None:
    with pytest.raises(LookupError, match="R99"):
        declare(GET="R14", POST="R99")


def test_declaring_marks_the_view_and_changes_nothing_else() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    assert declare(GET="P03")(view) is view


# ── routes ───────────────────────────────────────────────────────────────────
def test_a_function_without_rule_is_found_for_reading_and_writing(urls: Any) -> None:
    urls(path("forgotten/", page))
    assert found() == [("GET", "forgotten/", None), ("POST", "forgotten/", None)]


def test_a_declared_function_has_the_rule_of_each_method(urls: Any) -> None:
    urls(path("cases/", declare(GET="R12", POST="R10")(lambda request: HttpResponse())))
    assert found() == [("GET", "cases/", "R12"), ("POST", "cases/", "R10")]
    assert undeclared() == []


def test_a_method_that_a_class_answers_and_does_not_declare_is_found(urls: Any) -> None:
    @declare(GET="R14")
    class Both(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        def post(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    urls(path("both/", Both.as_view()))
    assert found() == [("GET", "both/", "R14"), ("POST", "both/", None)]
    assert [(route.method, route.path) for route in undeclared()] == [("POST", "both/")]


def test_views_of_the_api_are_found_by_their_class(urls: Any) -> None:
    @declare(GET="R12")
    class Listing(APIView):
        def get(self, request: Any) -> Any: ...

        def delete(self, request: Any) -> Any: ...

    urls(path("api/cases/", Listing.as_view()))
    assert found() == [("DELETE", "api/cases/", None), ("GET", "api/cases/", "R12")]


def test_a_view_set_answers_the_methods_it_is_mapped_to(urls: Any) -> None:
    @declare(GET="R12")
    class Cases(ViewSet):
        def list(self, request: Any) -> Any: ...

        def create(self, request: Any) -> Any: ...

    urls(path("api/cases/", Cases.as_view({"get": "list"})))
    assert found() == [("GET", "api/cases/", "R12")]
    urls(path("api/cases/", Cases.as_view({"get": "list", "post": "create"})))
    assert [(route.method, route.path) for route in undeclared()] == [("POST", "api/cases/")]


def test_included_lists_are_walked_with_their_prefix(urls: Any) -> None:
    urls(path("cases/", include([path("<uuid:case_uuid>/", include([path("team/", page)]))])))
    assert {route.path for route in undeclared()} == {"cases/<uuid:case_uuid>/team/"}


def test_foreign_lists_are_declared_as_a_whole(urls: Any) -> None:
    def login(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    foreign = [path("login/", login), path("more/", include([path("deep/", login)]))]
    urls(path("accounts/", include(declare_foreign(foreign, GET="P01", POST="P01"))))
    assert undeclared() == []
    assert {route.rule for route in routes()} == {"P01"}


def test_an_installation_with_a_forgotten_route_does_not_start(urls: Any) -> None:
    urls(path("forgotten/", page))
    errors = every_route_declares_a_rule(None)
    assert [error.id for error in errors] == ["pestzorg.E001", "pestzorg.E001"]
    assert "/forgotten/" in errors[0].msg


def test_this_installation_forgets_no_route() -> None:
    assert undeclared() == []

"""The menu: each role its own places, none for strangers, and only links that lead somewhere."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from pestzorg.home.navigation import navigation, not_found
from pestzorg.home.tests.conftest import Scene
from pestzorg.testing.builders import NOW, make_person
from schools.models import User
from schools.roles import Role

STAFF = ["today", "cases", "classes", "report"]
OVERSEERS = ["overview", *STAFF]
WITH_CLASSES = ["today", "cases", "classes", "report"]


def menu(user, path="/"):
    request = RequestFactory().get(path)
    request.user, request.now, request.resolver_match = user, NOW, resolve(path)
    return navigation(request)


def keys(items):
    return [item.key for item in items]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.TEACHER, WITH_CLASSES),
        (Role.COUNSELLOR, STAFF),
        (Role.COORDINATOR, ["overview", *WITH_CLASSES]),
        (Role.PRINCIPAL, OVERSEERS),
        (Role.SCHOOL_ADMIN, []),
        (Role.BOARD_VIEWER, []),
        (Role.DPO, []),
    ],
)
def test_each_role_has_its_own_places(scene: Scene, role, expected):
    person = make_person(role, scene.school, first_name="Iemand")
    assert keys(menu(person)["nav"]) == expected
    # On the phone five places fit: who has an overview goes to the classes from there.
    left_out = {"classes"} if "overview" in expected else set()
    assert set(keys(menu(person)["tabs"])) == {*expected, "account"} - left_out


def test_no_menu_has_more_than_five_places(scene: Scene):
    assert len(menu(scene.coordinator)["tabs"]) == 5


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_every_place_opens(scene: Scene, who, client):
    person = getattr(scene, who)
    client.force_login(person)
    for item in menu(person)["tabs"]:
        assert client.get(item.href).status_code == 200, item.key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", "today"),
        ("/overview/", "overview"),
        ("/cases/", "cases"),
        ("/cases/00000000-0000-0000-0000-000000000000/conversation/3/", "cases"),
        ("/cases/00000000-0000-0000-0000-000000000000/interventions/new/", "cases"),
        ("/cases/00000000-0000-0000-0000-000000000000/interventions/check/", "cases"),
        ("/reports/new/", "report"),
        ("/account/tokens/", "account"),
    ],
)
def test_the_current_place_is_marked(scene: Scene, path, key):
    assert [item.key for item in menu(scene.coordinator, path)["tabs"] if item.current] == [key]


def test_a_stranger_has_no_menu_and_costs_no_query():
    # No database fixture: a query would fail this test.
    found = menu(AnonymousUser())
    assert (list(found["nav"]), list(found["tabs"]), found["me"]) == ([], [], None)


def test_the_menu_costs_one_query_and_only_when_it_is_drawn(
    scene: Scene, django_assert_num_queries
):
    with django_assert_num_queries(0):
        found = menu(scene.teacher)
    with django_assert_num_queries(1):
        list(found["nav"])
        list(found["tabs"])


def test_somebody_who_left_has_no_places(scene: Scene):
    scene.teacher.memberships.get().roles.update(valid_until=NOW)
    assert keys(menu(scene.teacher)["nav"]) == []


def test_the_page_for_what_is_absent_draws_no_menu(scene: Scene, rf):
    request = rf.get("/cases/")
    request.user, request.now = User.objects.get(pk=scene.teacher.pk), NOW
    request.resolver_match = resolve("/cases/")
    with CaptureQueriesContext(connection) as captured:
        answer = not_found(request, Exception())
    assert answer.status_code == 404
    assert len(captured) == 0
    assert b'href="/cases/"' not in answer.content


def test_the_look_somebody_chose_is_on_every_page(scene: Scene):
    User.objects.filter(pk=scene.teacher.pk).update(theme="dark")
    client = Client()
    client.force_login(scene.teacher)
    assert 'css/dark.css" media="screen"' in client.get("/").content.decode()

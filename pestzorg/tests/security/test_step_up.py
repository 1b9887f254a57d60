"""ASVS 7.5.3: what weighs asks for a proof of the last five minutes, after the object and before the typing."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import Http404
from django.test import Client
from rest_framework.test import APIRequestFactory

from cases.models import CaseUserObjectPermission
from pestzorg.api.views import FreshSignInRequired, RuledViewSet
from pestzorg.rules.registry import rules
from pestzorg.signin.models import Session
from pestzorg.testing.builders import (
    NOW,
    PASSWORD,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import ApiToken
from schools.roles import Role

LATER = NOW + timedelta(minutes=5, seconds=1)
MATRIX = Path(__file__).with_name("permission_matrix.csv")
AGAIN = "/account/reauthenticate/"


@pytest.fixture
def scene(db, at) -> Any:
    at(NOW)
    school = make_school()
    boss = make_person(Role.COORDINATOR, school)
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    colleague = make_person(Role.TEACHER, school, first_name="Joost")
    case = make_case_active(boss, teacher, school, make_pupil(make_class(school)))
    return SimpleNamespace(
        school=school, boss=boss, teacher=teacher, colleague=colleague, case=case
    )


def browser(person):
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def team(scene):
    return f"/cases/{scene.case.uuid}/access/"


def share(scene):
    return {"colleague": str(scene.colleague.uuid), "level": "view", "valid_until": "2025-12-19"}


def prove(client, asked):
    """Answer the question that a page redirected to."""
    _path, _mark, query = asked["Location"].partition("?")
    return client.post(f"{AGAIN}?{query}", {"password": PASSWORD})


# ── which ────────────────────────────────────────────────────────────────────
def test_the_rules_that_ask_are_those_of_the_matrix() -> None:
    asking = {row["rule"]: row["step_up"] == "S" for row in csv.DictReader(MATRIX.open())}
    assert {r.id for r in rules().values() if r.id in asking and r.step_up != asking[r.id]} == set()


# ── when ─────────────────────────────────────────────────────────────────────
def test_shortly_after_signing_in_nothing_is_asked(scene, at):
    client = browser(scene.boss)
    at(NOW + timedelta(minutes=5))
    assert client.get(team(scene)).status_code == 200


def test_later_it_is_asked_before_the_form_is_shown(scene, at):
    client = browser(scene.boss)
    at(LATER)
    asked = client.get(team(scene))
    assert unquote(asked["Location"]) == f"{AGAIN}?next={team(scene)}"
    assert "Ben jij het?" in client.get(asked["Location"]).content.decode()
    back = prove(client, asked)
    assert back["Location"] == team(scene)
    assert client.get(team(scene)).status_code == 200


def test_a_wrong_answer_opens_nothing(scene, at):
    client = browser(scene.boss)
    at(LATER)
    assert client.post(f"{AGAIN}?next={team(scene)}", {"password": "fout"}).status_code == 200
    assert client.get(team(scene)).status_code == 302


def test_pages_of_other_rules_do_not_ask(scene, at):
    client = browser(scene.boss)
    at(LATER)
    assert client.get(f"/cases/{scene.case.uuid}/").status_code == 200


def test_who_may_only_read_the_page_is_not_asked(scene, at):
    client = browser(scene.teacher)
    at(LATER)
    assert client.get(team(scene)).status_code == 200


# ── nothing typed is lost ────────────────────────────────────────────────────
def test_a_form_sent_too_late_waits_and_goes_on_by_itself(scene, at):
    client = browser(scene.boss)
    at(LATER)
    asked = client.post(team(scene), share(scene))
    assert asked.status_code == 302
    assert not CaseUserObjectPermission.objects.filter(user=scene.colleague).exists()
    stored = Session.objects.get(user_id=scene.boss.pk).session_data
    assert "2025-12-19" not in stored
    back = prove(client, asked)
    assert back["Location"] == team(scene)
    assert CaseUserObjectPermission.objects.filter(user=scene.colleague).exists()


def test_a_form_with_a_mistake_comes_back_filled_after_the_proof(scene, at):
    client = browser(scene.boss)
    at(LATER)
    asked = client.post(team(scene), {**share(scene), "valid_until": "the 30th of June"})
    back = prove(client, asked)
    assert back.status_code == 422
    assert "the 30th of June" in back.content.decode()


def test_a_form_that_waits_is_for_its_own_page_only(scene, at):
    client = browser(scene.boss)
    at(LATER)
    client.post(team(scene), share(scene))
    client.post(f"{AGAIN}?next=/account/settings/", {"password": PASSWORD})
    assert not CaseUserObjectPermission.objects.filter(user=scene.colleague).exists()


def test_a_form_that_waits_is_gone_for_who_signs_in_next(scene, at):
    client = browser(scene.boss)
    at(LATER)
    asked = client.post(team(scene), share(scene))
    client.post("/account/logout/")
    client.post("/account/login/", {"login": scene.teacher.email, "password": PASSWORD})
    prove(client, asked)
    assert not CaseUserObjectPermission.objects.filter(user=scene.colleague).exists()


def test_a_proof_leads_to_no_other_site(scene, at):
    client = browser(scene.boss)
    at(LATER)
    answer = client.post(f"{AGAIN}?next=https://evil.example/", {"password": PASSWORD})
    assert "evil" not in answer["Location"]


# ── the object first ─────────────────────────────────────────────────────────
def test_who_may_not_see_the_case_is_asked_nothing(scene, at):
    stranger = make_person(Role.COORDINATOR, make_school("Het Kompas", "het-kompas"))
    client = browser(stranger)
    at(LATER)
    for method in ("get", "post"):
        assert getattr(client, method)(team(scene)).status_code == 404


def test_for_whom_a_page_is_absent_it_stays_absent(scene, at):
    client = browser(make_person(Role.SCHOOL_ADMIN, scene.school))
    at(LATER)
    assert client.get("/account/tokens/").status_code == 404


def test_keys_for_programs_ask(scene, at):
    client = browser(scene.teacher)
    at(LATER)
    asked = client.post(
        "/account/tokens/", {"name": "sheet", "schools": [scene.school.pk], "days": 30}
    )
    assert not ApiToken.objects.exists()
    page = prove(client, asked).content.decode()
    assert "pz_" in page
    assert ApiToken.objects.get().name == "sheet"


# ── programs ─────────────────────────────────────────────────────────────────
class Weighty(RuledViewSet):
    """A view set that does not exist yet: its rule asks."""

    rule_of = {"list": "R27", "retrieve": "R27"}
    queryset = ApiToken.objects.none()
    authentication_classes = ()
    permission_classes = ()
    detail = None

    def list(self, request: Any) -> None: ...

    def retrieve(self, request: Any, uuid: Any) -> Any:
        return self.get_object()


def weighty(detail, session):
    request = APIRequestFactory().get("/")
    request.session, request.now = session, NOW
    view = Weighty(detail=detail, action="retrieve" if detail else "list", kwargs={"uuid": 1})
    view.action_map, view.format_kwarg = {"get": view.action}, None
    view.request = view.initialize_request(request)
    return view


STALE = {"_auth_user_id": "1", "proved": (NOW - timedelta(minutes=6)).timestamp()}
FRESH = {"_auth_user_id": "1", "proved": (NOW - timedelta(minutes=4)).timestamp()}


@pytest.mark.parametrize("session", [{}, STALE], ids=["token", "old session"])
def test_a_program_is_refused_with_a_code_of_its_own(session):
    view = weighty(detail=False, session=session)
    with pytest.raises(FreshSignInRequired) as refused:
        view.initial(view.request)
    assert (refused.value.status_code, refused.value.default_code) == (
        403,
        "fresh_sign_in_required",
    )


def test_a_fresh_browser_may_use_the_api(db):
    view = weighty(detail=False, session=FRESH)
    view.initial(view.request)


def test_in_the_api_too_the_object_is_looked_up_first(db):
    view = weighty(detail=True, session=STALE)
    view.initial(view.request)
    with pytest.raises(Http404):
        view.get_object()

"""A sentence in the conversation offers an agreement; only a click, and then a form, makes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from cases.models import Agreement, Case
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA

pytestmark = pytest.mark.django_db
TEXT = "De leerkracht belt de ouders tegen vrijdag."


@pytest.fixture
def a(at: Callable[[datetime], None]) -> SchoolA:
    at(scenario_a.at(4, 10, 15))
    return scenario_a.found_school_a("pestzorg-test")


@pytest.fixture
def case(a: SchoolA) -> Case:
    return scenario_a.report_and_assess(a).case


@pytest.fixture
def marit(client: Client, a: SchoolA) -> Client:
    client.force_login(a.marit)
    return client


def step(case: Case, tail: str = "") -> str:
    return f"/cases/{case.uuid}/conversation/7/{tail}"


def test_while_typing_an_agreement_is_offered_and_nothing_is_kept(
    marit: Client, case: Case
) -> None:
    page = marit.post(step(case, "offers/"), {"not_agreed_points": TEXT}).content.decode()
    assert "Belt de ouders" in page
    assert 'value="agree-0"' in page
    assert not Agreement.objects.exists()
    assert "Belt de ouders" not in marit.get(step(case)).content.decode()


def test_one_click_saves_the_step_and_opens_the_form_filled_in(
    marit: Client, case: Case, a: SchoolA
) -> None:
    answer = marit.post(step(case), {"not_agreed_points": TEXT, "action": "agree-0"})
    assert answer.status_code == 302
    assert answer.url == f"/cases/{case.uuid}/agreements/new/?step=7&offer=0"
    assert not Agreement.objects.exists()
    form = marit.get(answer.url).context["form"]
    assert form["what"].value() == "Belt de ouders"
    assert form["deadline"].value() == date(2025, 11, 7)


def test_what_was_made_an_agreement_is_not_offered_again(marit: Client, case: Case) -> None:
    marit.post(step(case), {"not_agreed_points": TEXT})
    assert 'value="agree-0"' in marit.get(step(case)).content.decode()
    made: dict[str, Any] = {
        "what": "Belt de ouders",
        "owner": "me",
        "deadline": "2025-11-07",
        "responsible_staff": marit.get(step(case)).wsgi_request.user.uuid,
    }
    assert marit.post(f"/cases/{case.uuid}/agreements/new/", made).status_code == 302
    assert 'value="agree-0"' not in marit.get(step(case)).content.decode()


@pytest.mark.parametrize(
    "query", ["step=7&offer=9", "step=99&offer=0", "step=x&offer=0", "offer=0"]
)
def test_an_offer_that_is_gone_leaves_the_form_empty(marit: Client, case: Case, query: str) -> None:
    page = marit.get(f"/cases/{case.uuid}/agreements/new/?{query}")
    assert page.status_code == 200
    assert not page.context["form"]["what"].value()


@pytest.mark.parametrize(
    ("text", "owner", "colleague"),
    [
        ("Ik bel morgen de ouders", "me", "Marit Hoekstra"),
        ("Paul Visser belt morgen de ouders", "staff", "Paul Visser"),
        ("Noor stuurt morgen een bericht", "target", ""),
        ("Moeder belt morgen naar school", "parent", ""),
        ("De klas maakt morgen regels", "class", ""),
        ("De directeur belt morgen de ouders", "staff", "Paul Visser"),
    ],
)
def test_owner_may_be_me_a_colleague_a_pupil_a_parent_or_a_role(
    marit: Client, case: Case, a: SchoolA, text: str, owner: str, colleague: str
) -> None:
    answer = marit.post(step(case), {"not_agreed_points": text, "action": "agree-0"})
    form = marit.get(answer.url).context["form"]
    assert form["owner"].value() == owner
    chosen = {str(p.uuid): p.full_name for p in (a.marit, a.paul)}
    assert chosen.get(form["owner_staff"].value() or "", "") == colleague

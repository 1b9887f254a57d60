"""Wrong input gets a clear Dutch sentence on the page, and nothing that was typed is lost or stored."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.models import Agreement, Report
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_class, make_pupil, make_school

GOOD = {
    "what": "Moeder bellen",
    "owner": "me",
    "when": "",
    "deadline": "2025-11-07",
    "check_how": "Zij zegt het zelf.",
}


@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(NOW)
    client.force_login(scene.teacher)
    return client


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"deadline": "2025-10-31"}, "Deze dag is al voorbij."),
        ({"deadline": "31-31-2025"}, "Voer een geldige datum in."),
        ({"deadline": ""}, "Tegen wanneer? Kies een dag, of zeg wanneer jullie terugkijken."),
        ({"owner": ""}, "Wie doet dit? Noem één persoon."),
        ({"what": "a" * 201}, "Gebruik hoogstens 200 tekens, nu zijn het er 201."),
    ],
)
def test_a_wrong_agreement(
    teacher: Client, scene: Scene, wrong: dict[str, str], sentence: str
) -> None:
    posted = {**GOOD, "responsible_staff": str(scene.coordinator.uuid), **wrong}
    with translation.override("nl"):
        answer = teacher.post(reverse("cases:agreement-new", args=[scene.case.uuid]), posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Zij zegt het zelf." in page
    assert posted["what"] in page
    assert not Agreement.objects.exists()


def test_a_colleague_who_is_not_in_the_list(teacher: Client, scene: Scene) -> None:
    posted = {"save": "1", "agreements-new-what": "Moeder bellen", "agreements-new-owner": "me"}
    posted["agreements-new-responsible_staff"] = str(uuid4())
    answer = teacher.post(reverse("conversation:step", args=[scene.case.uuid, 7]), posted)
    assert answer.status_code == 422
    assert "Moeder bellen" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_a_pupil_of_another_school(teacher: Client, scene: Scene) -> None:
    foreign = make_pupil(make_class(make_school("Zuid", "zuid"), "7A"), "Bram", "Peeters")
    posted = {
        "about": "Bram",
        "pupil": str(foreign.uuid),
        "description": "Eet alleen.",
        "urgency": "today",
    }
    before = Report.objects.count()
    with translation.override("nl"):
        answer = teacher.post(reverse("reports:new"), posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kies een leerling van je eigen school." in page
    assert "Eet alleen." in page
    assert "Peeters" not in page
    assert Report.objects.count() == before

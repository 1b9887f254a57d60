"""What follows at once: agreements for today out of step 1, and a helper of step 6 offered in step 10."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.services import items
from cases.services.immediate import agree_for_today
from cases.services.steps import save_step
from cases.tests.finishing import done, refused
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

TODAY = NOW.date()
TEXT = "- Noor blijft bij Marit\n- Moeder haalt haar op\n\n"


def write(scene: Scene, text: str) -> None:
    answers = {"immediate_danger": True, "immediate_measures": text}
    save_step(scene.teacher, scene.step(1), answers, now=NOW)


@pytest.fixture
def client(scene: Scene, at: Callable[[datetime], None]) -> Client:
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


def test_each_line_becomes_one_agreement_for_today_and_only_once(scene: Scene) -> None:
    write(scene, TEXT)
    for times in (2, 0):
        assert len(agree_for_today(scene.teacher, scene.step(1), now=NOW)) == times
    found = scene.case.agreements.order_by("id")
    assert [(a.what, a.owner_staff, a.deadline) for a in found] == [
        ("Noor blijft bij Marit", scene.teacher, TODAY),
        ("Moeder haalt haar op", scene.teacher, TODAY),
    ]


def test_what_cannot_wait_is_agreed_also_against_a_wish_and_says_why(scene: Scene) -> None:
    not_wishes = {"not_wishes": "Niet aan mijn ouders vertellen."}
    save_step(scene.teacher, scene.step(2), not_wishes, now=NOW)
    write(scene, "Marit belt de ouders")
    [made] = agree_for_today(scene.teacher, scene.step(1), now=NOW)
    assert made.against_wish
    assert made.wish_reason


def test_without_a_word_there_is_nothing_to_agree(scene: Scene) -> None:
    write(scene, " \n - ")
    with pytest.raises(RuleBroken) as nothing:
        agree_for_today(scene.teacher, scene.step(1), now=NOW)
    assert [p.field for p in nothing.value.problems] == ["immediate_measures"]
    assert not scene.case.agreements.exists()


def test_danger_waits_for_no_school_day(scene: Scene) -> None:
    write(scene, TEXT)
    saturday = NOW + timedelta(days=5)
    made = agree_for_today(scene.teacher, scene.step(1), now=saturday)
    assert {agreement.deadline for agreement in made} == {saturday.date()}


def test_one_tap_saves_the_step_and_makes_the_agreements(client: Client, scene: Scene) -> None:
    url = reverse("conversation:step", args=[scene.case.uuid, 1])
    typed = {"immediate_danger": "true", "immediate_measures": TEXT, "visibility": "care_team"}
    danger = {"immediate_danger": True, "immediate_measures": TEXT}
    assert ("immediate_danger", "danger") in refused(scene, 1, **danger)
    page = client.get(url)
    typed["seen"] = page.context["form"]["seen"].value()
    assert client.post(url, {**typed, "action": "today"}).status_code == 302
    assert scene.case.agreements.count() == 2
    done(scene, 1, **danger)


# ── step 10 ──────────────────────────────────────────────────────────────────
def offered(client: Client, scene: Scene) -> Any:
    page = client.get(reverse("conversation:step", args=[scene.case.uuid, 10]), {"view": "write"})
    return page.context["page"].panels[0].rows[-1].form["name"].value()


def seek(scene: Scene, **values: Any) -> None:
    items.put_measure(scene.teacher, scene.conversation, "seek_support", now=NOW, **values)


@pytest.mark.parametrize(("status", "name"), [("agreed", "Mila"), ("declined", None)])
def test_whoever_was_named_in_step_6_is_offered_in_step_10(
    client: Client, scene: Scene, status: str, name: str | None
) -> None:
    assert offered(client, scene) is None
    seek(scene, status=status, helper="Mila")
    assert offered(client, scene) == name


def test_a_helper_who_is_there_already_is_not_offered_again(client: Client, scene: Scene) -> None:
    seek(scene, status="agreed", helper="Mila")
    given = {"name": "mila", "relationship": "friend", "tasks": ["listen"], "answer": "accepted"}
    items.put_support_person(scene.teacher, scene.conversation, None, now=NOW, **given)
    assert offered(client, scene) is None

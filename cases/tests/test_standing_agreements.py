"""What has no end may begin on a day of its own: between now and the day on which somebody looks back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Agreement
from cases.services.agreements import change_agreement
from cases.tests.scene import Scene
from cases.tests.test_agreements import LATER, codes, moments
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement

BACK = date(2025, 11, 17)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"deadline": date(2025, 11, 7), "starts_on": date(2025, 11, 5)}, "standing"),
        ({"review_on": BACK, "starts_on": date(2025, 11, 2)}, "past"),
        ({"review_on": BACK, "starts_on": date(2025, 11, 18)}, "order"),
    ],
)
def test_a_first_day_is_for_what_lasts_and_lies_between_now_and_the_review(
    scene: Scene, days: dict[str, date], code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, **days)
    assert codes(refused) == [("starts_on", code)]
    agreement = make_agreement(
        scene.teacher, scene.case, review_on=BACK, starts_on=date(2025, 11, 10)
    )
    assert (agreement.starts_on, moments(agreement)) == (
        date(2025, 11, 10),
        [("review_due", BACK), ("stayed_open", date(2025, 11, 20))],
    )


def test_what_has_begun_can_be_corrected_and_gets_an_end_only_without_its_first_day(
    scene: Scene,
) -> None:
    agreement = make_agreement(scene.teacher, scene.case, review_on=BACK, starts_on=NOW.date())
    change_agreement(scene.teacher, agreement, helper="Karin", now=NOW + timedelta(days=3))
    end = {"deadline": date(2025, 11, 14), "review_on": None, "now": LATER}
    with pytest.raises(RuleBroken) as refused:
        change_agreement(scene.teacher, agreement, **end)
    assert codes(refused) == [("starts_on", "standing")]
    agreement = Agreement.objects.get()
    change_agreement(scene.teacher, agreement, **end, starts_on=None)
    agreement.refresh_from_db()
    assert (agreement.standing, agreement.starts_on) == (False, None)


# ── the page ─────────────────────────────────────────────────────────────────
@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(NOW)
    client.force_login(scene.teacher)
    return client


def filled(scene: Scene, **days: str) -> dict[str, str]:
    me = str(scene.teacher.uuid)
    return {"what": "Loop mee naar gym", "owner": "me", "responsible_staff": me, **days}


def test_the_page_asks_for_the_first_day_and_tells_it(teacher: Client, scene: Scene) -> None:
    new = reverse("cases:agreement-new", args=[scene.case.uuid])
    wrong = filled(scene, review_on="2025-11-17", starts_on="2025-11-18")
    answer = teacher.post(new, wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["starts_on"])
    assert answer.context["form"]["starts_on"].value() == "2025-11-18"
    teacher.post(new, {**wrong, "starts_on": "2025-11-10"})
    agreement = scene.case.agreements.get()
    assert agreement.starts_on == date(2025, 11, 10)
    page = teacher.get(reverse("cases:agreement-page", args=[agreement.uuid])).content.decode()
    assert "maandag 10 november" in page.lower()
    edit = teacher.get(reverse("cases:agreement-edit", args=[agreement.uuid]))
    assert edit.context["form"]["starts_on"].value() == date(2025, 11, 10)

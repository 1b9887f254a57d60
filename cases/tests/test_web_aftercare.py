"""Aftercare on the pages: the ladder, the talk, another day, the relapse, and the end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.ceilings import Level
from cases.models import AftercareCheck, Case
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.closable import (
    CLOSING_AT,
    at_noon,
    checks_of,
    enter,
    hold_next,
    make_closable,
)
from cases.tests.scene import Scene
from cases.tests.test_web_closing import text
from pestzorg.testing.builders import NOW, make_agreement
from pestzorg.testing.clients import signed_in

HELD = {
    "safety_score": "8",
    "new_incident": "false",
    "compared": "better",
    "pupil_words": "Ik mag weer meedoen.",
    "helpers_active": "yes",
    "class_teacher_signal": "Rustig.",
    "parents_contacted": "true",
    "verdict": "ok",
}
WEEK_2, WEEK_12 = date(2026, 1, 9), date(2026, 3, 27)


@pytest.fixture
def after(scene: Scene, at: Any) -> Scene:
    make_closable(scene)
    scene.case.conversations.update(status="completed", completed_at=NOW)
    enter(scene)
    at(at_noon(WEEK_2))
    return scene


def page(scene: Scene) -> str:
    return f"/cases/{scene.case.uuid}/"


def address(scene: Scene, rest: str = "", number: int = 0) -> str:
    return f"{page(scene)}aftercare/{checks_of(scene.case)[number].uuid}/{rest}"


def first(scene: Scene) -> AftercareCheck:
    return checks_of(scene.case)[0]


def test_the_case_page_shows_the_ladder_with_its_dates_and_the_next_talk_first(
    after: Scene,
) -> None:
    shown = text(signed_in(after.coordinator).get(page(after)))
    for number in range(3):
        assert address(after, number=number) in shown
    assert shown.index("pz-hero") < shown.index(address(after)) < shown.index('id="aftercare"')


def test_a_red_flag_told_in_aftercare_asks_for_an_assessment_everywhere(after: Scene) -> None:
    client = signed_in(after.coordinator)
    assert "Bepaal nu hoe ernstig" not in text(client.get(page(after)))
    # The handler, whom no mail tells what they wrote down themselves.
    flags = {"red_flags": ["self_harm_or_suicidal"]}
    save_step(after.coordinator, after.step(1), flags, now=at_noon(WEEK_2))
    assert "/severity/confirm/" in text(client.get(page(after)))
    assert f"{page(after)}severity/" in text(client.get(reverse("home:today")))
    assert client.get(f"{page(after)}severity/").status_code == 200
    assert client.post(f"{page(after)}severity/confirm/").status_code == 302
    after.case.refresh_from_db()
    assert (after.case.severity, after.case.alarm_at) == (4, None)
    # What to do stays on the page, since it was assessed in aftercare.
    shown = text(client.get(page(after)))
    assert 'id="h-alarm"' in shown
    assert "/severity/confirm/" not in shown


def test_what_was_critical_before_closing_is_no_alarm_in_aftercare(after: Scene) -> None:
    Case.objects.filter(pk=after.case.pk).update(severity=4)
    assert 'id="h-alarm"' not in text(signed_in(after.coordinator).get(page(after)))


def test_a_talk_is_written_down_and_its_grade_joins_the_chart(after: Scene) -> None:
    client = signed_in(after.coordinator)
    assert client.get(address(after)).status_code == 200
    answer = client.post(address(after), HELD)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{page(after)}#aftercare")
    check = first(after)
    assert (check.status, check.held_on, check.safety_score) == ("held", WEEK_2, 8)
    shown = client.get(page(after))
    assert shown.context["page"].scores[-1].on == WEEK_2
    assert any("nazorg" in event.title.lower() for event in shown.context["page"].events)
    assert "Ik mag weer meedoen." in text(client.get(address(after)))


def test_what_is_missing_stands_at_its_question_and_nothing_typed_is_lost(after: Scene) -> None:
    answer = signed_in(after.coordinator).post(address(after), {"pupil_words": "Het gaat wel."})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {
        "safety_score",
        "new_incident",
        "compared",
        "helpers_active",
        "class_teacher_signal",
        "parents_contacted",
        "verdict",
    }
    assert "Het gaat wel." in text(answer)
    assert first(after).status == "planned"


def test_open_agreements_are_listed_in_the_talk(scene: Scene, at: Any) -> None:
    make_closable(scene)
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    enter(scene, carries_over=[agreement])
    at(at_noon(WEEK_2))
    client = signed_in(scene.coordinator)
    assert "Bel de ouders" in text(client.get(address(scene)))
    assert client.post(address(scene), HELD).status_code == 422
    given = {**HELD, "agreements_reviewed": str(agreement.uuid)}
    assert client.post(address(scene), given).status_code == 302


def test_a_talk_that_is_too_early_says_from_when(after: Scene, at: Any) -> None:
    at(CLOSING_AT + timedelta(days=3))
    client = signed_in(after.coordinator)
    assert client.get(address(after)).context["opens_on"] == date(2025, 12, 19)
    assert client.post(address(after), HELD).status_code == 422
    assert first(after).status == "planned"


def test_a_talk_that_somebody_else_wrote_down_keeps_what_was_typed(after: Scene) -> None:
    hold_next(after)
    answer = signed_in(after.coordinator).post(address(after), HELD)
    assert answer.status_code == 409
    assert "Ik mag weer meedoen." in text(answer)


def test_a_talk_moves_with_a_reason(after: Scene) -> None:
    client, place = signed_in(after.coordinator), address(after, "move/")
    answer = client.post(place, {"due_on": "2026-01-12"})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"reason"})
    answer = client.post(place, {"due_on": "2026-01-12", "reason": "Ziek."})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(after))
    assert first(after).due_on == date(2026, 1, 12)
    assert "Ziek." in text(client.get(address(after)))


def test_a_talk_that_was_held_does_not_move(after: Scene) -> None:
    hold_next(after)
    client, place = signed_in(after.coordinator), address(after, "move/")
    assert client.get(place).status_code == 302
    assert client.post(place, {"due_on": "2026-01-12", "reason": "Ziek."}).status_code == 409


def test_a_relapse_leads_to_the_assessment_and_then_offers_a_second_conversation(
    after: Scene,
) -> None:
    client = signed_in(after.coordinator)
    answer = client.post(address(after), {**HELD, "verdict": "relapse", "note": "Weer."})
    assert answer.headers["Location"] == f"{page(after)}severity/"
    shown = client.get(page(after))
    assert shown.context["page"].next == "reassess"
    form = client.get(f"{page(after)}severity/").context["form"]
    given = {key: form[key].value() for key in form.fields if form[key].value() is not None}
    assert client.post(f"{page(after)}severity/", given).status_code == 302
    shown = client.get(page(after))
    assert shown.context["page"].next == "second"
    assert f"{page(after)}conversations/new/" in text(shown)


def test_it_began_again_asks_what_happened(after: Scene) -> None:
    client, place = signed_in(after.coordinator), f"{page(after)}reopen/"
    assert client.get(place).status_code == 200
    assert client.post(place, {}).status_code == 422
    answer = client.post(place, {"reason": "Weer een sticker."})
    assert answer.headers["Location"] == f"{page(after)}severity/"
    after.case.refresh_from_db()
    assert after.case.status == "active"
    assert client.get(place).headers["Location"] == page(after)


def test_the_end_is_one_button_once_every_talk_was_held(after: Scene, at: Any) -> None:
    client, close = signed_in(after.coordinator), f"{page(after)}close/"
    assert close not in text(client.get(page(after)))
    assert client.post(close).headers["Location"] == page(after)
    after.case.refresh_from_db()
    assert after.case.status == "aftercare"
    for _ in range(3):
        hold_next(after)
    at(at_noon(WEEK_12))
    client = signed_in(after.coordinator)
    assert close in text(client.get(page(after)))
    assert client.post(close).headers["Location"] == page(after)
    after.case.refresh_from_db()
    assert after.case.status == "closed"
    shown = text(client.get(page(after)))
    assert f"{page(after)}reopen/" in shown


def test_who_reads_along_sees_the_ladder_and_writes_nothing(after: Scene) -> None:
    share_case(after.coordinator, after.case, after.colleague, Level.CONTRIBUTE, now=NOW)
    client = signed_in(after.colleague)
    shown = text(client.get(address(after)))
    assert "data-autosave" not in shown
    assert client.post(address(after), HELD).status_code == 404
    assert client.get(address(after, "move/")).status_code == 404
    assert client.get(f"{page(after)}reopen/").status_code == 404
    assert client.post(f"{page(after)}close/").status_code == 404


def test_a_talk_of_another_case_is_not_found(after: Scene) -> None:
    other = address(after).replace(str(after.case.uuid), str(after.case.report.uuid))
    assert signed_in(after.coordinator).get(other).status_code == 404


def test_the_handler_finds_the_talk_on_today_and_the_overview(after: Scene) -> None:
    client = signed_in(after.coordinator)
    for place in ("/", "/overview/"):
        assert address(after) in text(client.get(place)), place
    assert address(after) not in text(signed_in(after.teacher).get("/"))

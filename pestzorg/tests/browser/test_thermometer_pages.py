"""The class thermometer in a browser: a class that answers without script, and pages that everybody can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from interventions.models import AnswerBox, Run
from interventions.services.survey_tokens import hand_out
from interventions.tests.classes import lines_of
from interventions.tests.measuring import LATER, Measured, make_measured
from interventions.thermometer.box import lines_in
from interventions.thermometer.questionnaire import JUNIOR
from pestzorg.testing.builders import NOW, make_class, make_pupil
from pestzorg.tests.browser.test_pages import complaints, sign_in, wrong_pages

__all__ = ["sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def group() -> Measured:
    return make_measured(pupils=24)


def another_class(group: Measured, name: str) -> Measured:
    found = make_class(group.school, name, group.teacher)
    for number in range(9):
        make_pupil(found, f"Leerling {number}")
    return Measured(group.school, found, group.teacher, group.coordinator)


def test_a_pupil_answers_without_script(
    browser: Browser, live_server: Any, group: Measured, set_clock: Callable
) -> None:
    set_clock(NOW)
    run = group.open()
    with browser.new_context(java_script_enabled=False, locale="nl-NL") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/k/?c={run.code}")
        page.get_by_role("button", name="Verder").click()
        page.get_by_role("button", name="Beginnen").click()
        for _question in range(18):
            page.get_by_role("radio").nth(3).check()
            page.get_by_role("button", name="Volgende vraag").click()
        page.locator("input[value='8']").check(force=True)
        page.get_by_role("button", name="Mijn antwoorden versturen").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dank je wel")
        expect(page.get_by_role("link", name="0800-0432")).to_be_visible()
    assert lines_in(AnswerBox.objects.get(run=run).answers) == ["4" * 18 + "/8"]


@pytest.mark.parametrize("kind", ["full", JUNIOR])
def test_every_page_of_a_pupil_is_accessible(
    page: Page, live_server: Any, group: Measured, set_clock: Callable, kind: str
) -> None:
    set_clock(NOW)
    run = group.open(kind)
    wrong = wrong_pages(page, live_server.url, ["/k/", "/k/done/nl/"])
    page.goto(f"{live_server.url}/k/{hand_out(run.code)}/")
    wrong["start"] = complaints(page)
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_role("button", name="Volgende vraag").click()
    wrong["nothing chosen"] = complaints(page)
    last = page.get_by_role("button", name="Mijn antwoorden versturen")
    while not last.count():
        page.get_by_role("radio").last.check(force=True)
        page.get_by_role("button", name="Volgende vraag").click()
    wrong["temperature"] = complaints(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_every_choice_is_large_enough_for_a_finger(
    page: Page, live_server: Any, group: Measured, set_clock: Callable
) -> None:
    set_clock(NOW)
    run = group.open()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{live_server.url}/k/{hand_out(run.code)}/")
    page.get_by_role("button", name="Beginnen").click()
    heights = [
        box["height"] for row in page.locator(".pz-opt").all() if (box := row.bounding_box())
    ]
    assert len(heights) == 6
    assert min(heights) >= 44


def test_the_pages_of_the_staff_are_accessible(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    first = group.measure(lines_of("B before")[:23])
    after = group.measure(lines_of("B after"), now=LATER)
    is_open = another_class(group, "8A").open(now=LATER)
    prepared = another_class(group, "6C").prepare(now=LATER)
    new = another_class(group, "5D").school_class
    sign_in(group.teacher, LATER)
    pages = [
        "/classes/",
        f"/classes/{new.uuid}/thermometer/",
        *(f"/thermometer/{run.uuid}/" for run in (first, after, is_open, prepared)),
        f"/thermometer/{is_open.uuid}/share/",
    ]
    assert wrong_pages(page, live_server.url, pages) == {}


def test_the_counter_on_the_board_goes_up_by_itself(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    from interventions.tests.measuring import answer

    run = group.open()
    sign_in(group.teacher, NOW)
    page.goto(f"{live_server.url}/thermometer/{run.uuid}/share/")
    expect(page.get_by_role("status").filter(has_text="klaar")).to_contain_text("0 van 24 klaar")
    answer(hand_out(run.code), lines_of("A before")[0])
    expect(page.get_by_role("status").filter(has_text="klaar")).to_contain_text(
        "1 van 24 klaar", timeout=15_000
    )
    Run.objects.filter(pk=run.pk).update(state="closed", closed_on=NOW.date(), code="")
    expect(page.get_by_text("De thermometer is gesloten.")).to_be_visible(timeout=15_000)

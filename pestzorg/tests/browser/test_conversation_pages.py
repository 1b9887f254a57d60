"""The steps of a conversation in both views: read with their question, within a thumb's reach, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, Conversation
from cases.services.conversations import begin_sitting
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA, at
from pestzorg.testing.keys import Keys
from pestzorg.tests.browser.test_pages import NARROW, school, sign_in

__all__ = ["school", "sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
VIEWS = ("talk", "write")
RESUMED = {
    "safety_score": 4,
    "new_incident": False,
    "still_agrees": True,
    "what_changed": "Een rustige dag.",
}
# Everything that a finger taps, with what it is and how high it is. A chip is tapped through its invisible input.
TARGETS = """() => [...document.querySelectorAll("main, .pz-next, .pz-talk-top")]
  .flatMap((part) => [...part.querySelectorAll("a, button, summary, select, input:not([type=hidden]), textarea")])
  .filter((node) => node.checkVisibility() && !node.closest(".visually-hidden") && node.tabIndex >= 0)
  .filter((node) => !(node.tagName === "A" && getComputedStyle(node).display === "inline"))
  .map((node) => [node.closest(".form-check") ?? node, node])
  .map(([box, node]) => [node.outerHTML.slice(0, 90), Math.round(box.getBoundingClientRect().height)])"""
# Choices that a screen reader would read without the question they answer, or without a name of their own.
NAMELESS = """() => [...document.querySelectorAll("main [type=radio], main [type=checkbox]")]
  .filter((node) => !node.labels[0]?.textContent.trim()
    || (node.type === "radio" && !node.closest("fieldset")?.querySelector("legend")?.textContent.trim()))
  .map((node) => node.outerHTML.slice(0, 90))"""
SAID = {
    "consent_to_talk": "yes",
    "safety_promise_given": True,
    "confidentiality_explained": True,
    "safety_score": 0,
}


@pytest.fixture
def talking(school: SchoolA) -> SchoolA:
    """Between the first and the second sitting; the second has just begun."""
    conversation = scenario_a.report_and_assess(school)
    scenario_a.first_sitting(school, conversation)
    return school


def address(tail: str = "") -> str:
    return f"/cases/{Case.objects.get().uuid}/conversation/{tail}"


def begin(school: SchoolA) -> None:
    begin_sitting(school.marit, Conversation.objects.get(), now=at(6, 13, 45), **RESUMED)


@pytest.mark.parametrize("view", VIEWS)
def test_every_choice_is_read_with_its_question(
    page: Page, live_server: Any, talking: SchoolA, sign_in: Callable, view: str
) -> None:
    begin(talking)
    sign_in(talking.marit, at(6, 13, 50))
    found = {}
    for number in range(1, 11):
        page.goto(f"{live_server.url}{address(f'{number}/')}?view={view}")
        if nameless := page.evaluate(NAMELESS):
            found[number] = nameless
    assert found == {}


@pytest.mark.parametrize("number", [1, 2, 6, 7, 10])
def test_everything_in_the_talk_is_large_enough_for_a_finger(
    page: Page, live_server: Any, talking: SchoolA, sign_in: Callable, number: int
) -> None:
    begin(talking)
    sign_in(talking.marit, at(6, 13, 50))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(live_server.url + address(f"{number}/"))
    small = [(html, height) for html, height in page.evaluate(TARGETS) if height < 44]
    assert small == []
    chips = page.locator(".pz-in-talk .pz-chip")
    assert all(chip.bounding_box()["height"] >= 52 for chip in chips.all() if chip.is_visible())  # type: ignore[index]
    following = page.locator(".pz-next .btn").last.bounding_box()
    assert following
    # The lower third of the screen, where a thumb is.
    assert following["y"] > NARROW["height"] * 2 / 3


def test_a_talk_is_held_with_the_keyboard_alone(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    """In the view that the pupil reads along; all ten steps, written up: test_keyboard.py."""
    scenario_a.report_and_assess(school)
    sign_in(school.marit, at(4, 10, 15))
    keys = Keys(page)
    page.goto(live_server.url + address())
    page.keyboard.press("Tab")
    expect(page.locator(".pz-skip")).to_be_focused()
    page.keyboard.press("Enter")
    keys.submit("form[action$='/begin/']")
    expect(page.locator("[name=view]")).to_have_value("talk")
    # Nothing is filled in: the summary gets the focus, and its first link leads to a field.
    keys.press("done")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.matches('#step-form input')")
    for name, said in SAID.items():
        keys.fill(name, said)
    keys.press("done")
    for number in range(2, 10):
        expect(page).to_have_url(re.compile(rf"/conversation/{number}/"))
        keys.press("next")
    keys.follow(page.locator("[name=action][value='see:view=write']:visible"))
    keys.press("stop")
    expect(page).to_have_url(re.compile(r"/conversation/end/"))
    record = Conversation.objects.get().step_records.get(step=1)
    assert record.answers["consent_to_talk"] == "yes"
    assert record.answers["safety_score"] == 0

"""Promise N16: one key hides everything at once, the back button shows nothing, no word is lost, and half a minute counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from cases.models import StepRecord
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW
from pestzorg.tests.browser.test_drafts import CANARY, STORY, Teacher, marit

__all__ = ["marit"]
SetClock = Callable[[datetime], None]
CLOCK = re.compile("/clock/$")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def hide(marit: Teacher) -> None:
    marit.page.keyboard.press("Escape")
    marit.page.keyboard.press("Escape")


def shown(marit: Teacher) -> str:
    """All that can be read or found in the page and its tab."""
    return marit.page.title() + marit.page.content()


def is_neutral(marit: Teacher) -> None:
    expect(marit.page).to_have_url(CLOCK)
    expect(marit.page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d[.:]\d\d$"))
    assert marit.page.title() == "Klok"
    for word in ("pestzorg", "Noor", marit.case.reference, "anarie"):
        assert word not in marit.page.locator("body").inner_text()
        assert word not in marit.page.title()


def test_two_escapes_hide_and_the_back_button_shows_nothing(marit: Teacher) -> None:
    marit.begin(f"/cases/{marit.case.uuid}/")
    marit.open(f"/cases/{marit.case.uuid}/conversation/")
    marit.open(marit.step)
    hide(marit)
    is_neutral(marit)
    for _times in range(3):
        marit.page.go_back()
        is_neutral(marit)
    marit.page.go_forward()
    is_neutral(marit)


def test_the_button_hides_on_a_page_of_the_menu_too(marit: Teacher) -> None:
    marit.begin("/cases/")
    marit.page.locator("[data-hide]").first.click()
    is_neutral(marit)
    marit.page.go_back()
    is_neutral(marit)


HIDE_AND_LOOK = """() => {
  for (const _time of [1, 2]) document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  return document.title + document.body.textContent + document.body.childElementCount;
}"""


def test_what_stood_there_is_gone_before_the_clock_comes(marit: Teacher) -> None:
    marit.begin(marit.step)
    assert marit.page.evaluate(HIDE_AND_LOOK) == "0"
    is_neutral(marit)


def test_half_a_sentence_is_kept_and_waits_after_signing_in_again(
    marit: Teacher, settings: Any, set_clock: SetClock
) -> None:
    settings.AUTOSAVE_SECONDS = 20
    marit.begin(marit.step)
    marit.type(STORY, CANARY)
    hide(marit)
    is_neutral(marit)
    expect_draft(CANARY)
    set_clock(NOW + timedelta(seconds=100))
    marit.page.get_by_role("link", name="Verder").click()
    expect(marit.page).to_have_url(re.compile("/account/login/"))
    marit.sign_in(marit.page, marit.user)
    marit.open(marit.step)
    with marit.page.expect_navigation():
        marit.page.get_by_role("link", name="Verder typen").click()
    assert marit.page.input_value(STORY) == CANARY
    assert StepRecord.objects.filter(step=2).exclude(status="not_started").count() == 0


def expect_draft(words: str) -> None:
    draft = Draft.objects.get()
    assert typed_in(draft)["story"] == words


def test_within_half_a_minute_one_tap_goes_on(marit: Teacher, set_clock: SetClock) -> None:
    marit.begin(marit.step)
    hide(marit)
    is_neutral(marit)
    set_clock(NOW + timedelta(seconds=20))
    marit.page.get_by_role("link", name="Verder").click()
    expect(marit.page).to_have_url(marit.url + "/")
    expect(marit.page.locator("[data-hide]")).to_be_visible()


def test_one_escape_hides_nothing(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.page.keyboard.press("Escape")
    marit.page.wait_for_timeout(700)
    marit.page.keyboard.press("Escape")
    marit.page.wait_for_timeout(300)
    expect(marit.page).to_have_url(marit.url + marit.step)


def test_without_a_connection_the_page_is_gone_all_the_same(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.type(STORY, CANARY)
    marit.context.set_offline(True)
    hide(marit)
    marit.page.wait_for_timeout(500)
    assert "anarie" not in shown(marit)
    assert "Noor" not in shown(marit)

"""Promise R11: offline, a session that ends, a tab that crashes: no character is lost, one thing is made, nothing leaks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from cases.models import Case, Report, StepRecord
from cases.services.steps import save_step
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
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
from pestzorg.tests.browser.test_pages import complaints
from schools.models import User
from schools.roles import Role

CANARY = "Kanarie zat alleen op het schoolplein."
MORE = " Ze huilde."
STORY = "#id_story"
KEPT = re.compile(r"^Bewaard, \d+\.\d\d uur$")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


class Teacher:
    """A teacher at a browser, on the page of step 2 of one case."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        school = make_school()
        self.coordinator = make_person(Role.COORDINATOR, school, first_name="Sami")
        self.user = make_person(Role.TEACHER, school, first_name="Marit")
        pupil = make_pupil(make_class(school, "7A", self.user))
        self.case: Case = make_case_active(self.coordinator, self.user, school, pupil)
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)

    @property
    def step(self) -> str:
        return f"/cases/{self.case.uuid}/conversation/2/"

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, page: Page, user: User) -> None:
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("form button[type=submit]").first.click()

    def begin(self, path: str) -> None:
        self.open("/account/login/")
        self.sign_in(self.page, self.user)
        self.open(path)
        # The key of the session is there: from now on text may wait in the tab.
        self.page.wait_for_load_state("networkidle")

    def type(self, field: str, text: str) -> None:
        self.page.locator(field).press("Control+End")
        self.page.keyboard.type(text, delay=10)

    def says(self, words: str | re.Pattern[str]) -> None:
        """One form tells how its text is, and no other says anything."""
        said = self.page.locator("[data-saved]").filter(has_text=re.compile(r"\S"), visible=True)
        expect(said).to_contain_text([words])

    def is_kept(self) -> None:
        self.says(KEPT)

    def waits(self) -> None:
        self.says("Wacht op bereik")

    def stored(self) -> str:
        """Everything that the browser keeps for this site, as one text."""
        return json.dumps(
            self.page.evaluate(
                """async () => [Object.entries(sessionStorage), Object.entries(localStorage),
                                await indexedDB.databases()]"""
            )
        )

    def waiting(self) -> str:
        return str(self.page.evaluate("Object.values(sessionStorage).join()"))

    def sealed(self) -> None:
        """What waits in the tab is there, and unreadable."""
        self.page.wait_for_timeout(400)
        assert self.waiting()
        assert "anarie" not in self.stored()

    def press(self, action: str) -> None:
        self.page.locator(f'.btn[name="action"][value="{action}"]').first.click()

    def end_session(self) -> None:
        """Meanwhile it is over: nobody is signed in any more."""
        Session.objects.all().delete()

    def answer(self, key: str) -> Any:
        return StepRecord.objects.get(step=2).answer(key)


@pytest.fixture
def marit(
    page: Page, live_server: Any, settings: Any, set_clock: Callable[[datetime], None]
) -> Iterator[Teacher]:
    settings.AUTOSAVE_SECONDS = 0.5
    set_clock(NOW)
    teacher = Teacher(page, live_server.url)
    yield teacher
    page.context.set_offline(False)


def test_offline_while_typing_loses_nothing(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.type(STORY, CANARY)
    marit.is_kept()
    marit.context.set_offline(True)
    expect(marit.page.locator("[data-offline]")).to_be_visible()
    marit.type(STORY, MORE)
    marit.waits()
    marit.sealed()
    marit.context.set_offline(False)
    marit.is_kept()
    assert typed_in(Draft.objects.get())["story"] == CANARY + MORE
    assert marit.waiting() == ""
    with marit.page.expect_navigation():
        marit.press("save")
    assert marit.answer("story") == CANARY + MORE
    assert not Draft.objects.exists()


def test_offline_at_submit_sends_by_itself_and_once(marit: Teacher) -> None:
    marit.begin("/reports/new/")
    marit.type("[name=description]", CANARY)
    marit.type("[name=about]", "Kanarie uit 7A")
    marit.context.set_offline(True)
    button = marit.page.locator("main form .btn-primary")
    button.click()
    button.click()
    marit.waits()
    marit.sealed()
    with marit.page.expect_navigation():
        marit.context.set_offline(False)
    report = Report.objects.get(about="Kanarie uit 7A")
    assert report.description == CANARY
    assert not Draft.objects.exists()
    assert "anarie" not in marit.stored()


def test_a_session_that_ends_meanwhile_is_begun_again_in_place(marit: Teacher) -> None:
    marit.begin("/reports/new/")
    marit.type("[name=about]", "Kanarie uit 7A")
    Session.objects.all().delete()
    marit.type("[name=description]", CANARY)
    signed_out = marit.page.locator("[data-signed-out]")
    expect(signed_out).to_be_visible()
    marit.sealed()
    assert complaints(marit.page) == []
    with marit.context.expect_page() as opened:
        signed_out.locator("a").click()
    marit.sign_in(opened.value, marit.user)
    expect(opened.value.locator("h1")).to_have_text("Je bent weer ingelogd")
    opened.value.close()
    marit.page.bring_to_front()
    expect(signed_out).to_be_hidden()
    marit.is_kept()
    with marit.page.expect_navigation():
        marit.page.locator("main form .btn-primary").click()
    assert Report.objects.get(about="Kanarie uit 7A").description == CANARY


def test_somebody_else_who_signs_in_gets_no_text(marit: Teacher) -> None:
    marit.begin(marit.step)
    Session.objects.all().delete()
    marit.type(STORY, CANARY)
    signed_out = marit.page.locator("[data-signed-out]")
    expect(signed_out).to_be_visible()
    with marit.context.expect_page() as opened:
        signed_out.locator("a").click()
    marit.sign_in(opened.value, marit.coordinator)
    opened.value.close()
    marit.page.bring_to_front()
    expect(signed_out.locator("[data-other-person]")).to_be_visible()
    assert not Draft.objects.exists()


def test_a_crashed_tab_gives_the_last_draft_back(marit: Teacher) -> None:
    marit.begin(marit.step)
    with marit.page.expect_response(lambda answer: CANARY in (answer.request.post_data or "")):
        marit.type(STORY, CANARY)
    marit.is_kept()
    crash(marit.page)
    marit.page = marit.context.new_page()
    marit.open(marit.step)
    assert complaints(marit.page) == []
    with marit.page.expect_navigation():
        marit.page.get_by_role("link", name="Verder typen").click()
    assert marit.page.input_value(STORY) == CANARY
    marit.type(STORY, MORE)
    with marit.page.expect_navigation():
        marit.press("save")
    assert marit.answer("story") == CANARY + MORE
    assert not Draft.objects.exists()


def crash(page: Page) -> None:
    """Kill the process of the tab by the address that does what Page.crash does, which is never answered."""
    with page.expect_event("crash"), pytest.raises(Error):
        page.goto("chrome://crash")


def test_a_reload_while_text_waits_brings_it_back(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.page.route("**/conversations/*/2/", gone)
    marit.type(STORY, CANARY)
    marit.waits()
    marit.sealed()
    marit.page.reload()
    expect(marit.page.locator(STORY)).to_have_value(CANARY)
    marit.page.unroute_all()
    marit.is_kept()
    assert typed_in(Draft.objects.get())["story"] == CANARY
    assert marit.waiting() == ""


def gone(route: Route) -> None:
    """The server cannot be reached for what is posted."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_signing_out_leaves_nothing_in_the_tab(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.context.set_offline(True)
    marit.type(STORY, CANARY)
    marit.waits()
    marit.sealed()
    marit.page.route("**/conversations/*/2/", gone)
    marit.context.set_offline(False)
    marit.open("/")
    assert marit.waiting()
    marit.page.locator("details:has([action$='/logout/']) summary").first.click()
    with marit.page.expect_navigation():
        marit.page.locator("[action$='/logout/'] button").first.click()
    assert marit.waiting() == ""


def test_text_that_met_a_change_of_somebody_else_is_asked(marit: Teacher) -> None:
    marit.begin(marit.step)
    marit.context.set_offline(True)
    marit.type(STORY, CANARY)
    record = StepRecord.objects.select_related("conversation__case__school").get(step=2)
    save_step(marit.coordinator, record, {"story": "Van Sami"}, now=NOW)
    marit.press("save")
    with marit.page.expect_navigation():
        marit.context.set_offline(False)
    expect(marit.page.locator("main")).to_contain_text("Van Sami")
    expect(marit.page.locator("main")).to_contain_text(CANARY)
    assert complaints(marit.page) == []
    with marit.page.expect_navigation():
        marit.page.get_by_role("button", name="Bewaar wat ik koos").click()
    assert marit.answer("story") == f"Van Sami\n\n{CANARY}"

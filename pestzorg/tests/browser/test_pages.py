"""Every kind of page as people meet it: accessible in light and dark, whole on a narrow phone, and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Error, Page, Route, expect

from cases.models import Case, Report
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA, at
from schools.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}
LIGHT_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}
# true when the page is wider than the screen
SCROLLS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def school() -> SchoolA:
    return scenario_a.found_school_a("pestzorg-demo")


@pytest.fixture
def sign_in(page: Page, live_server: Any, set_clock: Callable[[datetime], None]) -> Callable:
    """Come in as somebody at a moment, past the sign-in page, which has tests of its own."""

    def come_in(user: User, now: datetime) -> None:
        set_clock(now)
        client = Client()
        client.force_login(user)
        name = django_settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.clear_cookies()
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    return come_in


def complaints(page: Page) -> list[str]:
    """What axe finds serious in light, then in dark, where only colours differ."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    # A link that is half under the header, since the page moved to an error, is not a small link.
    page.evaluate("scrollTo(0, 0)")
    # Without motion: half-way through a fading button no colour is what it will be.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = Axe().run(
        page, options={"runOnly": LIGHT_RULES, "resultTypes": ["violations"], "preload": False}
    )
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(
        page,
        options={"runOnly": ["color-contrast"], "resultTypes": ["violations"], "preload": False},
    )
    violations = [*found.response["violations"], *dark.response["violations"]]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide = ["scrolls sideways"] if page.evaluate(SCROLLS) else []
    return [
        f"{v['id']}: {v['nodes'][0]['html']}" for v in violations if v["impact"] in GRAVE
    ] + wide


def wrong_pages(page: Page, base: str, paths: list[str]) -> dict[str, list[str]]:
    """Open each page; the complaints of those that have any."""
    found = {}
    for path in paths:
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.ok, path
        if wrong := complaints(page):
            found[path] = wrong
    return found


def test_pages_of_the_account(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    """Pages around a conversation: test_every_conversation_page.py."""
    outside = wrong_pages(page, live_server.url, ["/account/login/", "/account/password/reset/"])
    sign_in(school.sami, at(3, 12))
    pages = ["/account/settings/", "/account/2fa/", "/account/tokens/"]
    assert outside | wrong_pages(page, live_server.url, pages) == {}


def tab_to(page: Page, selector: str, at_most: int = 60) -> None:
    """Press Tab until this has the focus, as somebody without a mouse does."""
    wanted = page.locator(selector).first
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    pytest.fail(f"{selector} cannot be reached with Tab")


def test_a_concern_is_reported_without_a_mouse(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    sign_in(school.marit, at(6, 13, 30))
    page.goto(f"{live_server.url}/reports/new/")
    page.keyboard.press("Tab")
    expect(page.locator(".pz-skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "main form .btn-primary")
    page.keyboard.press("Enter")
    # What is missing gets the focus, and its link leads to the field.
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=about]")).to_be_focused()
    page.keyboard.type("Noor", delay=20)
    expect(page.locator("[name=pupil]")).to_have_count(2)
    tab_to(page, "[name=pupil][value='']")
    page.keyboard.press("ArrowUp")
    tab_to(page, "[name=signs]")
    page.keyboard.press("Space")
    tab_to(page, "main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"))
    report = Report.objects.get()
    assert report.pupil == school.noor
    assert len(report.signs) == 1


def test_an_answer_that_comes_late_takes_no_choice_away(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    sign_in(school.marit, at(6, 13, 30))
    page.goto(f"{live_server.url}/reports/new/")
    page.locator("[name=about]").press_sequentially("Noo")
    noor = page.locator(f"[name=pupil][value='{school.noor.uuid}']")
    expect(noor).to_have_count(1)
    late: list[Route] = []
    page.route("**/pupils/", lambda route: late.append(route))
    page.locator("[name=about]").press_sequentially("r")
    while not late:
        page.wait_for_timeout(50)
    noor.check()
    with suppress(Error):  # the browser gave this request up, which is what is wanted
        late[0].continue_()
    page.unroute_all()
    page.wait_for_timeout(1000)
    expect(noor).to_be_checked()


def test_questions_that_do_not_apply_step_back(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    scenario_a.first_sitting(school, scenario_a.report_and_assess(school))
    sign_in(school.marit, at(6, 13, 30))
    page.goto(f"{live_server.url}/cases/{Case.objects.get().uuid}/conversation/8/")
    method, review = page.locator("[name=method]").first, page.locator("[name=review_on]")
    expect(method).to_be_hidden()
    page.locator("[name=decision][value=yes]").check()
    expect(method).to_be_visible()
    expect(review).to_be_hidden()
    page.locator("[name=decision][value=not_now]").check()
    expect(review).to_be_visible()
    expect(method).to_be_hidden()
    # What was filled in never disappears from sight.
    review.fill("2025-11-20")
    page.locator("[name=decision][value=no]").check()
    expect(review).to_be_visible()

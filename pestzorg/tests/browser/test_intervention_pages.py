"""The pages of an approach with the class in a browser: readable for everybody, in light and dark, without sideways scroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from cases.tests.conftest import scene
from interventions.services.adapting import adapt_method
from interventions.services.class_rules import end_rule
from interventions.tests.conftest import run
from interventions.tests.over import over
from interventions.tests.running import Run, adopt, begin, begin_freely, decide, weigh
from pestzorg.testing.builders import NOW
from pestzorg.tests.browser.test_pages import sign_in, wrong_pages

__all__ = ["run", "scene", "sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def test_an_approach_of_a_case(page: Page, live_server: Any, run: Run, sign_in: Callable) -> None:
    sign_in(run.scene.coordinator, NOW)
    decide(run)
    home = f"/cases/{run.case.uuid}/interventions/"
    # Before anybody answered, half way, and with an advice for and against.
    places = [f"{home}check/", f"{home}new/", f"/cases/{run.case.uuid}/conversation/8/"]
    assert wrong_pages(page, live_server.url, places) == {}
    weigh(run)
    assert wrong_pages(page, live_server.url, places) == {}
    weigh(run, ticked=["punishment"])
    assert wrong_pages(page, live_server.url, places) == {}
    weigh(run)
    started = begin(run)
    own = f"{home}{started.uuid}/"
    phases = [f"{own}phases/{phase.uuid}/" for phase in started.phases.all()]
    asked = [f"{own}{name}/" for name in ("group", "measurements", "rules", "facilitator")]
    pages = [own, *asked, *phases, f"{own}stop/", f"{own}finish/"]
    assert wrong_pages(page, live_server.url, pages) == {}


def test_an_approach_in_an_ordinary_class(
    page: Page, live_server: Any, run: Run, sign_in: Callable
) -> None:
    sign_in(run.scene.teacher, NOW)
    started = begin_freely(run, "restorative_circle", "proactive_circle")
    own = f"/interventions/{started.uuid}/"
    phases = [f"{own}phases/{phase.uuid}/" for phase in started.phases.all()]
    pages = ["/interventions/", "/interventions/new/", own, *phases, f"{own}stop/"]
    assert wrong_pages(page, live_server.url, pages) == {}


def test_all_approaches_of_the_school(
    page: Page, live_server: Any, run: Run, sign_in: Callable
) -> None:
    begin(run)
    over(run, 5, outcome={"target_says": "better", "safety_score": 7})
    sign_in(run.scene.coordinator, NOW)
    assert wrong_pages(page, live_server.url, ["/interventions/team/"]) == {}


def test_class_rules(page: Page, live_server: Any, run: Run, sign_in: Callable) -> None:
    sign_in(run.scene.teacher, NOW)
    rules = f"/classes/{run.scene.school_class.uuid}/rules/"
    assert wrong_pages(page, live_server.url, [rules]) == {}
    kept = adopt(run, begin(run), NOW)
    ended = adopt(run, run.case.interventions.get(), NOW, text="We groeten elkaar")
    end_rule(run.actor, ended, "Dat gaat vanzelf.", ended_on=NOW.date(), now=NOW)
    again = f"/class-rules/{kept.uuid}/"
    pages = ["/classes/", rules, f"{rules}new/", again]
    assert wrong_pages(page, live_server.url, pages) == {}
    page.goto(live_server.url + again)
    text, later = page.get_by_label("Wat spreken jullie af?"), page.get_by_label("Volgende keer")
    assert not text.is_visible()
    assert not later.is_visible()
    page.locator("[name=outcome][value=kept]").check()
    assert (text.is_visible(), later.is_visible()) == (False, True)
    page.locator("[name=outcome][value=changed]").check()
    text.fill("We groeten elkaar altijd")
    page.locator("[name=outcome][value=kept]").check()
    assert text.is_visible()  # what somebody typed stays in sight


def test_methods_of_a_school(page: Page, live_server: Any, run: Run, sign_in: Callable) -> None:
    sign_in(run.scene.coordinator, NOW)
    words = {"label": "Steungroep bij ons", "do-more": ["Begin met een rondje."]}
    adapt_method(run.actor, run.scene.school, "support_group", words, now=NOW)
    home = f"/interventions/methods/{run.scene.school.code}/support_group/"
    pages = ["/interventions/methods/", home, f"{home}adapt/"]
    assert wrong_pages(page, live_server.url, pages) == {}

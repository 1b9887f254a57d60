"""Every page around a conversation, taken from the list of routes: nothing serious, no sideways scrolling, no trap.

What the pages are swept with stands in test_pages.py. A new route fails here until it is swept, or named with a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve, reverse
from playwright.sync_api import Page, expect

from cases.models import Agreement, Case
from cases.services.agreements import change_agreement
from cases.services.steps import save_step
from pestzorg.demo.scenario_a import A, SchoolA, at
from pestzorg.demo.telling import Teller
from pestzorg.rules.registry import routes
from pestzorg.testing.keys import Keys
from pestzorg.testing.talk import Hand
from pestzorg.tests.browser.test_pages import (
    GRAVE,
    LIGHT_RULES,
    complaints,
    school,
    sign_in,
)

__all__ = ["school", "sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

CASE, TALK = "/cases/{case}/", "/cases/{case}/conversation/"
WORK = reverse("cases:own-work")
STEPS = [f"{TALK}{number}/" for number in range(1, 11)]
REPORTED, LOOKED_AT, PAUSED, TALKING, AGREED = (
    at(3, 12),
    at(3, 17),
    at(6, 13, 30),
    at(6, 13, 50),
    at(7, 8),
)
# What is opened, by whom, and how far scenario A has come then.
SWEEP: list[tuple[str, datetime, str, list[str]]] = [
    ("reported", REPORTED, "Marit", ["/reports/", "/reports/new/", "/reports/{report}/"]),
    ("taken_on", REPORTED, "Marit", ["/reports/{report}/take-on/"]),
    ("looked_at", LOOKED_AT, "Sami", ["/overview/", CASE, f"{CASE}assess/"]),
    ("paused", PAUSED, "Marit", ["/", "/cases/", CASE, TALK, f"{CASE}severity/"]),
    ("led", PAUSED, "Sami", [f"{TALK}lead/", f"{CASE}conversations/new/"]),
    ("told", TALKING, "Marit", [f"{step}?view=talk" for step in STEPS]),
    ("written_up", TALKING, "Marit", [f"{step}?view=write" for step in STEPS]),
    ("in_english", TALKING, "Marit", [f"{TALK}2/?view=talk&language=en&words=junior"]),
    ("stopped", TALKING, "Marit", [TALK, f"{TALK}end/", "/clock/", "/drafts/back/"]),
    ("corrected", AGREED, "Marit", [f"{TALK}sittings/1/"]),
    ("agreed", AGREED, "Marit", [CASE, TALK, f"{TALK}7/?view=write", f"{TALK}3/versions/"]),
    ("followed", AGREED, "Sami", ["/agreements/{agreement}/", "/agreements/{agreement}/edit/"]),
    ("planned", AGREED, "Sami", ["/talks/{talk}/", "/talks/{talk}/move/", f"{CASE}talks/new/"]),
    (
        "added",
        AGREED,
        "Sami",
        [f"{CASE}agreements/new/", f"{CASE}external/new/", f"{CASE}external/{{external}}/"],
    ),
    ("printed", AGREED, "Sami", [f"{TALK}report/{who}/" for who in ("pupil", "parents", "file")]),
    ("closing", AGREED, "Sami", [f"{CASE}closing/"]),
    (
        "overviews",
        AGREED,
        "Sami",
        ["/", "/overview/", "/cases/", WORK, f"{WORK}{{marit}}/", reverse("cases:workload")],
    ),
    ("turn_of_the_year", AGREED, "Sami", ["/before-holiday/", "/handover/"]),
    ("read", AGREED, "Sami", [f"{CASE}access/", f"{CASE}looks/", f"{CASE}looks/report/"]),
]
ELSEWHERE = {
    "cases/<uuid:case_uuid>/exclusions/": "who is kept out: test_closed_pages.py",
    "cases/<uuid:case_uuid>/restrict/": "closing a case off: test_closed_pages.py",
    "cases/<uuid:case_uuid>/open-up/": "only while a case is closed off: test_closed_pages.py",
    "cases/<uuid:case_uuid>/emergency/": "only for who may not read the case: test_closed_pages.py",
    "cases/<uuid:case_uuid>/reporter/": "who reported: test_closed_pages.py",
    "cases/by-code/": "only for the counsellor: test_closed_pages.py",
    "clock/back/": "leads back or to the sign-in page, and shows nothing itself",
    "talks/<uuid:talk_uuid>/calendar/": "a file for the own calendar; no page",
    "agreements/<uuid:agreement_uuid>/helped/": "opens once an agreement is settled: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/closing/decide/": "opens once a closing is proposed: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/closing/sign/": "only for the school leader, about a critical case: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/aftercare/<uuid:check_uuid>/": "opens in aftercare: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/aftercare/<uuid:check_uuid>/move/": "opens in aftercare: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/reopen/": "opens once a case is closed: test_aftercare_pages.py",
    "cases/<uuid:case_uuid>/interventions/check/": "which approach fits: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/new/": "what step 8 decided begins: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/": "an approach with the class: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/phases/<uuid:phase_uuid>/": "one of its phases: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/group/": "its group: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/measurements/": "its class before and after: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/facilitator/": "another facilitator: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/rules/": "a class rule out of it: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/stop/": "it stops: test_intervention_pages.py",
    "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/finish/": "it is over: test_intervention_pages.py",
    "drafts/key/": "asked by the script; no page",
}
AROUND = ("cases/", "agreements/", "talks/", "reports/", "clock/", "drafts/")
# A conversation that is named has the same pages as the latest one.
NAMED = "conversations/<uuid:conversation_uuid>/"


def test_every_route_is_swept_or_named_with_a_reason() -> None:
    """A page that is added to the conversation cannot be forgotten here."""
    some = dict.fromkeys(("case", "report", "agreement", "talk", "external", "marit"), UUID(int=1))
    opened = [path.format(**some) for _, _, _, paths in SWEEP for path in paths]
    swept = {resolve(urlsplit(path).path).route for path in opened}
    there = {r.path.replace(NAMED, "conversation/") for r in routes() if r.method == "GET"}
    around = {path for path in there if path.startswith(AROUND)}
    assert around - swept == set(ELSEWHERE)


@pytest.mark.parametrize(
    ("moment", "who", "paths"), [row[1:] for row in SWEEP], ids=[row[0] for row in SWEEP]
)
def test_no_page_has_a_serious_fault_or_a_trap(
    page: Page,
    live_server: Any,
    school: SchoolA,
    sign_in: Callable,
    moment: datetime,
    who: str,
    paths: list[str],
) -> None:
    objects = told(school, moment)
    sign_in(school.staff[who], moment)
    found, keys = {}, Keys(page)
    for path in paths:
        answer = page.goto(live_server.url + path.format(**objects))
        assert answer is not None
        assert answer.ok, path
        # Else the sign-in page is swept over and over.
        assert urlsplit(page.url).path == urlsplit(path.format(**objects)).path
        if wrong := [*complaints(page), *keys.go_round()]:
            found[path] = wrong
    assert found == {}


def told(school: SchoolA, moment: datetime) -> dict[str, Any]:
    """What happened up to then, and what there is to be opened."""
    case = Teller(A, school).tell(A.until(moment)).the_case()
    first = {
        "agreement": case.agreements.first(),
        "talk": case.talks.first(),
        "external": case.external_reports.first(),
    }
    return {"case": case.uuid, "report": case.report.uuid, "marit": school.marit.uuid} | {
        name: thing.uuid for name, thing in first.items() if thing
    }


@pytest.mark.parametrize("view", ["talk", "write"])
def test_what_is_refused_is_as_easy_to_read(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable, view: str
) -> None:
    told(school, TALKING)
    sign_in(school.marit, TALKING)
    page.goto(f"{live_server.url}{TALK}7/?view={view}".format(case=Case.objects.get().uuid))
    Hand(page).press("done")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert complaints(page) == []


@pytest.mark.parametrize("view", ["talk", "write"])
def test_two_texts_side_by_side_are_as_easy_to_read(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable, view: str
) -> None:
    teller = Teller(A, school).tell(A.until(TALKING))
    record = teller.conversation.step_records.get(step=2)
    sign_in(school.marit, TALKING)
    page.goto(f"{live_server.url}{TALK}2/?view={view}".format(case=teller.the_case().uuid))
    save_step(school.sami, record, {**record.answers, "story": "Van Sami"}, now=TALKING)
    page.locator("#id_story").fill("Van Marit")
    Hand(page).press("save")
    expect(page.locator("[name='both:keep']")).to_have_count(2)
    assert [*complaints(page), *Keys(page).go_round()] == []


def test_two_texts_of_an_agreement_are_as_easy_to_read(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    told(school, AGREED)
    agreement = Agreement.objects.earliest("id")
    sign_in(school.marit, AGREED)
    page.goto(f"{live_server.url}/agreements/{agreement.uuid}/edit/")
    change_agreement(school.sami, agreement, check_how="Sami kijkt mee", now=AGREED)
    page.locator("[name=check_how]").fill("Marit kijkt mee")
    Hand(page).submit("main form[method=post]")
    expect(page.locator("[name='both:keep']")).to_have_count(2)
    assert complaints(page) == []


@pytest.mark.parametrize("audience", ["pupil", "parents", "file"])
def test_a_report_is_as_easy_to_read_on_paper(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable, audience: str
) -> None:
    told(school, AGREED)
    sign_in(school.sami, AGREED)
    page.emulate_media(media="print")
    page.goto(f"{live_server.url}{TALK}report/{audience}/".format(case=Case.objects.get().uuid))
    expect(page.locator("header, nav, button").filter(visible=True)).to_have_count(0)
    options = {"runOnly": LIGHT_RULES, "resultTypes": ["violations"], "preload": False}
    violations = Axe().run(page, options=options).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in GRAVE] == []

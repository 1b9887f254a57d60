"""The pages of closing, aftercare and what helped, and the lists beside the cases, as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from cases.models import Agreement, Case
from cases.services.agreements import settle_agreement
from cases.services.closing import decide_closing, propose_closing, sign_closing
from pestzorg.demo.scenario_a import SchoolA, at
from pestzorg.tests.browser.test_closed_pages import person
from pestzorg.tests.browser.test_every_conversation_page import AGREED, told
from pestzorg.tests.browser.test_pages import school, sign_in, wrong_pages
from schools.roles import Role

__all__ = ["school", "sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
LATER = at(7, 15)
WHY = "Het is goed zo, de rest volgt in de nazorg."


def test_pages_of_closing_a_critical_case_and_of_its_aftercare(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    told(school, AGREED)
    leader = person(school, Role.PRINCIPAL, "Karin")
    Case.objects.update(severity=4)
    case = Case.objects.get()
    path = f"/cases/{case.uuid}"
    answers = {"pupil_agrees": True, "parents_agree": "yes", "note": WHY}
    closing = propose_closing(school.sami, case, now=LATER, **answers)
    sign_in(school.sami, LATER)
    assert wrong_pages(page, live_server.url, [f"{path}/closing/decide/", f"{path}/"]) == {}
    decide_closing(school.sami, closing, override_reason=WHY, now=LATER)
    sign_in(leader, LATER)
    assert wrong_pages(page, live_server.url, [f"{path}/closing/sign/", "/start/"]) == {}
    closing.refresh_from_db()
    sign_closing(leader, closing, now=LATER)
    sign_in(school.sami, LATER)
    check = case.aftercare_checks.earliest("due_on")
    own = f"{path}/aftercare/{check.uuid}/"
    after = [own, f"{own}move/", f"{path}/reopen/", f"{path}/"]
    assert wrong_pages(page, live_server.url, after) == {}


def test_the_page_about_what_helped(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    told(school, AGREED)
    agreement = Agreement.objects.earliest("id")
    settle_agreement(school.sami, agreement, "done", now=AGREED)
    sign_in(school.sami, LATER)
    pages = [f"/agreements/{agreement.uuid}/helped/", f"/agreements/{agreement.uuid}/"]
    assert wrong_pages(page, live_server.url, pages) == {}


def test_the_lists_and_the_account(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    told(school, AGREED)
    sign_in(school.sami, AGREED)
    lists = [
        "/before-holiday/",
        "/handover/",
        reverse("cases:workload"),
        reverse("cases:own-work"),
        reverse("cases:work", args=[school.marit.uuid]),
    ]
    account = ["/account/settings/", "/account/calendar/", "/account/tokens/"]
    assert wrong_pages(page, live_server.url, [*lists, *account]) == {}
    tender = person(school, Role.SCHOOL_ADMIN, "Anouk")
    sign_in(tender, AGREED)
    assert wrong_pages(page, live_server.url, ["/mail/", "/mail/examples/"]) == {}

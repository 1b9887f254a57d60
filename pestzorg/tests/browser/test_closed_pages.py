"""The pages that close a case and open it in an emergency, as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from cases.models import Case
from cases.services.break_glass import break_glass
from cases.services.exclusions import exclude_from_case, lift_exclusion
from cases.services.restriction import restrict_case
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA, at
from pestzorg.tests.browser.test_pages import school, sign_in, wrong_pages
from schools.models import User
from schools.roles import Role
from schools.services.exclusions import exclude_from_school, lift_school_exclusion
from schools.services.people import give_role, new_person

__all__ = ["school", "sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
REASON = "Noor is niet thuisgekomen en niemand is bereikbaar."


def person(school: SchoolA, role: Role, first_name: str) -> User:
    found = new_person(f"{role}@example.org", first_name, "de Wit")
    place = {"board": school.school.board} if role == Role.DPO else {"school": school.school}
    give_role(None, found, role, now=at(3, 9), **place)
    return found


def test_pages_that_close_a_case_and_open_it_in_an_emergency(
    page: Page, live_server: Any, school: SchoolA, sign_in: Callable
) -> None:
    scenario_a.first_sitting(school, scenario_a.report_and_assess(school))
    case, now = Case.objects.get(), at(6, 14)
    leader, counsellor = (
        person(school, Role.PRINCIPAL, "Karin"),
        person(school, Role.COUNSELLOR, "Vera"),
    )
    path = f"/cases/{case.uuid}"
    exclusion = exclude_from_case(counsellor, case, leader, reason="family", now=at(6, 13, 30))
    lift_exclusion(counsellor, exclusion, now=at(6, 13, 40))
    sign_in(school.sami, now)
    closing = [f"{path}/exclusions/", f"{path}/restrict/", f"{path}/reporter/"]
    assert wrong_pages(page, live_server.url, closing) == {}
    lift_exclusion(school.sami, exclusion, now=now)
    sign_in(leader, now)
    assert wrong_pages(page, live_server.url, [f"{path}/", f"{path}/emergency/"]) == {}
    break_glass(leader, case, reason=REASON, reason_code="danger", now=now)
    assert wrong_pages(page, live_server.url, [f"{path}/", f"{path}/access/"]) == {}
    kept_out = [f"/school/{school.school.code}/exclusions/", "/account/settings/"]
    out = exclude_from_school(leader, school.school, counsellor, reason="concern", now=now)
    lift_school_exclusion(leader, out, now=now)
    sign_in(school.sami, now)
    assert wrong_pages(page, live_server.url, kept_out) == {}
    lift_school_exclusion(school.sami, out, now=now)
    told = ["/", "/overview/", f"{path}/access/", "/emergency/"]
    assert wrong_pages(page, live_server.url, told) == {}
    restrict_case(school.sami, case, now=now)
    sign_in(counsellor, now)
    assert wrong_pages(page, live_server.url, ["/cases/by-code/", f"{path}/open-up/"]) == {}

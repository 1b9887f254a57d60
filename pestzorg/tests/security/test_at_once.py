"""S09: what was taken away is gone with the next request, also when another connection took it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case, take_back
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import Membership, User
from schools.roles import Role
from schools.services.people import end_membership
from schools.services.tokens import issue_token

REQUESTS = 1000


@pytest.fixture
def shared(transactional_db: None, at: Any, caplog: pytest.LogCaptureFixture) -> tuple[User, Case]:
    """A teacher who reads one case."""
    caplog.set_level("CRITICAL", "django.request")
    at(NOW)
    school = make_school()
    boss = make_person(Role.COORDINATOR, school, first_name="Bo")
    case = make_case_active(boss, boss, school, make_pupil(make_class(school, "7A")))
    teacher = make_person(Role.TEACHER, school, first_name="Jo")
    share_case(boss, case, teacher, Level.VIEW, now=NOW)
    return teacher, case


def elsewhere(act: Any) -> None:
    """Done and committed by another thread, on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def answers(client: Client, url: str, times: int) -> set[int]:
    return {client.get(url).status_code for _ in range(times)}


@pytest.mark.slow
@pytest.mark.postgres
def test_a_thousand_requests_after_the_taking_back_find_nothing(shared: tuple[User, Case]) -> None:
    teacher, case = shared
    _token, secret = issue_token(teacher, name="t", schools=[case.school], days=9, now=NOW)
    browser, program = Client(), Client(headers={"Authorization": f"Bearer {secret}"})
    browser.force_login(teacher)
    page, record = f"/cases/{case.uuid}/", f"/api/v1/cases/{case.uuid}/"
    assert answers(browser, page, 1) == answers(program, record, 1) == {200}
    elsewhere(lambda: take_back(case.handler, case, teacher, now=NOW))
    assert answers(browser, page, REQUESTS // 2) == {404}
    # A program that insists is told to slow down: also an answer without the case.
    assert answers(program, record, REQUESTS // 2) <= {404, 429}


@pytest.mark.slow
@pytest.mark.postgres
def test_who_left_has_no_session_and_no_token(shared: tuple[User, Case]) -> None:
    teacher, case = shared
    _token, secret = issue_token(teacher, name="t", schools=[case.school], days=9, now=NOW)
    browser, program = Client(), Client(headers={"Authorization": f"Bearer {secret}"})
    browser.force_login(teacher)
    page, record = f"/cases/{case.uuid}/", f"/api/v1/cases/{case.uuid}/"
    assert answers(browser, page, 1) == answers(program, record, 1) == {200}
    membership = Membership.objects.get(user=teacher)
    elsewhere(lambda: end_membership(None, membership, now=NOW))
    assert answers(browser, page, 100) == {302}
    assert answers(program, record, 100) <= {401, 429}

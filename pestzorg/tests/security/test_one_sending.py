"""Promise R10: two hundred forms, each sent five times at once, make two hundred reports and a thousand good answers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from cases.models import Case, Report
from cases.web.reports import new
from pestzorg.posting.once import new_key
from pestzorg.testing.builders import NOW, make_class, make_person, make_school
from schools.models import User
from schools.roles import Role

FORMS, TIMES = 200, 5
HOUR = timedelta(hours=1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def marit() -> User:
    school = make_school()
    make_person(Role.COORDINATOR, school)
    marit = make_person(Role.TEACHER, school, first_name="Marit")
    make_class(school, "7A", marit)
    return marit


def send(marit: User, number: int, key: str, now: Any = NOW) -> HttpResponse:
    """Post the report form the way a browser does; the door, the page and its services are the real ones."""
    sent = {"about": f"Kind {number}", "urgency": "this_week", "once": key}
    request: Any = RequestFactory().post("/reports/new/", sent)
    request.user, request.now, request.htmx = marit, now, False
    request._messages = CookieStorage(request)
    return new(request)


def all_at_once(marit: User, forms: int) -> Counter[tuple[int, str]]:
    """Every form five times, by five senders who begin each form together."""
    keys = [new_key() for _form in range(forms)]
    together = Barrier(TIMES)

    def sender(_number: int) -> list[tuple[int, str]]:
        answers = []
        for number, key in enumerate(keys):
            together.wait()
            answer = send(marit, number, key)
            answers.append((answer.status_code, answer.headers.get("Location", "")))
        connection.close()
        return answers

    with ThreadPoolExecutor(TIMES) as pool:
        return Counter(answer for found in pool.map(sender, range(TIMES)) for answer in found)


@pytest.mark.postgres
def test_a_thousand_posts_of_two_hundred_forms_make_two_hundred_reports(marit: User) -> None:
    found = all_at_once(marit, FORMS)
    assert sum(found.values()) == FORMS * TIMES
    assert {status for status, _url in found} == {302}
    assert set(found.values()) == {TIMES}
    assert len(found) == Report.objects.count() == Case.objects.count() == FORMS


def test_a_few_forms_at_once_on_any_database(marit: User) -> None:
    found = all_at_once(marit, 3)
    assert set(found.values()) == {TIMES}
    assert len(found) == Report.objects.count() == 3


def test_a_replay_after_an_hour_gets_the_same_answer(marit: User) -> None:
    key = new_key()
    first = send(marit, 1, key)
    again = send(marit, 1, key, NOW + HOUR)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert Report.objects.count() == 1

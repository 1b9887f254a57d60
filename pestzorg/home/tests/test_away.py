"""While the database is away, a form comes back with all that was typed, to be sent once more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from cases.models import Report
from cases.services.reporting import report_concern
from pestzorg.testing.builders import NOW, make_person, make_school
from pestzorg.testing.posted import fields_of
from schools.models import User
from schools.roles import Role

pytestmark = pytest.mark.django_db

PATH = "/reports/new/"
FORM, AGAIN = "data-autosave", 'method="post"'
CONCERN = {"about": "Noor", "description": 'Zij zei "laat maar" & <b>', "urgency": "today"}


@pytest.fixture
def person() -> User:
    return make_person(Role.TEACHER, make_school())


@pytest.fixture
def visitor(at: Any, person: User) -> Client:
    at(NOW)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether it answers when a report is stored."""
    state = {"answers": False}

    def store(*args: Any, **kwargs: Any) -> Report:
        if not state["answers"]:
            raise OperationalError("server closed the connection: Noor")
        return report_concern(*args, **kwargs)

    monkeypatch.setattr("cases.web.reports.report_concern", store)
    return state


def test_what_was_typed_is_sent_once_more_and_saved_once(
    visitor: Client, database: dict[str, bool]
) -> None:
    form = fields_of(visitor.get(PATH).content.decode(), FORM) | CONCERN
    answer = visitor.post(PATH, form)
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Dit lukt nu even niet" in text
    assert "server closed" not in text
    database["answers"] = True
    again = fields_of(text, AGAIN)
    assert again["description"] == [CONCERN["description"]]
    led_to = [visitor.post(PATH, again).headers["Location"] for _twice in range(2)]
    assert led_to[0] == led_to[1]
    assert Report.objects.get().description == CONCERN["description"]


def test_a_form_that_must_not_be_sent_twice_is_not_carried(
    visitor: Client, database: dict[str, bool]
) -> None:
    text = visitor.post(PATH, CONCERN).content.decode()
    assert "Dit lukt nu even niet" in text
    assert "laat maar" not in text
    assert "<form" not in text


def test_any_other_fault_is_no_matter_of_waiting(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.web.reports.report_concern", lambda *_a, **_k: 1 / 0)
    form = fields_of(visitor.get(PATH).content.decode(), FORM) | CONCERN
    answer = visitor.post(PATH, form)
    assert answer.status_code == 500
    assert "laat maar" not in answer.content.decode()


def test_the_api_says_so_in_its_own_form(
    visitor: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("pestzorg.signin.store.session_of", fail)
    answer = visitor.get("/api/v1/cases/")
    assert (answer.status_code, answer.json()["code"]) == (503, "away")

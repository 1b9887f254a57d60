"""The account that comes with the session is checked as one that was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pestzorg.testing.builders import make_person, make_school
from schools.models import User
from schools.roles import Role


@pytest.fixture
def teacher(db: None) -> User:
    return make_person(Role.TEACHER, make_school())


@pytest.fixture
def reader(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def status(client: Client) -> int:
    return int(client.get(reverse("cases:list")).status_code)


def test_session_and_account_are_one_question(reader: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert status(reader) == 200
    asked = [q["sql"] for q in queries if '"schools_user"."password"' in q["sql"]]
    assert len(asked) == 1
    assert "signin_session" in asked[0]


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_account_that_was_closed_or_changed_is_out_at_once(
    teacher: User, reader: Client, change: dict[str, Any]
) -> None:
    assert status(reader) == 200
    get_user_model().objects.filter(pk=teacher.pk).update(**change)
    assert status(reader) == 302


def test_nobody_is_taken_for_the_reader_before(reader: Client) -> None:
    assert status(reader) == 200
    assert status(Client()) == 302

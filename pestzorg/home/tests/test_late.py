"""Whoever relies on reminders is told when they lag behind, on every page and without a question more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pestzorg.outbox.heartbeat import beat
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.roles import Role

pytestmark = pytest.mark.django_db
BEHIND = "Herinneringen lopen achter"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def teacher(at, client):
    at(NOW)
    teacher = make_person(Role.TEACHER, make_school())
    client.force_login(teacher)
    return teacher


def page(client):
    return client.get("/").content.decode()


@pytest.mark.parametrize("sign", ["sweep", "on_time"])
@pytest.mark.parametrize(("minutes", "told"), [(15, False), (16, True)])
def test_staff_are_told_after_a_quarter_of_an_hour(teacher, client, sign, minutes, told):
    beat("sweep", NOW), beat("on_time", NOW)
    beat(sign, NOW - minutes * MINUTE)
    assert (BEHIND in page(client)) is told


def test_the_banner_says_since_when_and_leads_to_today(teacher, client):
    beat("sweep", NOW - 40 * MINUTE)
    shown = page(client)
    assert "maandag 3 november, 9.20 uur" in shown
    assert 'href="/"' in shown


def test_an_installation_whose_worker_never_ran_says_so_once_something_was_due(teacher, client, at):
    assert BEHIND not in page(client)
    case = make_case_active(
        make_person(Role.COORDINATOR, teacher.memberships.get().school),
        teacher,
        teacher.memberships.get().school,
        make_pupil(make_class(teacher.memberships.get().school)),
    )
    make_agreement(teacher, case, deadline=NOW.date() + timedelta(days=7))
    assert BEHIND not in page(client)
    at(NOW + timedelta(days=5))
    client.cookies.clear()
    client.force_login(teacher)
    assert BEHIND in page(client)


def test_the_banner_costs_no_question(teacher, client):
    with CaptureQueriesContext(connection) as well:
        page(client)
    beat("sweep", NOW - 40 * MINUTE)
    with CaptureQueriesContext(connection) as late:
        assert BEHIND in page(client)
    assert len(late) == len(well)


def test_before_the_sign_in_nobody_is_told(client, at):
    at(NOW)
    beat("sweep", NOW - 40 * MINUTE)
    assert BEHIND not in client.get("/account/login/").content.decode()

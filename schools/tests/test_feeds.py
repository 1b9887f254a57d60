"""The calendar feed: one address per person, shown once, ended by hand, by a new one and with the work."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.logs import QuietFormatter
from pestzorg.testing.builders import NOW, make_person, make_school
from schools import events
from schools.models import CalendarFeed, School, User
from schools.roles import Role
from schools.services.feeds import BURST, RATE, open_feed
from schools.services.people import deactivate_person, end_membership

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def school(db: None, at: Any) -> School:
    at(NOW)
    return make_school()


@pytest.fixture
def teacher(school: School, client: Client) -> User:
    person = make_person(Role.TEACHER, school)
    client.force_login(person)
    return person


def status(secret: str) -> int:
    return Client().get(f"/calendar/{secret}.ics").status_code


def test_the_page_shows_the_address_once_and_the_database_keeps_a_hash(
    teacher: User, client: Client
) -> None:
    page = client.post("/account/calendar/").content.decode()
    (secret,) = re.findall(r"/calendar/(pz_[\w-]{43})\.ics", page)
    assert status(secret) == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM schools_calendarfeed")
        row = repr(cursor.fetchall())
    logged = json.dumps([str(vars(event)) for event in AuditEvent.objects.all()])
    for place in (row, logged, client.get("/account/calendar/").content.decode()):
        assert secret[3:] not in place


def test_the_page_says_when_a_calendar_looked_at_it(teacher: User, client: Client) -> None:
    secret = open_feed(teacher, now=NOW)
    assert "nog geen agenda" in client.get("/account/calendar/").content.decode()
    status(secret)
    assert "keek er het laatst op" in client.get("/account/calendar/").content.decode()
    assert CalendarFeed.objects.get().last_used_on == NOW.date()


def test_taken_back_it_is_gone_and_stays_gone(teacher: User, client: Client) -> None:
    secret = open_feed(teacher, now=NOW)
    assert client.post("/account/calendar/end/").status_code == 302
    assert status(secret) == 410
    assert Client().get(f"/calendar/{secret}.ics").content == b""
    feed = CalendarFeed.objects.get()
    ended = AuditEvent.objects.get(verb=events.FEED_ENDED)
    assert (ended.subject_uuid, ended.actor_id) == (feed.uuid, teacher.pk)
    client.post("/account/calendar/end/")
    assert AuditEvent.objects.filter(verb=events.FEED_ENDED).count() == 1


def test_a_new_address_ends_the_old_one(teacher: User) -> None:
    old, new = open_feed(teacher, now=NOW), open_feed(teacher, now=NOW)
    assert (status(old), status(new)) == (410, 200)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.update(revoked_at=None)


def test_an_address_that_never_was_is_absent(teacher: User) -> None:
    secret = open_feed(teacher, now=NOW)
    wrong = (
        "x",
        secret[:-1],
        secret + "x",
        secret.swapcase(),
        CalendarFeed.objects.get().secret_hash,
    )
    assert {status(text) for text in wrong} == {404}


def test_nobody_ends_the_address_of_a_colleague(teacher: User, school: School) -> None:
    secret, other = open_feed(teacher, now=NOW), Client()
    other.force_login(make_person(Role.COORDINATOR, school))
    other.post("/account/calendar/end/")
    other.post("/account/calendar/")
    assert status(secret) == 200


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO])
def test_whoever_works_with_no_pupils_has_none(school: School, client: Client, role: Role) -> None:
    person = make_person(role, school)
    client.force_login(person)
    assert client.get("/account/calendar/").status_code == 404
    assert client.post("/account/calendar/").status_code == 404
    assert "/account/calendar/" not in client.get("/account/settings/").content.decode()
    with pytest.raises(RuleBroken):
        open_feed(person, now=NOW)


# ── leaving ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("way", ["membership", "account"])
def test_whoever_leaves_leaves_no_address(teacher: User, at: Any, way: str) -> None:
    secret = open_feed(teacher, now=NOW)
    if way == "membership":
        end_membership(None, teacher.memberships.get(), now=LATER)
    else:
        deactivate_person(None, teacher, now=LATER)
    at(LATER)
    assert CalendarFeed.objects.get().revoked_at == LATER
    assert status(secret) == 410


def test_a_role_that_ends_by_its_date_closes_it_too(teacher: User, at: Any) -> None:
    secret = open_feed(teacher, now=NOW)
    teacher.memberships.get().roles.update(valid_until=LATER)
    assert status(secret) == 200
    at(LATER)
    assert status(secret) == 410


# ── a secret in an address ───────────────────────────────────────────────────
def test_no_log_line_tells_the_secret(teacher: User, caplog: pytest.LogCaptureFixture) -> None:
    secret = open_feed(teacher, now=NOW)
    open_feed(teacher, now=NOW)
    with caplog.at_level(logging.INFO):
        assert status(secret) == 410
    formatter = QuietFormatter("{levelname} {name} {message}", style="{")
    lines = [formatter.format(record) for record in caplog.records]
    assert any("/calendar/pz_..." in line for line in lines), lines
    assert not any(secret[3:] in line for line in lines)


def test_an_address_is_asked_only_so_often(teacher: User, school: School, at: Any) -> None:
    secret, other = open_feed(teacher, now=NOW), make_person(Role.COORDINATOR, school)
    assert [status(secret) for _ in range(BURST)] == [200] * BURST
    refused = Client().get(f"/calendar/{secret}.ics")
    assert (refused.status_code, refused["Retry-After"]) == (429, str(round(1 / RATE)))
    assert status(open_feed(other, now=NOW)) == 200
    at(NOW + timedelta(seconds=1 / RATE))
    assert status(secret) == 200

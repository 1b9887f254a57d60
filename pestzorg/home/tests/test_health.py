"""Signs of life: true when it matters, and never a word about anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from pestzorg.home import health
from pestzorg.outbox.heartbeat import beat
from pestzorg.outbox.queue import put
from pestzorg.testing.builders import NOW

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def moment(db, at, settings):
    settings.REDIS_URL = ""
    at(NOW)


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_alive_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.parametrize(("minutes", "status"), [(1, 200), (15, 200), (16, 503)])
def test_ready_while_the_sweep_is_recent(client, minutes, status):
    beat("on_time", NOW)
    beat("sweep", NOW - timedelta(minutes=minutes))
    assert ready(client)[0] == status
    assert ready(client)[1]["last_sweep_age"] == minutes * 60


@pytest.mark.parametrize(("minutes", "status"), [(15, 200), (16, 503)])
def test_ready_while_mail_leaves_in_time(client, minutes, status):
    beat("sweep", NOW)
    beat("on_time", NOW - timedelta(minutes=minutes))
    assert ready(client)[0] == status
    assert ready(client)[1]["mail_is_on_time"] is (status == 200)


def test_an_installation_that_never_swept_is_not_ready(client):
    assert ready(client) == (
        503,
        {
            "ready": False,
            "database": True,
            "sweep_is_recent": False,
            "mail_is_on_time": False,
            "last_sweep_age": None,
            "oldest_unsent_mail_age": None,
            "broker": None,
        },
    )


def test_a_silent_broker_makes_it_not_ready(client, settings):
    beat("sweep", NOW)
    settings.REDIS_URL = NOBODY_LISTENS
    status, facts = ready(client)
    assert (status, facts["broker"], facts["database"]) == (503, False, True)


def test_a_dead_database_makes_it_not_ready(client, monkeypatch):
    def broken(_name):
        raise DatabaseError("the server is gone: password=hunter2")

    monkeypatch.setattr(health, "last_beat_at", broken)
    status, facts = ready(client)
    assert (status, facts["database"]) == (503, False)
    assert "hunter2" not in str(facts)


def test_the_oldest_mail_that_waits_is_told_by_its_age(client):
    beat("sweep", NOW)
    put(
        "reminders", 7, NOW.date(), "digest", NOW - timedelta(minutes=5), NOW - timedelta(minutes=5)
    )
    assert ready(client)[1]["oldest_unsent_mail_age"] == 300


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/clock/"])
def test_nobody_has_to_sign_in_for_them(client, path):
    assert client.get(path).status_code in {200, 503}
    assert client.post(path).status_code == 405


def test_the_neutral_page_names_neither_school_nor_product_in_its_title(client):
    page = client.get("/clock/").content.decode()
    assert "pestzorg" not in page.split("</title>")[0].split("<title>")[1]
    assert "10:00" in page

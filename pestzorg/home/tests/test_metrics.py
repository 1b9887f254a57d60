"""Figures for a monitor: true, closed without the token, and never a word about anybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from pestzorg.outbox.heartbeat import beat
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import put
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.canaries import Canaries, build, fill_sealed_columns

TOKEN = "a-word-that-nobody-guesses-at-all"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def moment(db, at, settings):
    settings.METRICS_TOKEN = TOKEN
    at(NOW)


def ask(client, given=f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"Authorization": given} if given else {})


def figures(client) -> dict[str, float]:
    families = text_string_to_metric_families(ask(client).content.decode())
    return {
        f"{s.name}{''.join(s.labels.values()) and ':' + ''.join(s.labels.values())}": s.value
        for family in families
        for s in family.samples
    }


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
def test_without_the_token_there_is_no_such_page(client, given):
    assert ask(client, given).status_code == 404


@pytest.mark.parametrize("given", ["Bearer ", "Bearer None", f"Bearer {TOKEN}", ""])
def test_without_the_setting_there_is_no_such_page_for_anybody(client, settings, given):
    settings.METRICS_TOKEN = ""
    assert ask(client, given).status_code == 404


def test_an_empty_installation_has_every_figure(client):
    found = figures(client)
    assert {found[f"pestzorg_mails:{state}"] for state in State.values} == {0}
    for name in ("mail_oldest_unsent", "sweep_lag"):
        assert found[f"pestzorg_{name}_seconds"] == 0
    assert found["pestzorg_reminders_planned"] == found["pestzorg_reminders_waiting"] == 0


def test_mails_are_counted_by_state_and_the_oldest_tells_its_age(client):
    for number, state in enumerate([State.QUEUED, State.PARKED, State.PARKED, State.SENT]):
        put("reminders", number, NOW.date(), "digest", NOW - HOUR, NOW)
        Mail.objects.filter(recipient_id=number).update(state=state)
    found = figures(client)
    counts = [found[f"pestzorg_mails:{state}"] for state in ("queued", "parked", "sent", "retry")]
    assert counts == [1, 2, 1, 0]
    assert found["pestzorg_mail_oldest_unsent_seconds"] == 3600


def test_the_age_of_each_job_is_told(client):
    beat("sweep", NOW - HOUR)
    assert figures(client)["pestzorg_heartbeat_age_seconds:sweep"] == 3600


def test_planned_waiting_and_late_are_three_figures(client):
    row = {"source": "agreement", "kind": "upcoming", "due_on": NOW.date()}
    uuid = "6f1f0a1e-0000-4000-8000-00000000000{}".format
    DueMoment.objects.create(**row, source_uuid=uuid(1), fires_at=NOW - HOUR)
    DueMoment.objects.create(**row, source_uuid=uuid(2), fires_at=NOW + HOUR)
    Reminder.objects.create(
        **row, source_uuid=uuid(3), recipient_id=1, not_before=NOW, planned_at=NOW
    )
    found = figures(client)
    assert found["pestzorg_reminders_planned"] == 2
    assert found["pestzorg_reminders_waiting"] == 1
    assert found["pestzorg_sweep_lag_seconds"] == 3600


def test_no_word_about_anybody_and_no_id_is_told(client):
    canaries = Canaries()
    place = build(canaries, "De Vaart", "de-vaart")
    fill_sealed_columns(canaries)
    sweep(NOW + timedelta(days=1))
    told = ask(client).content.decode()
    assert figures(client)["pestzorg_reminders_planned"] > 0
    assert canaries.heard_in(told) == set()
    for word in ("PZ-", "Vaart", "vaart", str(place.parts["case_uuid"])):
        assert word not in told
    labels = set(re.findall(r'[{,](\w+)="', told))
    assert labels <= {"state", "job"}


def test_looking_changes_nothing_and_costs_few_questions(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert ask(client).status_code == 200
    assert Client().post("/metrics").status_code == 405

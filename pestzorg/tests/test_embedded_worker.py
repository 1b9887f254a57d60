"""Scenario A with the embedded broker: a real Celery worker and SMTP server, the school's part through its pages.

Runs in every `make test`, on SQLite too, on a machine without Redis.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cases.models import Agreement, Conversation, FollowUpTalk
from pestzorg.demo import broker, scenario_a
from pestzorg.demo.scenario_a import SchoolA
from pestzorg.demo.supervisor import Children
from pestzorg.testing.scenario_a import EXPECTED, TICKED, reminded_on, see_to
from pestzorg.testing.servers import celery_worker, run_sweep, smtp_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not broker.is_available(), reason="no Valkey for this kind of computer"),
]


def test_scenario_a_is_reminded_by_the_embedded_worker(
    client: Client, at: Callable[[datetime], None], tmp_path: Path
) -> None:
    at(scenario_a.at(6, 14, 20))
    a = scenario_a.found_school_a("pestzorg-test")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    with (
        tempfile.TemporaryDirectory(prefix="pestzorg-") as runtime,
        Children({}) as children,
        smtp_server() as (inbox, port),
    ):
        broker.start(children, Path(runtime), tmp_path)
        url = children.environment["BROKER_URL"]
        with celery_worker(url, port, "http://testserver") as worker:
            found = _live_through_november(client, a, at, worker, conversation)
    assert found == EXPECTED
    assert len(inbox.mails) == sum(len({who for _w, _k, who in day}) for day in EXPECTED.values())


def _live_through_november(
    client: Client,
    a: SchoolA,
    at: Callable[[datetime], None],
    worker: Any,
    conversation: Conversation,
) -> dict[date, set[tuple[str, str, str]]]:
    found = {}
    for day in sorted({*EXPECTED, *TICKED.values(), date(2025, 11, 26)}):
        morning = datetime(day.year, day.month, day.day, 7, 31, tzinfo=scenario_a.AMSTERDAM)
        run_sweep(worker, morning)
        if reminded := reminded_on(conversation, morning):
            found[day] = reminded
        at(morning + timedelta(hours=9))
        client.cookies.clear()  # another day is another session
        client.force_login(a.sami)
        _tick_off(client, conversation, day)
        see_to(conversation, morning + timedelta(hours=9))
    return found


def _tick_off(client: Client, conversation: Conversation, day: date) -> None:
    agreements = enumerate(conversation.case.agreements.order_by("id"), start=1)
    for number, agreement in agreements:
        if TICKED[number] == day:
            client.post(f"/agreements/{agreement.uuid}/settle/", {"status": "done"})
            assert Agreement.objects.get(pk=agreement.pk).status == "done"
    for talk in FollowUpTalk.objects.filter(status="planned", planned_at__date=day):
        client.post(
            f"/talks/{talk.uuid}/",
            HELD | ({"safety_score": 6} if talk.with_role == "target" else {}),
        )
        assert FollowUpTalk.objects.get(pk=talk.pk).status == "held"


HELD = {
    "status": "held",
    "progress": "better",
    "new_incident": "false",
    "progress_examples": "Het gaat stap voor stap beter.",
    "congratulated": "true",
    "no_next_talk": "on",
}

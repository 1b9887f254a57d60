"""What is known of the first talk is not asked again in step 1, and the overview says what blocks first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import StepRecord
from cases.services.conversations import begin_sitting, step_records
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of


@pytest.fixture
def marit(scene: Scene, at: Any, client: Client) -> Client:
    at(NOW)
    begin_sitting(scene.teacher, scene.conversation, now=NOW, location_type="quiet_room")
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, number: int, view: str) -> str:
    return reverse("conversation:step", args=[scene.case.uuid, number]) + f"?view={view}"


def test_step_1_begins_with_when_by_whom_and_where(scene: Scene, marit: Client) -> None:
    form = fields_of(marit.get(url(scene, 1, "write")).content.decode(), 'id="step-form"')
    assert form["planned_at"] == ["2025-11-03T10:00"]
    assert form["planned_by"] == [str(scene.teacher.uuid)]
    assert form["location_type"] == ["quiet_room"]


def test_the_talk_keeps_it_without_asking(scene: Scene, marit: Client) -> None:
    page = marit.get(url(scene, 1, "talk")).content.decode()
    assert 'name="planned_by"' not in page
    form = fields_of(page, 'id="step-form"')
    assert marit.post(url(scene, 1, "talk"), form | {"action": "save"}).status_code == 302
    record = scene.step(1)
    known = ("planned_at", "planned_by", "location_type")
    assert [record.answer(key) for key in known] == [
        "2025-11-03T10:00",
        str(scene.teacher.uuid),
        "quiet_room",
    ]


def test_what_was_written_down_stays(scene: Scene, marit: Client) -> None:
    step_records(scene.conversation)
    record = scene.step(1)
    record.answers = {"location_type": "walk"}
    record.save(update_fields=["answers"])
    form = fields_of(marit.get(url(scene, 1, "write")).content.decode(), 'id="step-form"')
    assert form["location_type"] == ["walk"]


def test_the_overview_lists_what_blocks_and_sums_up_the_rest(scene: Scene, marit: Client) -> None:
    scene.conversation.sittings.update(ended_at=NOW)
    step_records(scene.conversation)
    StepRecord.objects.filter(step__in=(2, 3)).update(status="done")
    page = marit.get(reverse("conversation:overview", args=[scene.case.uuid])).content.decode()
    card = page.partition('id="h-complete"')[2].partition("</section>")[0]
    rows = re.findall(r"<li>.*?</li>", card, re.DOTALL)
    assert len(rows) == 3
    assert [int(n) for n in re.findall(r">stap (\d+)</a>", card)] == [4, 5, 6, 8, 10]


def test_a_talk_has_one_primary_button(scene: Scene, marit: Client) -> None:
    page = marit.get(url(scene, 3, "talk")).content.decode()
    assert len(re.findall(r'class="btn btn-primary[^>]*name="action"', page)) == 1

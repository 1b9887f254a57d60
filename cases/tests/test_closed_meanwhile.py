"""A list that is closed to somebody while they type in it: their words come back to them, and nobody else's do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.ceilings import Level
from cases.models import Conversation, Incident
from cases.services import items
from cases.services.conversations import start_conversation, step_records
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of

OWN, OTHERS = "Zij gooide de tas weg.", "Kanarie zei niets."


@pytest.fixture
def newer(scene: Scene, at: Any) -> Conversation:
    """Another conversation of the case, of the coordinator alone; the colleague works in the case."""
    at(NOW + timedelta(days=1))
    step_records(scene.conversation)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    made = start_conversation(
        scene.coordinator, scene.case, lead=scene.coordinator, target_name="Bo", now=NOW
    )
    step_records(made)
    return made


@pytest.fixture
def colleague(scene: Scene, newer: Conversation) -> Client:
    client = Client()
    client.force_login(scene.colleague)
    return client


def url(scene: Scene) -> str:
    first = scene.case.conversations.first()
    return f"/cases/{scene.case.uuid}/conversations/{first.uuid}/2/?view=write"


def opened(client: Client, scene: Scene) -> dict[str, Any]:
    return fields_of(client.get(url(scene)).content.decode(), 'id="step-form"')


def close(newer: Conversation) -> None:
    newer.step_records.filter(step=2).update(visibility="handler_only")


def story(scene: Scene) -> Any:
    return scene.case.conversations.first().step_records.get(step=2).answers.get("story")


def test_what_was_typed_comes_back_and_the_rest_is_saved_once_it_is_let_go(
    scene: Scene, colleague: Client, newer: Conversation
) -> None:
    page = opened(colleague, scene)
    close(newer)
    sent = {
        **page,
        "incidents-new-description": OWN,
        "incidents-new-place": "corridor",
        "story": "Lang verhaal.",
        "action": "save",
    }
    answer = colleague.post(url(scene), sent)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "voor jou gesloten" in shown
    assert OWN in shown
    assert "Gang" in shown
    assert (Incident.objects.count(), story(scene)) == (0, None)
    again = fields_of(shown, 'id="step-form"')
    assert again["incidents-new-description"] == [OWN]
    assert again["story"] == ["Lang verhaal."]
    assert colleague.post(url(scene), {**again, "action": "save"}).status_code == 422
    sent = {**again, "let_go": "on", "action": "save"}
    assert colleague.post(url(scene), sent).status_code == 302
    assert (Incident.objects.count(), story(scene)) == (0, "Lang verhaal.")


def test_rows_that_nobody_touched_hold_up_nothing(
    scene: Scene, colleague: Client, newer: Conversation
) -> None:
    items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Duwde haar.")
    page = opened(colleague, scene)
    close(newer)
    sent = {**page, "story": "Lang verhaal.", "action": "save"}
    assert colleague.post(url(scene), sent).status_code == 302
    assert story(scene) == "Lang verhaal."


def test_a_saved_row_comes_back_in_the_words_that_were_typed_and_no_others(
    scene: Scene, colleague: Client, newer: Conversation
) -> None:
    row = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Duwde haar.")
    page = opened(colleague, scene)
    close(newer)
    items.put_incident(scene.teacher, scene.case, row, now=NOW, seen_by=OTHERS, description=OTHERS)
    sent = {**page, f"incidents-{row.uuid}-description": OWN, "action": "save"}
    answer = colleague.post(url(scene), sent)
    assert answer.status_code == 422
    assert OWN in answer.content.decode()
    assert "Kanarie" not in answer.content.decode()
    row.refresh_from_db()
    assert row.description == OTHERS

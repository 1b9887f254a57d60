"""Somebody in the list turns out to be bullied too: the row stays, and can be put right, until there is a conversation."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from cases.queries.conversation_page import url_of
from cases.services import items
from cases.services.conversations import start_conversation, step_records
from cases.tests.callers import patch
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_class, make_pupil
from pestzorg.testing.clients import signed_in


def test_who_turns_out_to_be_bullied_stays_in_the_list_until_there_is_a_conversation(
    client: Client, scene: Scene, at: Any
) -> None:
    at(NOW)
    client.force_login(scene.teacher)
    mila = items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Mila", role="target"
    )
    step = reverse("conversation:step", args=[scene.case.uuid, 2]) + "?view=write"
    assert f"people-{mila.uuid}-role" in client.get(step).content.decode()
    start_conversation(scene.coordinator, scene.case, lead=scene.teacher, now=NOW, target=mila)
    assert f"people-{mila.uuid}-role" not in client.get(step).content.decode()


def test_who_turns_out_to_be_bullied_too_can_still_be_changed(scene: Scene) -> None:
    named = {"role": "target", "name": "Mila"}
    mila = items.put_participant(scene.teacher, scene.case, None, now=NOW, **named)
    path = f"/api/v1/cases/{scene.case.uuid}/participants/{mila.uuid}/"
    assert patch(signed_in(scene.teacher), path, 1, role="outsider").status_code == 200
    mila.refresh_from_db()
    assert mila.role == "outsider"


def test_on_paper_the_classmates_of_the_second_pupil_are_letters_too(
    client: Client, scene: Scene, at: Any
) -> None:
    at(NOW)
    other = make_class(scene.school, "6B")
    make_pupil(other, "Joris", "Vos")
    second = start_conversation(
        scene.coordinator,
        scene.case,
        lead=scene.teacher,
        pupil=make_pupil(other, "Mila", "Smit"),
        now=NOW,
    )
    record = step_records(second)[1]
    record.answers, record.status = {"story": "Joris duwde mij."}, "in_progress"
    record.visibility = "shareable"
    record.save()
    client.force_login(scene.coordinator)
    page = client.get(url_of(second, "report", "pupil")).content.decode()
    assert "duwde mij." in page
    assert "Joris" not in page

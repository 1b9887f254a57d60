"""A sitting that was written down wrong: its place and its people are mended, with a line in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cases import events
from cases.ceilings import Level
from cases.models import Conversation, Sitting
from cases.services.conversations import Attending, begin_sitting, correct_sitting
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    """In the office, with the pupil, the teacher, the coordinator and Mila."""
    others = [Attending("staff", staff=scene.coordinator), Attending("companion", name="Mila")]
    return begin_sitting(
        scene.teacher, scene.conversation, now=NOW, location_type="office", attendees=others
    )


def people(sitting: Sitting) -> list[tuple[str, str]]:
    return [(row.kind, str(row)) for row in sitting.attendees.all()]


def correct(scene: Scene, sitting: Sitting, **values: Any) -> Sitting:
    given = {"location_type": "walk", "kept": list(sitting.attendees.all()), **values}
    return correct_sitting(scene.teacher, sitting, now=NOW, **given)


# ── the service ──────────────────────────────────────────────────────────────
def test_place_and_people_are_mended_and_the_log_tells_who_did(
    scene: Scene, sitting: Sitting
) -> None:
    kept = [row for row in sitting.attendees.all() if str(row) != "Mila"]
    correct(scene, sitting, kept=kept, attendees=[Attending("parent", name="Karin")])
    fresh = Sitting.objects.get()
    assert (fresh.location_type, fresh.changed_by, fresh.version) == ("walk", scene.teacher, 2)
    assert people(fresh) == [
        ("pupil", "Noor"),
        ("staff", "Marit de Vries"),
        ("staff", "Sami de Vries"),
        ("parent", "Karin"),
    ]
    event = AuditEvent.objects.get(verb=events.SITTING_CORRECTED)
    assert (event.actor_id, event.rule) == (scene.teacher.pk, "R17")


def test_the_pupil_was_always_there_and_nobody_is_there_twice(
    scene: Scene, sitting: Sitting
) -> None:
    again = [Attending("companion", name="Mila"), Attending("staff", staff=scene.teacher)]
    kept = list(sitting.attendees.filter(kind__in=["staff", "companion"]))
    correct(scene, sitting, kept=kept, attendees=again)
    assert [kind for kind, _name in people(sitting)] == ["pupil", "staff", "staff", "companion"]


def test_a_talk_without_anybody_of_the_school_is_refused_and_nothing_changes(
    scene: Scene, sitting: Sitting
) -> None:
    before = people(sitting)
    with pytest.raises(RuleBroken) as refused:
        correct(scene, sitting, kept=[])
    assert [(p.field, p.code) for p in refused.value.problems] == [("kept", "required")]
    assert (people(sitting), Sitting.objects.get().location_type) == (before, "office")
    fresh = Sitting.objects.get()
    correct(scene, fresh, kept=[], attendees=[Attending("staff", staff=scene.coordinator)])
    assert people(fresh) == [("pupil", "Noor"), ("staff", "Sami de Vries")]


def test_an_unknown_place_is_refused(scene: Scene, sitting: Sitting) -> None:
    with pytest.raises(RuleBroken) as refused:
        correct(scene, sitting, location_type="attic")
    assert [p.field for p in refused.value.problems] == ["location_type"]


def test_who_did_not_see_a_correction_does_not_undo_it(scene: Scene, sitting: Sitting) -> None:
    old = Sitting.objects.get()
    correct(scene, sitting)
    with pytest.raises(Stale):
        correct(scene, old, location_type="home_visit")
    assert Sitting.objects.get().location_type == "walk"


def test_it_can_be_mended_when_the_conversation_is_over(scene: Scene, sitting: Sitting) -> None:
    scene.case.conversations.update(status=Conversation.Status.DISCONTINUED)
    correct(scene, Sitting.objects.get())
    assert Sitting.objects.get().location_type == "walk"


# ── the page ─────────────────────────────────────────────────────────────────
def url(scene: Scene, tail: str = "sittings/1/") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(NOW)
    client.force_login(scene.teacher)
    return client


def form_of(client: Client, scene: Scene) -> dict[str, Any]:
    page = client.get(url(scene)).content.decode()
    return fields_of(page, 'method="post" novalidate')


def test_the_page_shows_how_it_was_and_mends_it(
    teacher: Client, scene: Scene, sitting: Sitting
) -> None:
    assert url(scene).encode() in teacher.get(url(scene, "")).content
    page = form_of(teacher, scene)
    assert page["location_type"] == ["office"]
    assert len(page["kept"]) == 3
    mila = str(sitting.attendees.get(name="Mila").uuid)
    kept = [key for key in page["kept"] if key != mila]
    sent = {**page, "kept": kept, "location_type": "phone_or_video", "name_parent": "Karin"}
    assert teacher.post(url(scene), sent).status_code == 302
    assert people(sitting)[2:] == [("staff", "Sami de Vries"), ("parent", "Karin")]
    overview = teacher.get(url(scene, "")).content.decode()
    assert "gecorrigeerd" in overview
    assert "Karin (ouder)" in overview


def test_what_was_typed_stays_when_nobody_of_the_school_was_there(
    teacher: Client, scene: Scene, sitting: Sitting
) -> None:
    sent = {**form_of(teacher, scene), "kept": [], "name_other": "Opa Jan"}
    answer = teacher.post(url(scene), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["kept"]
    assert "Opa Jan" in answer.content.decode()
    assert len(people(sitting)) == 4


def test_two_who_mend_it_at_once_are_asked_which_it_was(
    teacher: Client, scene: Scene, sitting: Sitting
) -> None:
    page = form_of(teacher, scene)
    correct(scene, sitting)
    answer = teacher.post(url(scene), {**page, "location_type": "home_visit"})
    assert (answer.status_code, Sitting.objects.get().location_type) == (409, "walk")


def test_who_reads_along_corrects_nothing(
    client: Client, scene: Scene, sitting: Sitting, at: Any
) -> None:
    at(NOW)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client.force_login(scene.colleague)
    assert b"sittings/1/" not in client.get(url(scene, "")).content
    assert client.get(url(scene)).status_code == client.post(url(scene)).status_code == 404


def test_a_talk_that_never_was_is_not_found(
    teacher: Client, scene: Scene, sitting: Sitting
) -> None:
    assert teacher.get(url(scene, "sittings/7/")).status_code == 404

"""Where a sitting was and who was there: asked when it begins, shown in the history to who may read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.ceilings import Level
from cases.models import Attendee, Sitting
from cases.queries.conversation_page import records_with
from cases.queries.sittings import Held, sittings_held
from cases.services.conversations import (
    Attending,
    begin_sitting,
    end_sitting,
    set_language,
    step_records,
)
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW

AFTER = NOW + timedelta(minutes=25)


def held(scene: Scene, reader: Any = None) -> Held:
    """The latest sitting in the history."""
    who, conversation = scene.who(reader or scene.teacher), scene.conversation
    return sittings_held(who, conversation, records_with(conversation, step_records(conversation)))[
        0
    ]


def begin(scene: Scene, **values: Any) -> Sitting:
    return begin_sitting(scene.teacher, scene.conversation, now=NOW, **values)


def end(scene: Scene, sitting: Sitting) -> None:
    end_sitting(
        scene.teacher,
        sitting,
        now=AFTER,
        ended_because="time",
        recap_read_aloud=True,
        next_contact_at=NOW + timedelta(days=1),
        safety_score=4,
        handover_note="Noor was moe.",
    )


def seats(sitting: Sitting) -> list[tuple[str, str]]:
    return [(row.kind, str(row)) for row in sitting.attendees.all()]


def test_the_pupil_and_who_begins_are_always_there(scene: Scene) -> None:
    sitting = begin(scene)
    assert seats(sitting) == [("pupil", "Noor"), ("staff", "Marit de Vries")]


def test_others_are_colleagues_by_account_and_everybody_else_by_name(scene: Scene) -> None:
    others = [
        Attending("staff", staff=scene.coordinator),
        Attending("companion", name="Mila"),
        Attending("interpreter"),
        Attending("staff", staff=scene.teacher),
    ]
    begin(scene, location_type="walk", attendees=others)
    names = ["Noor", "Marit de Vries", "Sami de Vries", "Mila (vertrouwd iemand)", "Tolk"]
    assert held(scene).people == names


@pytest.mark.parametrize(
    "values",
    [{"location_type": "attic"}, {"attendees": [Attending("ghost")]}],
)
def test_an_unknown_place_or_part_begins_nothing(scene: Scene, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        begin(scene, **values)
    assert not scene.conversation.sittings.exists()
    begin(scene, location_type="office", attendees=[Attending("other", name="Opa Jan")])
    assert scene.conversation.sittings.get().location_type == "office"


def test_one_seat_is_one_person(scene: Scene) -> None:
    sitting = begin(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(sitting=sitting, kind="staff", staff=scene.teacher, name="Marit")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(
            sitting=sitting, kind="pupil", participant=scene.case.target, name="Noor"
        )


def test_the_history_tells_how_long_it_took_and_what_was_touched(scene: Scene) -> None:
    sitting = begin(scene)
    assert held(scene).minutes is None
    save_step(scene.teacher, scene.step(2), {"story": "Ze lachen."}, now=NOW)
    end(scene, sitting)
    row = held(scene)
    assert (row.minutes, row.steps, row.sitting.safety_score_end) == (25, "2", 4)
    sitting.ended_at = NOW + timedelta(days=1, minutes=25)
    sitting.save(update_fields=["ended_at"])
    assert held(scene).minutes == 24 * 60 + 25


def test_the_first_score_is_that_of_step_one_for_who_may_read_it(scene: Scene) -> None:
    begin(scene)
    save_step(scene.teacher, scene.step(1), {"safety_score": 3}, now=NOW, visibility="handler_only")
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    assert held(scene).score_start == 3
    assert held(scene, scene.colleague).score_start is None


def test_a_sitting_ends_once(scene: Scene) -> None:
    sitting = begin(scene)
    end(scene, sitting)
    with pytest.raises(RuleBroken) as refused:
        end(scene, sitting)
    assert [p.code for p in refused.value.problems] == ["ended"]


def test_what_is_left_for_next_time_is_for_who_goes_on(scene: Scene) -> None:
    end(scene, begin(scene))
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert held(scene, scene.colleague).note == ""
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    for reader in (scene.colleague, scene.teacher, scene.coordinator):
        assert held(scene, reader).note == "Noor was moe."


def test_of_a_closed_case_the_lead_still_reads_the_note(scene: Scene) -> None:
    end(scene, begin(scene))
    scene.case.status = "closed"
    scene.case.save(update_fields=["status"])
    assert held(scene).note == "Noor was moe."


# ── the page ─────────────────────────────────────────────────────────────────
@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(NOW)
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, tail: str = "") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


def test_beginning_needs_nothing_but_the_button(teacher: Client, scene: Scene) -> None:
    assert teacher.post(url(scene, "begin/")).status_code == 302
    sitting = scene.conversation.sittings.get()
    assert (sitting.location_type, len(seats(sitting))) == ("", 2)


def test_the_form_begins_with_what_step_one_planned(teacher: Client, scene: Scene) -> None:
    planned = {"location_type": "walk", "companion": "Mila"}
    save_step(scene.teacher, scene.step(1), planned, now=NOW)
    form = teacher.get(url(scene)).context["begin_form"]
    assert form["location_type"].value() == "walk"
    assert (form["present"].value(), form["name_companion"].value()) == (["companion"], "Mila")


def test_who_is_there_comes_from_chips_and_names(teacher: Client, scene: Scene) -> None:
    posted = {
        "location_type": "office",
        "present": ["companion", "staff", "interpreter"],
        "name_companion": "Mila",
        "name_parent": "Karin",
        "colleague": str(scene.coordinator.uuid),
    }
    assert teacher.post(url(scene, "begin/"), posted).status_code == 302
    assert seats(scene.conversation.sittings.get())[2:] == [
        ("companion", "Mila"),
        ("parent", "Karin"),
        ("interpreter", ""),
        ("staff", "Sami de Vries"),
    ]


def test_a_later_sitting_proposes_the_place_of_last_time(teacher: Client, scene: Scene) -> None:
    save_step(scene.teacher, scene.step(1), {"location_type": "walk", "companion": "M"}, now=NOW)
    end(scene, begin(scene, location_type="office"))
    page = teacher.get(url(scene))
    assert page.context["begin_form"].initial == {"location_type": "office"}
    assert "Noor was moe." in page.content.decode()


def test_somebody_who_does_not_work_here_is_no_colleague(teacher: Client, scene: Scene) -> None:
    scene.coordinator.memberships.all().delete()
    answer = teacher.post(url(scene, "begin/"), {"colleague": str(scene.coordinator.uuid)})
    assert answer.status_code == 422
    assert not scene.conversation.sittings.exists()


# ── language ─────────────────────────────────────────────────────────────────
def test_an_interpreter_is_expected_at_the_next_sitting(teacher: Client, scene: Scene) -> None:
    assert teacher.post(url(scene, "language/"), {"language": "klingon"}).status_code == 422
    page = teacher.get(url(scene))
    seen = page.context["language_form"]["seen"].value()
    posted = {"language": "uk", "interpreter": "on", "seen": seen}
    assert teacher.post(url(scene, "language/"), posted).status_code == 302
    page = teacher.get(url(scene))
    assert (scene.conversation.language, scene.conversation.interpreter) == ("uk", True)
    assert page.context["begin_form"]["present"].value() == ["interpreter"]


def test_a_language_is_not_set_over_one_that_was_not_seen(scene: Scene) -> None:
    old = scene.conversation
    set_language(scene.teacher, scene.conversation, "ar", now=NOW, interpreter=True)
    with pytest.raises(Stale):
        set_language(scene.coordinator, old, "pl", now=NOW, interpreter=False)
    assert scene.conversation.language == "ar"


def test_reading_along_changes_no_language(client: Client, scene: Scene, at: Any) -> None:
    at(NOW)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client.force_login(scene.colleague)
    assert b"language/" not in client.get(url(scene)).content
    assert client.post(url(scene, "language/"), {"language": "uk"}).status_code == 404


def test_a_talk_begins_with_what_step_one_says_for_who_may_read_it(scene: Scene, at: Any) -> None:
    at(NOW)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    client = Client()
    client.force_login(scene.colleague)
    address = reverse("conversation:overview", args=[scene.case.uuid])
    for visibility, told in (("handler_only", False), ("care_team", True)):
        save_step(
            scene.teacher, scene.step(1), {"companion": "Tante Kanarie"}, now=NOW, visibility=visibility
        )  # fmt: skip
        assert ("Tante Kanarie" in client.get(address).content.decode()) is told

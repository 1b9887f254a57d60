"""Three rules of order hold; the rest is a hint. And a talk that takes long offers to stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import StepRecord
from cases.queries.conversation_page import first_open_step, rail, records_with
from cases.services.conversations import begin_sitting, complete_conversation, step_records
from cases.services.steps import complete_step, skip_step
from cases.tests.finishing import done, full, save
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_talk


def settle(scene: Scene, *numbers: int) -> None:
    step_records(scene.conversation)
    StepRecord.objects.filter(conversation=scene.conversation, step__in=numbers).update(
        status="done"
    )


def codes(error: pytest.ExceptionInfo[RuleBroken]) -> set[tuple[str | None, str]]:
    return {(p.field, p.code) for p in error.value.problems}


# ── the three rules ──────────────────────────────────────────────────────────
def test_no_step_is_done_before_the_first(scene: Scene) -> None:
    record = save(scene, 5)
    with pytest.raises(RuleBroken) as refused:
        complete_step(scene.teacher, record, now=NOW)
    assert codes(refused) == {(None, "order")}
    assert scene.step(5).answers == full(scene, 5)
    done(scene, 1)
    complete_step(scene.teacher, scene.step(5), now=NOW)
    assert scene.step(5).status == "done"


def test_no_step_is_left_out_before_the_first_is_done(scene: Scene) -> None:
    why = {"reason": "pupil_declined", "note": "Bo wil niemand.", "now": NOW}
    with pytest.raises(RuleBroken) as refused:
        skip_step(scene.teacher, scene.step(10), **why)
    assert codes(refused) == {(None, "order")}
    assert scene.step(10).status == "not_started"
    done(scene, 1)
    skip_step(scene.teacher, scene.step(10), **why)
    assert scene.step(10).status == "skipped"


def test_the_page_says_why_a_step_cannot_be_left_out_yet_and_keeps_what_was_typed(
    teacher: Client, scene: Scene
) -> None:
    sent = {"action": "skip", "skip_reason": "pupil_declined", "skip_note": "Bo wil niemand."}
    answer = teacher.post(f"/cases/{scene.case.uuid}/conversation/10/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Rond eerst stap 1 af" in page
    assert "Bo wil niemand." in page
    done(scene, 1)
    answer = teacher.post(f"/cases/{scene.case.uuid}/conversation/10/", sent)
    assert (answer.status_code, scene.step(10).status) == (302, "skipped")


def test_nothing_is_completed_before_the_agreements(scene: Scene) -> None:
    settle(scene, *range(1, 7), 8, 10)
    make_talk(scene.teacher, scene.case)
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(scene.teacher, scene.conversation, now=NOW)
    assert codes(refused) == {("step_7", "step")}
    settle(scene, 7)
    complete_conversation(scene.teacher, scene.conversation, now=NOW)
    assert scene.conversation.status == "completed"


def test_nothing_is_completed_before_the_next_talk_with_the_pupil_is_planned(
    scene: Scene,
) -> None:
    settle(scene, *range(1, 11))
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(scene.teacher, scene.conversation, now=NOW)
    assert codes(refused) == {("step_9", "talk")}
    make_talk(scene.teacher, scene.case)
    complete_conversation(scene.teacher, scene.conversation, now=NOW)
    assert scene.conversation.status == "completed"


# ── the hint ─────────────────────────────────────────────────────────────────
def test_the_suggested_order_is_a_hint_on_one_step(scene: Scene) -> None:
    found = []
    for number in (1, 2, 3, 4, 5, 6, 7, 10, 9, 8):
        records = records_with(scene.conversation, step_records(scene.conversation))
        found.append(first_open_step(records))
        assert [step.number for step in rail(records) if step.suggested] == found[-1:]
        settle(scene, number)
    assert found == [1, 2, 3, 4, 5, 6, 7, 10, 9, 8]
    records = records_with(scene.conversation, step_records(scene.conversation))
    assert not any(step.suggested for step in rail(records))


def test_what_waits_to_be_written_up_does_not_hold_up_the_talk(scene: Scene) -> None:
    step_records(scene.conversation)
    begun = StepRecord.objects.filter(conversation=scene.conversation, step__in=(1, 2, 3))
    begun.update(status="in_progress")
    begun = step_records(scene.conversation)
    assert first_open_step(begun) == 4
    settle(scene, *range(4, 11))
    assert first_open_step(step_records(scene.conversation)) == 1


def test_going_on_leads_to_where_the_talk_is(teacher: Client, scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    url = f"/cases/{scene.case.uuid}/conversation/"
    for number in (1, 2):
        teacher.post(f"{url}{number}/", {"action": "save", "summary": "Begonnen.", "view": "write"})
    assert f'href="{url}3/"' in teacher.get(url).content.decode()


# ── long talks ───────────────────────────────────────────────────────────────
@pytest.fixture
def teacher(client: Client, scene: Scene) -> Client:
    client.force_login(scene.teacher)
    return client


@pytest.mark.parametrize(
    ("class_name", "minutes"), [("groep 7", 30), ("4de leerjaar", 30), ("2b", 45)]
)
def test_a_long_talk_offers_to_stop(
    teacher: Client, scene: Scene, at: Any, class_name: str, minutes: int
) -> None:
    scene.school_class.name = class_name
    scene.school_class.save(update_fields=["name"])
    scene.case.school_class = scene.school_class
    scene.case.save(update_fields=["school_class"])
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    url = f"/cases/{scene.case.uuid}/conversation/"
    offered = f"al meer dan {minutes} minuten"
    for tail in ("", "2/"):
        at(NOW + timedelta(minutes=minutes - 1))
        assert offered not in teacher.get(url + tail).content.decode()
        at(NOW + timedelta(minutes=minutes))
        assert offered in teacher.get(url + tail).content.decode()

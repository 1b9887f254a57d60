"""Sittings begin with the resume check, end with a next contact; a conversation is completed once, by its rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases import events
from cases.models import Conversation, Sitting, StepRecord
from cases.models.step_record import StepStatus
from cases.queries.completeness import missing_for_completion
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    open_sitting,
    step_records,
)
from cases.services.talks import record_talk
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_talk

LATER = NOW + timedelta(days=1)
RESUME = {"safety_score": 5, "new_incident": False, "still_agrees": True}
ENDING: dict[str, Any] = {
    "ended_because": "time",
    "recap_read_aloud": True,
    "next_contact_at": NOW + timedelta(days=3),
}


def end(scene: Scene, sitting: Sitting, **changes: Any) -> None:
    end_sitting(scene.teacher, sitting, now=NOW + timedelta(minutes=25), **{**ENDING, **changes})


def finish(scene: Scene, *numbers: int, status: str = StepStatus.DONE) -> None:
    step_records(scene.conversation)
    StepRecord.objects.filter(conversation=scene.conversation, step__in=numbers).update(
        status=status
    )


# ── sittings ─────────────────────────────────────────────────────────────────
def test_the_first_sitting_starts_the_conversation_without_a_resume_check(scene: Scene) -> None:
    assert scene.conversation.status == Conversation.Status.NOT_STARTED
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assert (sitting.number, open_sitting(scene.conversation)) == (1, sitting)
    assert scene.conversation.status == Conversation.Status.IN_PROGRESS
    assert scene.conversation.started_at == NOW


def test_a_second_sitting_cannot_begin_while_one_is_open(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        begin_sitting(scene.teacher, scene.conversation, now=LATER, **RESUME)
    assert refused.value.problems[0].code == "open"


def test_the_database_allows_one_open_sitting(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(conversation=scene.conversation, number=2, started_at=NOW)


@pytest.mark.parametrize("key", RESUME)
def test_later_sittings_begin_with_every_question_of_the_resume_check(
    scene: Scene, key: str
) -> None:
    end(scene, begin_sitting(scene.teacher, scene.conversation, now=NOW))
    with pytest.raises(RuleBroken) as refused:
        begin_sitting(scene.teacher, scene.conversation, now=LATER, **{**RESUME, key: None})
    assert [p.field for p in refused.value.problems] == [key]
    sitting = begin_sitting(scene.teacher, scene.conversation, now=LATER, **RESUME)
    assert (sitting.number, sitting.safety_score_start) == (2, 5)
    assert scene.conversation.started_at == NOW


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"ended_because": ""}, "ended_because"),
        ({"recap_read_aloud": False}, "recap_read_aloud"),
        ({"next_contact_at": None}, "next_contact_at"),
        ({"next_contact_at": NOW}, "next_contact_at"),
    ],
)
def test_no_sitting_ends_without_recap_and_next_contact(
    scene: Scene, missing: dict[str, Any], field: str
) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        end(scene, sitting, **missing)
    assert [p.field for p in refused.value.problems] == [field]
    assert open_sitting(scene.conversation) == sitting
    end(scene, sitting, handover_note="Noor was moe.", safety_score=4)
    sitting.refresh_from_db()
    assert (sitting.handover_note, sitting.safety_score_end) == ("Noor was moe.", 4)
    assert open_sitting(scene.conversation) is None


def test_a_score_is_at_most_ten(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(ValidationError):
        end(scene, sitting, safety_score=11)
    assert open_sitting(scene.conversation) == sitting


def test_the_ten_records_are_made_once(scene: Scene) -> None:
    first = step_records(scene.conversation)
    assert [record.step for record in first] == list(range(1, 11))
    assert step_records(scene.conversation) == first


# ── completing ───────────────────────────────────────────────────────────────
@pytest.fixture
def ready(scene: Scene) -> Scene:
    """Nothing is missing any more."""
    finish(scene, *range(1, 9), 10)
    make_talk(scene.teacher, scene.case)
    return scene


@pytest.mark.parametrize("number", [*range(1, 9), 10])
def test_every_step_but_the_ninth_must_be_done(ready: Scene, number: int) -> None:
    finish(ready, number, status=StepStatus.REOPENED)
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(ready.teacher, ready.conversation, now=LATER)
    assert [p.field for p in refused.value.problems] == [f"step_{number}"]
    finish(ready, number)
    complete_conversation(ready.teacher, ready.conversation, now=LATER)
    assert ready.conversation.status == Conversation.Status.COMPLETED


def test_step_ten_may_be_left_out(ready: Scene) -> None:
    finish(ready, 10, status=StepStatus.SKIPPED)
    assert missing_for_completion(ready.conversation) == []


def test_the_next_talk_with_the_pupil_must_be_planned(ready: Scene) -> None:
    record_talk(ready.teacher, ready.case.talks.get(), status="cancelled", now=NOW)
    parents = {"with_role": "parent", "with_participant": None, "with_name": "Karin"}
    make_talk(ready.teacher, ready.case, **parents)
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(ready.teacher, ready.conversation, now=LATER)
    assert [p.code for p in refused.value.problems] == ["talk"]
    make_talk(ready.teacher, ready.case)
    complete_conversation(ready.teacher, ready.conversation, now=LATER)
    assert ready.conversation.completed_at == LATER


def test_completing_closes_the_open_sitting_and_leaves_the_case_active(ready: Scene) -> None:
    begin_sitting(ready.teacher, ready.conversation, now=NOW)
    complete_conversation(ready.teacher, ready.conversation, now=LATER)
    sitting = ready.conversation.sittings.get()
    assert (sitting.ended_at, sitting.ended_because) == (LATER, "finished")
    ready.case.refresh_from_db()
    assert ready.case.status == "active"


def test_completing_twice_changes_nothing(ready: Scene) -> None:
    complete_conversation(ready.teacher, ready.conversation, now=LATER)
    complete_conversation(ready.teacher, ready.conversation, now=LATER + timedelta(days=1))
    assert ready.conversation.completed_at == LATER
    assert AuditEvent.objects.filter(verb=events.CONVERSATION_COMPLETED).count() == 1


def test_a_completed_conversation_has_no_new_sitting(ready: Scene) -> None:
    complete_conversation(ready.teacher, ready.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        begin_sitting(ready.teacher, ready.conversation, now=LATER)
    assert refused.value.problems[0].code == "completed"

"""What holds for each of the ten steps: saving always works, finishing needs what is required."""

from __future__ import annotations

import pytest

from cases import events
from cases.models.step_record import StepStatus
from cases.services.conversations import begin_sitting
from cases.services.steps import save_step, skip_step
from cases.tests.finishing import done, refused, save
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

# ── whatever the step ────────────────────────────────────────────────────────
REQUIRED = {
    1: "planned_at planned_by location_type consent_to_talk safety_promise_given "
    "confidentiality_explained safety_score immediate_danger",
    2: "story started_period frequency feelings wishes not_wishes",
    3: "concern_voiced parents_status approach_explained contact_person first_feedback_on",
    5: "praise_given standing_up_discussed not_your_fault_said responsibility_named",
    7: "recap_read_aloud pupil_agrees safety_score next_contact_at",
    8: "decision decision_reason method target_consent consent_conditions facilitator "
    "class_group planned_start",
}


@pytest.mark.parametrize("number", REQUIRED)
def test_each_required_answer_is_asked_for_by_name_and_saved_without(
    scene: Scene, number: int
) -> None:
    if number > 1:
        done(scene, 1)
    for key in REQUIRED[number].split():
        assert key in {field for field, _code in refused(scene, number, **{key: None})}


def test_nothing_but_step_one_can_be_finished_first(scene: Scene) -> None:
    for number in range(2, 11):
        assert (None, "order") in refused(scene, number)
    done(scene, 1)
    done(scene, 5)


def test_a_half_filled_step_is_kept_and_can_be_finished_later(scene: Scene) -> None:
    record = save_step(scene.teacher, scene.step(1), {"safety_score": 0}, now=NOW)
    assert (record.status, scene.step(1).answers) == (StepStatus.IN_PROGRESS, {"safety_score": 0})
    done(scene, 1)


def test_an_empty_answer_is_not_kept_and_no_answer_of_zero_or_false_is_lost(scene: Scene) -> None:
    given = {"companion": "", "red_flags": [], "safety_score": 0, "immediate_danger": False}
    save_step(scene.teacher, scene.step(1), given, now=NOW)
    assert scene.step(1).answers == {"safety_score": 0, "immediate_danger": False}


def test_a_done_step_that_loses_something_is_open_again_and_can_be_done_again(
    begun: Scene,
) -> None:
    done(begun, 5)
    assert save(begun, 5, praise_given=False).status == StepStatus.REOPENED
    assert save(begun, 5, self_blame="none").status == StepStatus.REOPENED
    done(begun, 5)


def test_a_done_step_stays_done_when_something_is_added(begun: Scene) -> None:
    done(begun, 5)
    assert save(begun, 5, praise_words="Wat goed.").status == StepStatus.DONE


@pytest.mark.parametrize("number", range(1, 10))
def test_steps_one_to_nine_cannot_be_left_out(scene: Scene, number: int) -> None:
    with pytest.raises(RuleBroken):
        skip_step(scene.teacher, scene.step(number), "pupil_declined", now=NOW)
    assert scene.step(number).status == StepStatus.NOT_STARTED


def test_the_open_sitting_remembers_which_steps_were_touched(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    for number in (2, 1, 2):
        save(scene, number)
    sitting.refresh_from_db()
    assert sitting.steps_touched == [1, 2]
    assert scene.step(2).first_sitting == scene.step(2).last_sitting == sitting


def test_the_log_says_which_step_and_nothing_of_what_was_said(scene: Scene) -> None:
    done(scene, 1)
    saved, finished = AuditEvent.objects.filter(verb__startswith="step_").order_by("pk")
    assert (saved.verb, finished.verb) == (events.STEP_SAVED, events.STEP_DONE)
    assert saved.facts == finished.facts == {"step": 1}
    assert saved.subject_uuid == scene.step(1).uuid

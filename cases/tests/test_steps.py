"""When each of the ten steps is done: every rule shown refused, and then accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases import events
from cases.models import Case, FollowUpTalk, StepRecord
from cases.models.step_record import StepStatus
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.conversations import begin_sitting
from cases.services.steps import complete_step, save_step, skip_step
from cases.services.talks import record_talk
from cases.tests.conftest import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.demo.scenario_a import AMSTERDAM, answers
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_talk

Problems = set[tuple[str | None, str]]


def full(scene: Scene, number: int) -> dict[str, Any]:
    """Everything that is asked in a step."""
    return answers(
        marit=scene.teacher,
        sami=scene.coordinator,
        fleur=scene.colleague,
        groep7=scene.school_class,
    ).get(number, {})


def save(scene: Scene, number: int, **changes: Any) -> StepRecord:
    given = {**full(scene, number), **changes}
    return save_step(scene.teacher, scene.step(number), given, now=NOW)


def refused(scene: Scene, number: int, **changes: Any) -> Problems:
    """Save what there is, which always works; finishing it does not, for these reasons."""
    record = save(scene, number, **changes)
    with pytest.raises(RuleBroken) as complaint:
        complete_step(scene.teacher, record, now=NOW)
    record.refresh_from_db()
    assert (record.status, record.completed_at) == (StepStatus.IN_PROGRESS, None)
    return {(p.field, p.code) for p in complaint.value.problems}


def done(scene: Scene, number: int, **changes: Any) -> None:
    complete_step(scene.teacher, save(scene, number, **changes), now=NOW)
    record = scene.step(number)
    assert (record.status, record.completed_at, record.completed_by) == (
        StepStatus.DONE,
        NOW,
        scene.teacher,
    )


@pytest.fixture
def begun(scene: Scene) -> Scene:
    """Step 1 is done, so that the others may be."""
    done(scene, 1)
    return scene


def incident(scene: Scene) -> None:
    items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Duwde in de gang.")


def tried(scene: Scene, effect: str = "") -> Any:
    return items.put_prior_action(
        scene.teacher, scene.conversation, None, now=NOW, action_type="ignored", effect=effect
    )


def involve(scene: Scene, role: str, **values: Any) -> Any:
    return items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Lieke", role=role, **values
    )


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


# ── 1 ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("consent", ["not_now", "no"])
def test_1_the_talk_must_have_taken_place(scene: Scene, consent: str) -> None:
    assert refused(scene, 1, consent_to_talk=consent) == {("consent_to_talk", "consent")}
    done(scene, 1)


@pytest.mark.parametrize("key", ["safety_promise_given", "confidentiality_explained"])
def test_1_promise_and_confidentiality_must_be_said(scene: Scene, key: str) -> None:
    assert refused(scene, 1, **{key: False}) == {(key, "required")}
    done(scene, 1)


def test_1_without_a_safety_score_there_is_a_reason(scene: Scene) -> None:
    without = {"safety_score": None, "safety_not_asked": True}
    assert refused(scene, 1, **without) == {("safety_not_asked_reason", "required")}
    done(scene, 1, **without, safety_not_asked_reason="Noor huilde.")


def test_1_danger_asks_for_measures_and_an_agreement_for_today(scene: Scene) -> None:
    danger = {"immediate_danger": True, "planned_at": "2025-11-03T10:00"}
    assert refused(scene, 1, **danger) == {
        ("immediate_measures", "required"),
        ("immediate_danger", "danger"),
    }
    danger["immediate_measures"] = "Ze gaat met haar moeder naar huis."
    make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 4))
    assert refused(scene, 1, **danger) == {("immediate_danger", "danger")}
    make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 3))
    done(scene, 1, **danger)


def test_1_an_agreement_that_was_dropped_makes_nobody_safe(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=NOW.date())
    settle_agreement(scene.teacher, agreement, "cancelled", now=NOW)
    danger = {"immediate_danger": True, "immediate_measures": "x", "planned_at": "2025-11-03T10:00"}
    assert refused(scene, 1, **danger) == {("immediate_danger", "danger")}


# ── 2 ────────────────────────────────────────────────────────────────────────
def test_2_something_happened_and_something_was_tried(begun: Scene) -> None:
    assert refused(begun, 2) == {("incidents", "required"), ("prior_actions", "required")}
    incident(begun)
    assert refused(begun, 2) == {("prior_actions", "required")}
    tried(begun)
    done(begun, 2)


def test_2_a_pupil_may_have_tried_nothing(begun: Scene) -> None:
    incident(begun)
    done(begun, 2, none_taken=True)


@pytest.mark.parametrize(
    ("key", "excuse"), [("wishes", "does_not_know_yet"), ("not_wishes", "nothing_named")]
)
def test_2_a_pupil_need_not_have_a_wish(begun: Scene, key: str, excuse: str) -> None:
    incident(begun)
    tried(begun)
    assert refused(begun, 2, **{key: None, excuse: False}) == {(key, "required")}
    done(begun, 2, **{key: None, excuse: True})


# ── 3 ────────────────────────────────────────────────────────────────────────
def contact(scene: Scene) -> None:
    items.put_parent_contact(
        scene.teacher,
        scene.case,
        None,
        now=NOW,
        person="Karin",
        held_at=NOW,
        mode="phone",
        by=scene.teacher,
    )


def test_3_all_four_parts_of_the_approach_are_explained(begun: Scene) -> None:
    contact(begun)
    three = ["procedure", "approach", "methods"]
    assert refused(begun, 3, approach_explained=three) == {("approach_explained", "at_least")}
    done(begun, 3)


def test_3_informed_by_school_needs_the_contact(begun: Scene) -> None:
    assert refused(begun, 3) == {("parent_contacts", "required")}
    contact(begun)
    done(begun, 3)


@pytest.mark.parametrize("status", ["informed_by_pupil", "not_applicable"])
def test_3_no_contact_is_asked_when_parents_know_or_need_not(begun: Scene, status: str) -> None:
    done(begun, 3, parents_status=status)


@pytest.mark.parametrize(("day", "in_time"), [(6, True), (7, False)])
def test_3_planned_means_within_three_school_days(begun: Scene, day: int, in_time: bool) -> None:
    assert refused(begun, 3, parents_status="planned") == {("parents_status", "talk")}
    make_talk(
        begun.teacher,
        begun.case,
        with_role="parent",
        with_participant=None,
        with_name="Karin",
        planned_at=datetime(2025, 11, day, 16, tzinfo=AMSTERDAM),
    )
    if in_time:
        done(begun, 3, parents_status="planned")
    else:
        assert refused(begun, 3, parents_status="planned") == {("parents_status", "talk")}


def test_3_a_pupil_may_object_with_a_reason_and_not_when_it_is_critical(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    objects = {"parents_status": "pupil_objects"}
    assert refused(begun, 3, **objects) == {("parents_objection_note", "required")}
    objects["parents_objection_note"] = "Eerst zelf vertellen."
    make_severity(4)
    assert refused(begun, 3, **objects) == {("parents_status", "critical")}
    make_severity(3)
    done(begun, 3, **objects)


# ── 4 ────────────────────────────────────────────────────────────────────────
def test_4_every_attempt_has_an_effect(begun: Scene) -> None:
    assert refused(begun, 4) == {("prior_actions", "required")}
    tried(begun, effect="worked")
    open_one = tried(begun)
    assert refused(begun, 4) == {("prior_actions", "required")}
    items.put_prior_action(begun.teacher, begun.conversation, open_one, now=NOW, effect="unknown")
    done(begun, 4)


@pytest.mark.parametrize("step", [2, 4])
def test_4_nothing_tried_counts_as_done_wherever_it_was_said(begun: Scene, step: int) -> None:
    save(begun, step, none_taken=True)
    done(begun, 4, **({"none_taken": True} if step == 4 else {}))


# ── 5 ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("key", ["praise_given", "standing_up_discussed", "not_your_fault_said"])
def test_5_the_three_sentences_must_be_said(begun: Scene, key: str) -> None:
    assert refused(begun, 5, **{key: False}) == {(key, "required")}
    done(begun, 5)


def test_5_responsibility_lies_with_those_who_bully_and_with_bystanders(begun: Scene) -> None:
    for named in (["alleged_bullies", "school"], ["bystanders"], ["school"]):
        assert refused(begun, 5, responsibility_named=named) == {
            ("responsibility_named", "at_least")
        }
    done(begun, 5, responsibility_named=["alleged_bullies", "bystanders"])


def test_5_strong_self_blame_needs_a_plan(begun: Scene) -> None:
    assert refused(begun, 5, self_blame="strong") == {("self_blame_plan", "required")}
    done(begun, 5, self_blame="strong", self_blame_plan="Schoolmaatschappelijk werk.")


# ── 6 ────────────────────────────────────────────────────────────────────────
def measure(scene: Scene, key: str, **values: Any) -> None:
    items.put_measure(scene.teacher, scene.conversation, key, now=NOW, **values)


def test_6_all_nine_are_discussed_and_none_need_be_agreed(begun: Scene) -> None:
    keys = [m.key for m in begun.conversation.edition.measures]
    assert refused(begun, 6) == {(f"measure-{key}", "required") for key in keys}
    for key in keys[:-1]:
        measure(begun, key, status="declined")
    assert refused(begun, 6) == {(f"measure-{keys[-1]}", "required")}
    measure(begun, keys[-1], status="not_now")
    done(begun, 6)


def test_6_what_is_agreed_has_an_owner_and_where_it_can_a_day(begun: Scene) -> None:
    for definition in begun.conversation.edition.measures:
        measure(begun, definition.key, status="not_applicable")
    measure(begun, "change_password", status="agreed")
    measure(begun, "use_nickname", status="agreed")
    assert refused(begun, 6) == {
        ("measure-change_password", "owner"),
        ("measure-use_nickname", "owner"),
    }
    measure(begun, "change_password", owner="Noor")
    measure(begun, "use_nickname", owner="Noor")
    assert refused(begun, 6) == {("measure-change_password", "deadline")}
    measure(begun, "change_password", deadline=date(2025, 11, 7))
    done(begun, 6)


# ── 7 ────────────────────────────────────────────────────────────────────────
def test_7_somebody_at_school_does_something_too(begun: Scene) -> None:
    assert refused(begun, 7) == {("agreements", "required")}
    pupils = {"owner_type": "target", "owner_staff": None, "owner_participant": begun.case.target}
    make_agreement(begun.teacher, begun.case, **pupils)
    assert refused(begun, 7) == {("agreements", "staff")}
    dropped = make_agreement(begun.teacher, begun.case)
    settle_agreement(begun.teacher, dropped, "cancelled", now=NOW)
    assert refused(begun, 7) == {("agreements", "staff")}
    make_agreement(begun.teacher, begun.case)
    done(begun, 7)


@pytest.mark.parametrize("agrees", ["partly", "no"])
def test_7_where_the_pupil_does_not_agree_is_written_down(begun: Scene, agrees: str) -> None:
    make_agreement(begun.teacher, begun.case)
    assert refused(begun, 7, pupil_agrees=agrees) == {("not_agreed_points", "required")}
    done(begun, 7, pupil_agrees=agrees, not_agreed_points="Ze wil niet dat mama het weet.")


def test_7_the_next_contact_becomes_one_talk_with_the_pupil(begun: Scene) -> None:
    make_agreement(begun.teacher, begun.case)
    for _ in range(2):
        done(begun, 7)
    talk = begun.case.talks.get()
    assert talk.planned_at == datetime(2025, 11, 10, 8, 30, tzinfo=AMSTERDAM)
    assert (talk.with_participant, talk.conductor) == (begun.case.target, begun.teacher)
    assert talk.status == FollowUpTalk.Status.PLANNED


def test_7_a_cancelled_talk_is_no_next_contact(begun: Scene) -> None:
    make_agreement(begun.teacher, begun.case)
    done(begun, 7)
    record_talk(begun.teacher, begun.case.talks.get(), status="cancelled", now=NOW)
    done(begun, 7)
    assert begun.case.talks.filter(status="planned").count() == 1


@pytest.mark.parametrize("moment", ["2025-11-08T10:00", "2025-11-03T08:00"])
def test_7_the_next_contact_is_a_school_day_to_come(begun: Scene, moment: str) -> None:
    make_agreement(begun.teacher, begun.case)
    problems = refused(begun, 7, next_contact_at=moment)
    assert {field for field, _code in problems} == {"next_contact_at"}
    assert not begun.case.talks.exists()


# ── 8 ────────────────────────────────────────────────────────────────────────
def test_8_deciding_no_with_a_reason_is_done(begun: Scene) -> None:
    no = dict.fromkeys(full(begun, 8)) | {"decision": "no"}
    assert refused(begun, 8, **no) == {("decision_reason", "required")}
    done(begun, 8, **{**no, "decision_reason": "Het speelt tussen twee leerlingen."})


def test_8_not_now_has_a_day_to_look_again(begun: Scene) -> None:
    later = {"decision": "not_now", "decision_reason": "Eerst de toetsweek."}
    assert refused(begun, 8, **later) == {("review_on", "required")}
    done(begun, 8, **later, review_on="2025-11-17")


@pytest.mark.parametrize("method", ["no_blame", "support_group", "restorative_circle"])
def test_8_without_consent_no_method_that_asks_for_it(begun: Scene, method: str) -> None:
    withheld = {"target_consent": "withheld", "protection_note": "Naam blijft erbuiten."}
    assert refused(begun, 8, **withheld, method=method) == {("method", "consent")}
    done(begun, 8, method=method)


@pytest.mark.parametrize("method", ["shared_concern", "class_thermometer"])
def test_8_other_methods_explain_how_the_pupil_is_protected(begun: Scene, method: str) -> None:
    withheld = {"target_consent": "withheld", "method": method}
    assert refused(begun, 8, **withheld) == {("protection_note", "required")}
    done(begun, 8, **withheld, protection_note="Naam blijft erbuiten.")


# ── 9 ────────────────────────────────────────────────────────────────────────
WITHOUT_PARENTS = {"parents_without_talk": "Moeder belt zelf."}


def talk_on(scene: Scene, day: int, **values: Any) -> FollowUpTalk:
    moment = datetime(2025, 11, day, 8, 30, tzinfo=AMSTERDAM)
    return make_talk(scene.teacher, scene.case, planned_at=moment, **values)


@pytest.mark.parametrize(("severity", "last_day"), [(1, 17), (2, 10), (3, 10), (4, 10)])
def test_9_the_pupil_is_seen_within_five_school_days_or_ten_when_mild(
    begun: Scene, make_severity: Callable[[int], Case], severity: int, last_day: int
) -> None:
    make_severity(severity)
    assert refused(begun, 9, **WITHOUT_PARENTS) == {("talks", "target")}
    talk_on(begun, last_day + 1)
    assert refused(begun, 9, **WITHOUT_PARENTS) == {("talks", "target")}
    talk_on(begun, last_day)
    done(begun, 9, **WITHOUT_PARENTS)


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_9_a_talk_that_did_not_happen_does_not_count(begun: Scene, status: str) -> None:
    talk = talk_on(begun, 5)
    record_talk(begun.teacher, talk, status=status, now=NOW)
    assert refused(begun, 9, **WITHOUT_PARENTS) == {("talks", "target")}


@pytest.mark.parametrize("role", ["alleged_bully", "assistant", "reinforcer", "bully_victim"])
def test_9_everybody_who_joined_in_has_a_talk_or_a_reason(begun: Scene, role: str) -> None:
    talk_on(begun, 5)
    person = involve(begun, role)
    assert refused(begun, 9, **WITHOUT_PARENTS) == {("people", "person")}
    talk_on(begun, 6, with_participant=person, with_role=role)
    done(begun, 9, **WITHOUT_PARENTS)


def test_9_not_knowing_who_it_is_is_a_reason(begun: Scene) -> None:
    talk_on(begun, 5)
    person = involve(begun, "alleged_bully")
    assert refused(begun, 9, **WITHOUT_PARENTS) == {("people", "person")}
    items.put_participant(begun.teacher, begun.case, person, now=NOW, without_talk="unknown")
    done(begun, 9, **WITHOUT_PARENTS)


@pytest.mark.parametrize("role", ["outsider", "defender", "bystander", "unknown"])
def test_9_nobody_else_needs_a_talk(begun: Scene, role: str) -> None:
    talk_on(begun, 5)
    involve(begun, role)
    done(begun, 9, **WITHOUT_PARENTS)


def test_9_parents_have_a_talk_or_a_reason(begun: Scene) -> None:
    talk_on(begun, 5)
    assert refused(begun, 9) == {("parents_without_talk", "parents")}
    talk_on(begun, 12, with_role="parent", with_participant=None, with_name="Karin")
    done(begun, 9)


# ── 10 ───────────────────────────────────────────────────────────────────────
def support(scene: Scene, row: Any = None, **values: Any) -> Any:
    usual = {"name": "Mila", "relationship": "older_pupil", "tasks": ["listen"]}
    return items.put_support_person(
        scene.teacher, scene.conversation, row, now=NOW, **{**usual, **values}
    )


def test_10_at_least_one_person_said_yes(begun: Scene) -> None:
    assert refused(begun, 10) == {("support_persons", "required")}
    support(begun, answer="declined")
    asked = support(begun, asked_by=begun.teacher, ask_before=date(2025, 11, 7))
    assert refused(begun, 10) == {("support_persons", "required")}
    support(begun, asked, answer="accepted")
    done(begun, 10)


def test_10_may_be_left_out_only_because_the_pupil_does_not_want_it(begun: Scene) -> None:
    for reason in ("not_relevant", "other", ""):
        with pytest.raises(RuleBroken):
            skip_step(begun.teacher, begun.step(10), reason, now=NOW)
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=NOW)
    record = begun.step(10)
    assert (record.status, record.skip_reason) == (StepStatus.SKIPPED, "pupil_declined")
    assert record.is_settled


def test_10_that_was_left_out_can_still_be_done(begun: Scene) -> None:
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=NOW - timedelta(hours=1))
    support(begun, answer="accepted")
    done(begun, 10)
    assert begun.step(10).skip_reason == ""

"""When steps 1 to 5 are done: every rule shown refused, and then accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from cases.models import Case
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.tests.finishing import done, incident, refused, save, tried
from cases.tests.scene import Scene
from pestzorg.demo.scenario_a import AMSTERDAM
from pestzorg.testing.builders import NOW, make_agreement, make_talk


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

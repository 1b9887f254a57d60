"""When steps 1 to 5 are done: every rule shown refused, and then accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.models import Case, Conversation
from cases.queries.completeness import missing_for_done
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.conversations import start_conversation, step_records
from cases.services.talks import change_talk
from cases.tests.finishing import done, full, incident, refused, save, tried
from cases.tests.scene import Scene
from pestzorg.demo.scenario_a import AMSTERDAM
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_pupil,
    make_talk,
)


# ── 1 ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("consent", ["not_now", "no"])
def test_1_the_talk_must_have_taken_place(scene: Scene, consent: str) -> None:
    assert refused(scene, 1, consent_to_talk=consent) == {("consent_to_talk", "moment")}
    moment = {"new_moment_at": "2025-11-06T10:15"}
    assert refused(scene, 1, consent_to_talk=consent, **moment) == {("consent_to_talk", "consent")}
    done(scene, 1, **moment)


# severity -> the last day of a new moment, on Monday 3 November at ten
UNTIL = [(1, 6), (2, 6), (3, 4), (4, 3)]


@pytest.mark.parametrize(("severity", "last"), UNTIL)
def test_1_the_new_moment_is_soon_and_becomes_a_planned_talk(
    scene: Scene, make_severity: Callable[[int], Case], severity: int, last: int
) -> None:
    make_severity(severity)
    for day, refused_as in ((last + 1, "late"), (3, "past")):
        hour = 9 if refused_as == "past" else 15
        with pytest.raises(RuleBroken) as complaint:
            save(
                scene, 1, consent_to_talk="not_now", new_moment_at=f"2025-11-{day:02}T{hour:02}:30"
            )
        found = [(p.field, p.code) for p in complaint.value.problems]
        assert found == [("new_moment_at", refused_as)]
    assert not scene.case.talks.exists()
    save(scene, 1, consent_to_talk="not_now", new_moment_at=f"2025-11-{last:02}T15:30")
    talk = scene.case.talks.get()
    assert talk.planned_at == datetime(2025, 11, last, 15, 30, tzinfo=AMSTERDAM)
    assert (talk.with_participant, talk.conductor) == (scene.case.target, scene.teacher)


def test_1_another_new_moment_moves_the_talk_and_saving_again_plans_no_second(scene: Scene) -> None:
    for moment in ("2025-11-04T10:15", "2025-11-05T08:30", "2025-11-05T08:30"):
        save(scene, 1, consent_to_talk="no", new_moment_at=moment)
    talk = scene.case.talks.get()
    assert talk.planned_at == datetime(2025, 11, 5, 8, 30, tzinfo=AMSTERDAM)


def test_1_a_talk_that_is_planned_elsewhere_is_a_new_moment_too(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(3)
    talk = make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=2))
    assert refused(scene, 1, consent_to_talk="not_now") == {("consent_to_talk", "moment")}
    change_talk(scene.teacher, talk, now=NOW, planned_at=NOW + timedelta(days=1))
    assert refused(scene, 1, consent_to_talk="not_now") == {("consent_to_talk", "consent")}


def test_1_a_moment_counts_from_when_the_pupil_does_not_want_to_talk(scene: Scene) -> None:
    save(scene, 1, new_moment_at="2025-11-04T10:15")
    assert not scene.case.talks.exists()
    save(scene, 1, consent_to_talk="not_now", new_moment_at="2025-11-04T10:15")
    assert scene.case.talks.count() == 1


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


def test_1_an_agreement_of_last_week_does_not_count_for_danger_today(scene: Scene) -> None:
    danger = {"immediate_danger": True, "immediate_measures": "x", "planned_at": "2025-11-03T10:00"}
    week_ago = NOW - timedelta(days=7)
    make_agreement(scene.teacher, scene.case, week_ago, deadline=date(2025, 10, 31))
    assert refused(scene, 1, **danger) == {("immediate_danger", "danger")}


def test_1_danger_on_friday_may_be_answered_on_saturday_at_home(scene: Scene) -> None:
    friday = {"immediate_danger": True, "immediate_measures": "x", "planned_at": "2025-11-08T10:00"}
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 8))
    assert agreement.deadline == date(2025, 11, 10)
    done(scene, 1, **friday)


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
def contact(scene: Scene, **values: Any) -> None:
    items.put_parent_contact(
        scene.teacher,
        scene.case,
        None,
        now=NOW,
        person="Karin",
        held_at=NOW,
        mode="phone",
        by=scene.teacher,
        **values,
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


def test_3_a_contact_with_the_parents_of_another_pupil_does_not_count(begun: Scene) -> None:
    ours, answers = begun.conversation, full(begun, 3)
    other = start_conversation(
        begun.coordinator,
        begun.case,
        lead=begun.teacher,
        pupil=make_pupil(begun.school_class, "Daan", "Smit"),
        now=NOW,
    )
    record = step_records(ours)[2]
    record.answers = answers
    contact(begun, conversation=other)
    assert "parent_contacts" in {problem.field for problem in missing_for_done(record, NOW)}
    contact(begun, conversation=ours)
    assert missing_for_done(record, NOW) == []


def test_3_a_contact_is_not_about_a_conversation_of_another_case(begun: Scene) -> None:
    pupil = make_pupil(begun.school_class, "Daan", "Smit")
    another = make_case_active(begun.coordinator, begun.teacher, begun.school, pupil)
    with pytest.raises(RuleBroken) as refused:
        contact(begun, conversation=another.conversations.get())
    assert [(p.field, p.code) for p in refused.value.problems] == [("conversation", "foreign")]


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


OBJECTS = {"parents_status": "pupil_objects", "parents_objection_note": "Eerst zelf vertellen."}


def test_3_a_pupil_may_object_with_a_reason(begun: Scene) -> None:
    assert refused(begun, 3, parents_status="pupil_objects") == {
        ("parents_objection_note", "required")
    }
    done(begun, 3, **OBJECTS)


def test_3_in_a_critical_case_the_leadership_decides_about_an_objection(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    decision = {
        "leadership_decision": "wait",
        "leadership_by": str(begun.principal.uuid),
        "leadership_on": "2025-11-03",
        "leadership_reason": "Thuis is het nu niet veilig.",
    }
    assert refused(begun, 3, **OBJECTS) == {
        ("parents_status", "critical"),
        *((key, "required") for key in decision),
    }
    for key in decision.keys() - {"leadership_decision"}:
        assert refused(begun, 3, **OBJECTS, **{**decision, key: None}) == {(key, "required")}
    with pytest.raises(RuleBroken):
        save(begun, 3, **OBJECTS, **{**decision, "leadership_by": str(begun.teacher.uuid)})
    done(begun, 3, **OBJECTS, **decision)


def test_3_when_the_leadership_wants_parents_to_know_that_talk_is_planned(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    tell = OBJECTS | {
        "leadership_decision": "tell",
        "leadership_by": str(begun.principal.uuid),
        "leadership_on": "2025-11-03",
        "leadership_reason": "Er is een bedreiging.",
    }
    assert refused(begun, 3, **tell) == {("leadership_decision", "talk")}
    contact(begun)
    done(begun, 3, **tell)


def test_3_an_older_edition_cannot_write_down_the_decision_and_stays_refused(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    Conversation.objects.update(edition_key="2025-1")
    make_severity(4)
    assert refused(begun, 3, **OBJECTS) == {("parents_status", "critical")}
    make_severity(3)
    done(begun, 3, **OBJECTS)


def test_3_the_parents_part_may_be_left_out_with_a_reason_and_nothing_else(begun: Scene) -> None:
    skipped = {"parents_status": None, "parents_part_skipped": True}
    assert refused(begun, 3, **skipped) == {("parents_skip_reason", "required")}
    skipped["parents_skip_reason"] = "other"
    assert refused(begun, 3, **skipped) == {("parents_skip_note", "required")}
    assert refused(
        begun, 3, **skipped, parents_skip_note="x", goal_statement="x", contact_person=None
    ) == {("contact_person", "required")}
    done(begun, 3, **skipped, parents_skip_note="Moeder ligt in het ziekenhuis.")


def test_3_leaving_the_parents_out_does_not_take_an_objection_away(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    both = {**OBJECTS, "parents_part_skipped": True, "parents_skip_reason": "unsafe_now"}
    assert ("parents_status", "critical") in refused(begun, 3, **both)


# ── 4 ────────────────────────────────────────────────────────────────────────
def test_4_every_attempt_has_an_effect(begun: Scene) -> None:
    assert refused(begun, 4) == {("prior_actions", "required")}
    tried(begun, effect="worked")
    open_one = tried(begun)
    assert refused(begun, 4) == {("prior_actions", "required")}
    items.put_prior_action(begun.teacher, begun.conversation, open_one, now=NOW, effect="unknown")
    done(begun, 4)


def test_4_an_attempt_without_an_effect_is_asked_about_also_when_nothing_was_ticked(
    begun: Scene,
) -> None:
    attempt = tried(begun)
    assert refused(begun, 4, none_taken=True) == {("prior_actions", "required")}
    items.put_prior_action(begun.teacher, begun.conversation, attempt, now=NOW, effect="no_effect")
    done(begun, 4, none_taken=True)


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

"""When steps 6 to 10 are done: every rule shown refused, and then accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.models import Case, FollowUpTalk
from cases.models.step_record import StepStatus
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.steps import skip_step
from cases.services.talks import record_talk
from cases.tests.finishing import done, full, involve, refused, save
from cases.tests.scene import Scene
from pestzorg.demo.scenario_a import AMSTERDAM
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_talk


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


URGENT = ("collect_evidence", "seek_support", "file_complaint")
LATER = {"postponed_to": "2025-11-05", "postponed_reason": "Noor was op."}


def problems_of_saving(scene: Scene, number: int, **answers: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(RuleBroken) as complaint:
        save(scene, number, **answers)
    return {(p.field, p.code) for p in complaint.value.problems}


def test_6_the_rest_may_wait_in_a_critical_case_once_three_are_discussed(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    assert problems_of_saving(begun, 6, **LATER) == {("postponed_to", "severity")}
    make_severity(4)
    assert problems_of_saving(begun, 6, **LATER) == {(f"measure-{k}", "urgent") for k in URGENT}
    for key in URGENT:
        measure(begun, key, status="not_now")
    over = {"postponed_to": "2025-10-31"}
    assert problems_of_saving(begun, 6, **over) == {
        ("postponed_to", "past"),
        ("postponed_reason", "required"),
    }
    record = save(begun, 6, **LATER)
    assert (record.status, record.answers) == (StepStatus.IN_PROGRESS, LATER)
    make_severity(3)
    assert save(begun, 6, **LATER).answers == LATER


def test_6_what_waits_is_not_done(begun: Scene, make_severity: Callable[[int], Case]) -> None:
    make_severity(4)
    for key in URGENT:
        measure(begun, key, status="declined")
    rest = {d.key for d in begun.conversation.edition.measures} - set(URGENT)
    assert refused(begun, 6, **LATER) == {(f"measure-{key}", "required") for key in rest}
    for key in rest:
        measure(begun, key, status="declined")
    done(begun, 6, **LATER)


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


def test_7_in_a_critical_case_three_measures_are_discussed_before_parting(
    begun: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    make_agreement(begun.teacher, begun.case)
    for key in URGENT:
        assert refused(begun, 7) == {("agreements", "urgent")}
        measure(begun, key, status="not_applicable")
    done(begun, 7)


def test_7_everything_is_read_aloud(begun: Scene) -> None:
    make_agreement(begun.teacher, begun.case)
    assert refused(begun, 7, recap_read_aloud=False) == {("recap_read_aloud", "required")}
    done(begun, 7)


def test_7_a_safety_question_that_was_not_asked_has_a_reason(begun: Scene) -> None:
    make_agreement(begun.teacher, begun.case)
    assert refused(begun, 7, safety_score=None) == {("safety_score", "required")}
    without = {"safety_score": None, "safety_not_asked": True}
    assert refused(begun, 7, **without) == {("safety_not_asked_reason", "required")}
    done(begun, 7, **without, safety_not_asked_reason="De bel ging.")


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


def test_8_a_decision_that_waits_has_a_day_to_come(begun: Scene) -> None:
    waits = {"decision": "not_now"}
    assert refused(begun, 8, **waits) == {("review_on", "required")}
    assert refused(begun, 8, **waits, review_on="2025-11-02") == {("review_on", "past")}
    done(begun, 8, **waits, review_on="2025-11-03")


def test_8_an_approach_of_the_school_itself_has_a_name(begun: Scene) -> None:
    assert refused(begun, 8, method="other") == {("method_other", "required")}
    done(begun, 8, method="other", method_other="Rots en Water")


def test_8_somebody_from_outside_may_guide_it(begun: Scene) -> None:
    outside = {"facilitator": None, "facilitator_is_external": True}
    assert refused(begun, 8, **outside) == {("facilitator_name", "required")}
    done(begun, 8, **outside, facilitator_name="Eigen Kracht Centrale")


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


WHY = "Noor wil er nu niemand bij."


def test_10_may_be_left_out_only_because_the_pupil_does_not_want_it(begun: Scene) -> None:
    for reason, note in (("not_relevant", WHY), ("other", WHY), ("", WHY), ("pupil_declined", "")):
        with pytest.raises(RuleBroken):
            skip_step(begun.teacher, begun.step(10), reason, now=NOW, note=note)
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=NOW, note=WHY)
    record = begun.step(10)
    assert (record.status, record.skip_reason) == (StepStatus.SKIPPED, "pupil_declined")
    assert record.skip_note == WHY
    assert record.is_settled


def test_10_that_was_left_out_can_still_be_done(begun: Scene) -> None:
    earlier = NOW - timedelta(hours=1)
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=earlier, note=WHY)
    support(begun, answer="accepted")
    done(begun, 10)
    assert begun.step(10).skip_reason == ""

"""Beginning an intervention: what it takes over from step 8, what it refuses, and who may see the case because of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.access import Who, rules_on
from cases.models import Case
from interventions.models import Intervention, SmallestGroup
from interventions.services.ending import stop_intervention
from interventions.services.starting import start_preventive
from interventions.tests.running import MONDAY, Run, begin, begin_freely, decide, decide_for, fresh
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from schools.roles import Role


def refused(run: Run, **values: Any) -> set[tuple[str | None, str]]:
    before = Intervention.objects.count()
    with pytest.raises(RuleBroken) as complaint:
        begin(run, **values)
    assert Intervention.objects.count() == before
    return {(problem.field, problem.code) for problem in complaint.value.problems}


def test_takes_over_what_step_8_decided(run: Run) -> None:
    made = fresh(begin(run))
    assert (made.method, made.edition, made.variant) == (
        "support_group",
        "2026-1",
        "without_target",
    )
    assert (made.facilitator, made.class_group) == (run.scene.colleague, run.scene.school_class)
    assert (made.consent, made.status, made.planned_start) == (
        "conditional",
        "planned",
        date(2025, 11, 4),
    )
    assert made.conditions == "Mijn naam mag, niet wat er op de stickers staat."
    assert made.must_not_be_told == "Wat er op de stickers staat."
    assert made.target == run.scene.case.target


def test_phases_are_copied_and_the_first_has_a_day(run: Run) -> None:
    records = list(begin(run).phases.all())
    assert [record.key for record in records] == [
        *("interview_target", "compose_group", "first_meeting", "collect_suggestions"),
        *("review_target", "review_group", "close_group"),
    ]
    assert [record.planned_on for record in records] == [date(2025, 11, 4), *[None] * 6]


def test_first_day_without_school_becomes_the_next_school_day(run: Run) -> None:
    decide(run, planned_start="2025-11-08")
    assert begin(run).phases.first().planned_on == date(2025, 11, 10)


def test_beginning_is_logged_without_a_word(run: Run) -> None:
    made = begin(run)
    event = AuditEvent.objects.get(verb="intervention_started")
    assert (event.case_uuid, event.subject_uuid) == (run.case.uuid, made.uuid)
    assert event.facts == {"method": "support_group", "variant": "without_target"}


@pytest.mark.parametrize("decision", ["no", "not_now", None])
def test_nothing_begins_without_a_yes(run: Run, decision: str | None) -> None:
    decide(run, decision=decision, method=None, review_on="2025-12-01")
    assert refused(run) == {(None, "step_8")}


def test_nothing_begins_before_anybody_opened_step_8(run: Run) -> None:
    run.scene.conversation.step_records.filter(step=8).delete()
    assert refused(run) == {(None, "step_8")}


@pytest.mark.parametrize("missing", ["facilitator", "class_group", "planned_start"])
def test_what_step_8_asks_is_filled_in_first(run: Run, missing: str) -> None:
    decide(run, **{missing: None})
    assert refused(run) == {(None, "step_8")}


def test_another_method_than_step_8_chose_is_refused(run: Run) -> None:
    assert refused(run, method="no_blame") == {("method", "step_8")}


@pytest.mark.parametrize("method", ["no_blame", "support_group", "restorative_circle"])
def test_consent_is_needed_where_the_method_needs_it(run: Run, method: str) -> None:
    decide(run, method=method, target_consent="withheld", protection_note="Zonder naam.")
    assert refused(run, method=method) == {(None, "consent")}


@pytest.mark.parametrize("method", ["shared_concern", "class_thermometer"])
def test_without_consent_others_go_on_with_a_word_about_protection(run: Run, method: str) -> None:
    decide_for(run, method, target_consent="withheld", consent_conditions=None)
    assert refused(run, method=method) == {(None, "step_8")}
    decide_for(
        run,
        method,
        target_consent="withheld",
        consent_conditions=None,
        protection_note="Alleen op klasniveau, zonder namen.",
    )
    made = begin(run, method)
    assert (made.consent, made.protection_note) == (
        "withheld",
        "Alleen op klasniveau, zonder namen.",
    )


@pytest.mark.parametrize("method", ["no_blame", "support_group", "class_thermometer"])
def test_small_class_is_refused_where_the_method_says_so(run: Run, method: str) -> None:
    small = make_class(run.scene.school, "8Z", run.scene.teacher)
    for number in range(7):
        make_pupil(small, f"Leerling {number}")
    decide(run, method=method, class_group=str(small.uuid))
    assert refused(run, method=method) == {("class_group", "small")}


def test_raised_smallest_group_of_the_school_is_asked_of_what_measures(run: Run) -> None:
    SmallestGroup.objects.create(school=run.scene.school, means_from=11, spread_from=12)
    decide(run, method="class_thermometer")
    assert refused(run, method="class_thermometer") == {("class_group", "small")}
    decide(run)
    assert begin(run).class_group == run.scene.school_class


def test_class_without_a_list_of_pupils_has_no_size_that_we_know(run: Run) -> None:
    empty = make_class(run.scene.school, "8Z", run.scene.teacher)
    decide(run, class_group=str(empty.uuid))
    assert begin(run).class_group == empty


def test_a_method_without_smallest_class_begins_in_any(run: Run) -> None:
    small = make_class(run.scene.school, "8Z", run.scene.teacher)
    decide_for(run, "shared_concern", class_group=str(small.uuid))
    assert begin(run, "shared_concern").class_group == small


def test_the_same_runs_only_once(run: Run) -> None:
    made = begin(run)
    assert refused(run) == {(None, "once")}
    stop_intervention(run.actor, made, "De leerling wil het toch niet.", now=NOW)
    assert begin(run).pk != made.pk


def test_begins_only_in_a_case_in_progress(run: Run) -> None:
    Case.objects.filter(pk=run.case.pk).update(status="on_hold")
    assert refused(run) == {(None, "status")}


def test_unknown_way_is_refused(run: Run) -> None:
    assert refused(run, variant="backwards") == {("variant", "required")}


# ── who may see the case because of it ───────────────────────────────────────
def sees(run: Run) -> frozenset[str]:
    return rules_on(Who(run.scene.colleague, NOW), run.case)


def test_facilitator_outside_the_team_is_shared_with_only_when_asked(run: Run) -> None:
    assert refused(run, share_ok=False) == {("share_ok", "share")}
    assert not sees(run)
    begin(run)
    assert sees(run) >= {"R14", "R25"}
    assert "R24" not in sees(run)


def test_access_for_the_task_ends_with_it(run: Run) -> None:
    made = begin(run)
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert not sees(run)


def test_facilitator_from_outside_school_is_a_name(run: Run) -> None:
    decide(run, facilitator=None, facilitator_is_external=True, facilitator_name="Griet, CLB")
    made = begin(run, share_ok=False)
    assert (made.facilitator, made.facilitated_by) == (None, "Griet, CLB")


# ── without a case ───────────────────────────────────────────────────────────
def test_circle_in_peacetime_needs_no_case(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    assert (made.case, made.consent, made.facilitator) == (None, "", run.scene.teacher)
    assert [record.key for record in made.phases.all()] == ["proactive_circle"]


def test_nothing_begins_on_a_day_that_is_over(run: Run) -> None:
    given = {"method": "restorative_circle", "variant": "proactive_circle", "now": NOW}
    with pytest.raises(RuleBroken) as complaint:
        start_preventive(
            run.scene.teacher, run.scene.school_class, **given, planned_start=date(2025, 10, 1)
        )
    (problem,) = complaint.value.problems
    assert (problem.field, problem.code) == ("planned_start", "past")


def test_what_step_8_decided_some_days_ago_is_not_late_from_its_beginning(run: Run) -> None:
    decide(run, planned_start="2025-10-30")
    made = begin(run)
    assert made.planned_start == date(2025, 10, 30)
    assert made.phases.get(number=1).planned_on == NOW.date()


def test_whoever_facilitates_without_a_case_works_at_the_school(run: Run) -> None:
    there = make_person(Role.TEACHER, make_school("De Sluis", "de-sluis"))
    given = {"method": "restorative_circle", "variant": "proactive_circle", "now": NOW}
    given |= {"planned_start": MONDAY, "facilitator": there}
    with pytest.raises(RuleBroken) as complaint:
        start_preventive(run.scene.teacher, run.scene.school_class, **given)
    (problem,) = complaint.value.problems
    assert (problem.field, problem.code) == ("facilitator", "other_school")
    given["facilitator"] = run.scene.colleague
    made = start_preventive(run.scene.teacher, run.scene.school_class, **given)
    assert made.facilitator == run.scene.colleague


@pytest.mark.parametrize(
    ("method", "variant"),
    [
        ("no_blame", "usual"),
        ("support_group", "without_target"),
        ("shared_concern", "group_first"),
        ("restorative_circle", "hergo"),
        ("restorative_circle", "responsive_circle"),
    ],
)
def test_what_is_about_a_pupil_needs_a_case(run: Run, method: str, variant: str) -> None:
    with pytest.raises(RuleBroken) as complaint:
        begin_freely(run, method, variant)
    assert [(p.field, p.code) for p in complaint.value.problems] == [("method", "case")]


# ── what the database holds by itself ────────────────────────────────────────
@pytest.mark.parametrize(
    "wrong",
    [
        {"facilitator_name": "Nog iemand"},
        {"status": "stopped"},
        {"consent": ""},
        {"facilitator": None},
    ],
)
def test_database_refuses_half_an_intervention(run: Run, wrong: dict[str, Any]) -> None:
    made = begin(run)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intervention.objects.filter(pk=made.pk).update(**wrong)

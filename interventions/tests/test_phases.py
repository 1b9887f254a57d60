"""Planning and holding phases: the order, the days in between, the group, and what each phase asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.models import Case
from interventions.models import Intervention, PhaseStatus
from interventions.services.phases import hold_phase, plan_phase, save_phase, skip_phase
from interventions.tests.running import (
    MONDAY,
    Run,
    at,
    begin,
    begin_freely,
    begin_other,
    fill_group,
    fresh,
    full,
    hold,
    hold_up_to,
    phase,
    write_down,
)
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW

TUESDAY = date(2025, 11, 4)


def refused(run: Run, made: Intervention, key: str, day: date) -> set[tuple[str | None, str]]:
    record = phase(made, key)
    with pytest.raises(RuleBroken) as complaint:
        hold_phase(run.actor, record, day, now=at(max(day, MONDAY)))
    assert phase(made, key).status != PhaseStatus.DONE
    return {(problem.field, problem.code) for problem in complaint.value.problems}


def written(run: Run, made: Intervention, key: str, day: date) -> None:
    write_down(run, phase(made, key), at(day))


# ── saving ───────────────────────────────────────────────────────────────────
def test_half_filled_phase_is_kept(run: Run) -> None:
    made = begin(run)
    save_phase(run.actor, phase(made, "interview_target"), {"happiness_score": 3}, now=NOW)
    record = phase(made, "interview_target")
    assert (record.status, record.answers) == ("in_progress", {"happiness_score": 3})


def test_question_of_another_method_is_refused(run: Run) -> None:
    made = begin(run)
    record = phase(made, "interview_target")
    with pytest.raises(RuleBroken) as complaint:
        save_phase(run.actor, record, {"feelings_expression": ["drawing"]}, now=NOW)
    assert [p.code for p in complaint.value.problems] == ["unknown"]


def test_more_names_than_the_method_takes_are_refused(run: Run) -> None:
    made = begin(run)
    record, names = phase(made, "interview_target"), "Lieke\nTess\n\nDaan\nBo"
    with pytest.raises(RuleBroken) as complaint:
        save_phase(run.actor, record, {"difficult_for_me": names}, now=NOW)
    assert [(p.field, p.code) for p in complaint.value.problems] == [
        ("difficult_for_me", "at_most")
    ]
    save_phase(run.actor, record, {"difficult_for_me": "Lieke\nTess\n\nDaan"}, now=NOW)


def test_two_writers_do_not_overwrite_each_other(run: Run) -> None:
    made = begin(run)
    mine, theirs = phase(made, "interview_target"), phase(made, "interview_target")
    save_phase(run.scene.teacher, theirs, {"happiness_score": 3}, now=NOW)
    with pytest.raises(Stale):
        save_phase(run.actor, mine, {"happiness_score": 9}, now=NOW)


# ── holding ──────────────────────────────────────────────────────────────────
def test_first_phase_is_held_and_the_next_gets_its_day(run: Run) -> None:
    made = begin(run)
    hold(run, phase(made, "interview_target"), TUESDAY)
    record = phase(made, "interview_target")
    assert (record.status, record.held_on, record.settled_by) == ("done", TUESDAY, run.actor)
    assert phase(made, "compose_group").planned_on == TUESDAY
    assert fresh(made).status == "running"
    assert AuditEvent.objects.filter(
        verb="intervention_phase_held", facts={"phase": "interview_target", "round": 1}
    ).exists()


def test_everything_that_is_asked_comes_first(run: Run) -> None:
    made = begin(run)
    assert refused(run, made, "interview_target", TUESDAY) == {
        ("difficult_for_me", "required"),
        ("around_when_it_happens", "required"),
        ("friends_or_wished", "required"),
        ("happiness_score", "required"),
        ("consent", "required"),
    }


def test_phases_follow_each_other(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    written(run, made, "first_meeting", MONDAY)
    assert (None, "order") in refused(run, made, "first_meeting", MONDAY)


def test_phase_is_not_held_tomorrow(run: Run) -> None:
    made = begin(run)
    record = write_down(run, phase(made, "interview_target"), NOW)
    with pytest.raises(RuleBroken) as complaint:
        hold_phase(run.actor, record, TUESDAY, now=NOW)
    assert [(p.field, p.code) for p in complaint.value.problems] == [("held_on", "future")]


def test_phase_is_not_held_on_a_day_without_school(run: Run) -> None:
    made = begin(run)
    written(run, made, "interview_target", MONDAY)
    saturday = date(2025, 11, 8)
    assert refused(run, made, "interview_target", saturday) == {("held_on", "no_school")}


@pytest.mark.parametrize("count", [0, 4, 9])
def test_group_of_another_size_does_not_come_together(run: Run, count: int) -> None:
    made = begin(run)
    hold(run, phase(made, "interview_target"), MONDAY)
    fill_group(run, made, count)
    written(run, made, "compose_group", MONDAY)
    assert refused(run, made, "compose_group", MONDAY) == {("group", "size")}


@pytest.mark.parametrize(("method", "least", "most"), [("support_group", 5, 8), ("no_blame", 6, 8)])
def test_smallest_and_largest_group_come_together(
    run: Run, method: str, least: int, most: int
) -> None:
    made = begin_other(run, method)
    key = "compose_group" if method == "support_group" else "convene_group"
    hold_up_to(run, made, key, MONDAY)
    for count in (least - 1, most + 1):
        fill_group(run, made, count)
        written(run, made, key, MONDAY)
        assert ("group", "size") in refused(run, made, key, MONDAY)
    fill_group(run, made, most)
    fill_group(run, made, least)
    hold(run, phase(made, key), MONDAY)


def test_who_said_no_does_not_count(run: Run) -> None:
    made = begin(run)
    hold(run, phase(made, "interview_target"), MONDAY)
    members = fill_group(run, made, 5)
    members[0].declined = True
    members[0].save()
    written(run, made, "compose_group", MONDAY)
    assert refused(run, made, "compose_group", MONDAY) == {("group", "size")}


def test_one_meeting_is_one_day(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "collect_suggestions", MONDAY)
    written(run, made, "collect_suggestions", MONDAY)
    assert refused(run, made, "collect_suggestions", TUESDAY) == {("held_on", "meeting")}
    hold(run, phase(made, "collect_suggestions"), MONDAY)


def test_phase_that_collects_proposals_has_at_least_one(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "collect_suggestions", MONDAY)
    assert refused(run, made, "collect_suggestions", MONDAY) == {("proposals", "required")}


def test_everybody_is_asked(run: Run) -> None:
    made = begin_other(run, "no_blame")
    fill_group(run, made, 6)
    hold_up_to(run, made, "meet_again", MONDAY)
    record = phase(made, "meet_again")
    save_phase(run.actor, record, full(record.definition.fields, run.actor), now=NOW)
    found = refused(run, made, "meet_again", date(2025, 11, 11))
    assert ("target-safety_score", "required") in found
    # The pupil's progress and safety, and of each of six members progress and proposal.
    assert len(found - {("held_on", "too_early")}) == 2 + 6 * 2


# ── the days in between ──────────────────────────────────────────────────────
def up_to_review(run: Run, day: date) -> Intervention:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "review_target", day)
    return made


@pytest.mark.parametrize(
    ("meeting", "too_early", "earliest"),
    [
        (date(2025, 11, 3), date(2025, 11, 7), date(2025, 11, 10)),
        # Five school days around the Christmas holiday (20 December to 4 January).
        (date(2025, 12, 17), date(2026, 1, 6), date(2026, 1, 7)),
        # The spring holiday: 14 to 22 February.
        (date(2026, 2, 12), date(2026, 2, 25), date(2026, 2, 26)),
    ],
)
def test_review_waits_five_school_days(
    run: Run, meeting: date, too_early: date, earliest: date
) -> None:
    made = up_to_review(run, meeting)
    assert phase(made, "review_target").planned_on == earliest
    written(run, made, "review_target", too_early)
    assert refused(run, made, "review_target", too_early) == {("held_on", "too_early")}
    hold(run, phase(made, "review_target"), earliest)


def test_second_measurement_counts_school_weeks(run: Run) -> None:
    made = begin_other(run, "class_thermometer")
    hold_up_to(run, made, "repeat", date(2025, 12, 15))
    # The weeks of 22 and 29 December count for nothing.
    assert phase(made, "repeat").planned_on == date(2026, 1, 26)
    written(run, made, "repeat", date(2026, 1, 23))
    assert ("held_on", "too_early") in refused(run, made, "repeat", date(2026, 1, 23))


def test_two_weeks_that_end_in_a_holiday_end_after_it(run: Run) -> None:
    made = begin_other(run, "shared_concern")
    fill_group(run, made, 3)
    hold_up_to(run, made, "individual_follow_up", date(2026, 1, 28))
    hold(run, phase(made, "individual_follow_up"), date(2026, 2, 4))
    hold(run, phase(made, "preparatory_group_meeting"), date(2026, 2, 4))
    hold(run, phase(made, "summit_meeting"), date(2026, 2, 5))
    assert phase(made, "monitoring").planned_on == date(2026, 2, 23)


def test_meeting_is_planned_as_one(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "first_meeting", MONDAY)
    plan_phase(run.actor, phase(made, "first_meeting"), TUESDAY, now=NOW)
    days = {key: phase(made, key).planned_on for key in ("first_meeting", "collect_suggestions")}
    assert set(days.values()) == {TUESDAY}


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 11, 7), "too_early"),
        (date(2025, 11, 15), "no_school"),
        (date(2025, 11, 2), "past"),
        (date(2031, 1, 7), "calendar"),
    ],
)
def test_day_that_does_not_fit_is_refused(run: Run, day: date, code: str) -> None:
    made = up_to_review(run, MONDAY)
    with pytest.raises(RuleBroken) as complaint:
        plan_phase(run.actor, phase(made, "review_target"), day, now=NOW)
    assert [(p.field, p.code) for p in complaint.value.problems] == [("planned_on", code)]


def test_later_than_the_method_says_is_no_problem(run: Run) -> None:
    made = up_to_review(run, MONDAY)
    hold(run, phase(made, "review_target"), MONDAY + timedelta(days=21))


# ── leaving out ──────────────────────────────────────────────────────────────
def test_only_some_phases_may_be_left_out(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        skip_phase(run.actor, phase(made, "interview_target"), "Geen tijd", now=NOW)
    assert [p.code for p in complaint.value.problems] == ["skip"]


def test_left_out_with_a_reason_and_in_its_turn(run: Run) -> None:
    made = begin_other(run, "shared_concern")
    fill_group(run, made, 3)
    for reason, code in (("", "required"), ("Er is geen groep", "order")):
        with pytest.raises(RuleBroken) as complaint:
            skip_phase(run.actor, phase(made, "preparatory_group_meeting"), reason, now=NOW)
        assert [p.code for p in complaint.value.problems] == [code]
    hold_up_to(run, made, "individual_follow_up", MONDAY)
    hold(run, phase(made, "individual_follow_up"), date(2025, 11, 10))
    later = at(date(2025, 11, 10))
    skip_phase(run.actor, phase(made, "preparatory_group_meeting"), "Er is geen groep", now=later)
    record = phase(made, "preparatory_group_meeting")
    assert (record.status, record.skip_reason) == ("skipped", "Er is geen groep")


def test_what_is_over_is_not_held_again(run: Run) -> None:
    made = begin(run)
    record = hold(run, phase(made, "interview_target"), MONDAY)
    with pytest.raises(RuleBroken) as complaint:
        hold_phase(run.actor, record, MONDAY, now=NOW)
    assert [p.code for p in complaint.value.problems] == ["settled"]


def test_nothing_is_written_in_a_closed_case(run: Run) -> None:
    made = begin(run)
    Case.objects.filter(pk=run.case.pk).update(status="closed")
    with pytest.raises(RuleBroken) as complaint:
        save_phase(run.actor, phase(made, "interview_target"), {}, now=NOW)
    assert [p.code for p in complaint.value.problems] == ["closed"]


def test_circle_in_peacetime_runs_without_a_group(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    hold(run, phase(made, "proactive_circle"), MONDAY)
    assert fresh(made).status == "running"

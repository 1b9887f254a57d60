"""Further rounds as the method allows, and how an intervention ends."""

from __future__ import annotations

from datetime import date

import pytest

from interventions.models import Intervention
from interventions.services.ending import finish_intervention, stop_intervention
from interventions.services.phases import save_phase
from interventions.services.rounds import add_round
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
)
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

SECOND_MONDAY, THIRD_MONDAY = date(2025, 11, 10), date(2025, 11, 17)


def codes(complaint: pytest.ExceptionInfo[RuleBroken]) -> list[str]:
    return [problem.code for problem in complaint.value.problems]


def no_blame_round(run: Run, *, needed: bool) -> Intervention:
    made = begin_other(run, "no_blame")
    fill_group(run, made, 6)
    hold_up_to(run, made, "meet_again", MONDAY)
    hold(run, phase(made, "meet_again"), SECOND_MONDAY, second_round_needed=needed)
    return fresh(made)


# ── rounds ───────────────────────────────────────────────────────────────────
def test_second_round_repeats_the_meeting_and_is_followed_up_sooner(run: Run) -> None:
    made = no_blame_round(run, needed=True)
    again = add_round(run.actor, made, "explain_problem", now=at(SECOND_MONDAY))
    assert [record.key for record in again] == [
        *("explain_problem", "share_responsibility", "collect_ideas", "leave_to_group"),
        "meet_again",
    ]
    assert phase(made, "explain_problem", 2).planned_on == SECOND_MONDAY
    for record in again[:-1]:
        hold(run, phase(made, record.key, 2), SECOND_MONDAY)
    # Three school days, where the first round waits five.
    assert phase(made, "meet_again", 2).planned_on == date(2025, 11, 13)


def test_no_second_round_without_need(run: Run) -> None:
    made = no_blame_round(run, needed=False)
    with pytest.raises(RuleBroken) as complaint:
        add_round(run.actor, made, "explain_problem", now=at(SECOND_MONDAY))
    assert codes(complaint) == ["wanted"]


def test_no_third_round_of_no_blame(run: Run) -> None:
    made = no_blame_round(run, needed=True)
    for record in add_round(run.actor, made, "explain_problem", now=at(SECOND_MONDAY)):
        day = THIRD_MONDAY if record.key == "meet_again" else SECOND_MONDAY
        given = {"second_round_needed": True} if record.key == "meet_again" else {}
        hold(run, phase(made, record.key, 2), day, **given)
    with pytest.raises(RuleBroken) as complaint:
        add_round(run.actor, fresh(made), "explain_problem", now=at(THIRD_MONDAY))
    assert codes(complaint) == ["most"]


def test_no_round_before_the_last_one_is_over(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        add_round(run.actor, made, "review_target", now=NOW)
    assert codes(complaint) == ["round"]


def test_no_round_of_what_does_not_repeat(run: Run) -> None:
    with pytest.raises(RuleBroken) as complaint:
        add_round(run.actor, begin(run), "interview_target", now=NOW)
    assert codes(complaint) == ["loop"]


def reviewed_once(run: Run) -> Intervention:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "review_target", MONDAY)
    hold(run, phase(made, "review_target"), SECOND_MONDAY)
    hold(run, phase(made, "review_group"), SECOND_MONDAY)
    return fresh(made)


def test_support_group_looks_back_every_week_before_it_closes(run: Run) -> None:
    made = reviewed_once(run)
    with pytest.raises(RuleBroken) as complaint:
        hold(run, phase(made, "close_group"), SECOND_MONDAY)
    assert codes(complaint) == ["rounds"]
    add_round(run.actor, fresh(made), "review_target", now=at(SECOND_MONDAY))
    assert phase(made, "review_target", 2).planned_on == THIRD_MONDAY
    assert [record.key for record in made.phases.all()][-3:] == [
        *("review_target", "review_group", "close_group"),
    ]
    for key in ("review_target", "review_group"):
        hold(run, phase(made, key, 2), THIRD_MONDAY)
    hold(run, phase(made, "close_group"), THIRD_MONDAY)


def test_circles_go_on_as_long_as_the_class_wants(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    days = [MONDAY, SECOND_MONDAY, THIRD_MONDAY]
    for number, day in enumerate(days, start=1):
        hold(run, phase(made, "proactive_circle", number), day)
        add_round(run.actor, fresh(made), "proactive_circle", now=at(day))
    assert made.phases.filter(status="done").count() == len(days)


# ── ends ─────────────────────────────────────────────────────────────────────
def test_stopping_needs_a_reason(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        stop_intervention(run.actor, made, "  ", now=NOW)
    assert codes(complaint) == ["required"]
    stop_intervention(run.actor, made, "De leerling wil niet meer.", now=NOW)
    stopped = fresh(made)
    assert (stopped.status, stopped.stop_reason, stopped.ended_by) == (
        "stopped",
        "De leerling wil niet meer.",
        run.actor,
    )


def test_what_is_stopped_is_written_in_no_more(run: Run) -> None:
    made = begin(run)
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    for act in (
        lambda: save_phase(run.actor, phase(made, "interview_target"), {}, now=NOW),
        lambda: fill_group(run, made, 5),
        lambda: stop_intervention(run.actor, fresh(made), "Nog eens", now=NOW),
    ):
        with pytest.raises(RuleBroken) as complaint:
            act()
        assert codes(complaint) == ["over"]


def closed_group(run: Run) -> Intervention:
    made = reviewed_once(run)
    add_round(run.actor, made, "review_target", now=at(SECOND_MONDAY))
    for key in ("review_target", "review_group"):
        hold(run, phase(made, key, 2), THIRD_MONDAY)
    hold(run, phase(made, "close_group"), THIRD_MONDAY)
    return fresh(made)


def test_finishing_asks_what_came_of_it(run: Run) -> None:
    made, now = closed_group(run), at(THIRD_MONDAY)
    with pytest.raises(RuleBroken) as complaint:
        finish_intervention(run.actor, made, {}, now=now)
    assert [(p.field, p.code) for p in complaint.value.problems] == [("target_says", "required")]
    outcome = full(made.definition.finish, run.actor)
    finish_intervention(run.actor, made, outcome, review_on=date(2025, 12, 1), now=now)
    finished = fresh(made)
    assert (finished.status, finished.outcome) == ("finished", {"target_says": "stopped"})
    assert finished.review_on == date(2025, 12, 1)


def test_not_finished_while_a_phase_waits(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        finish_intervention(run.actor, made, {"target_says": "stopped"}, now=NOW)
    assert codes(complaint) == ["phase"]


def test_day_to_look_again_is_still_to_come(run: Run) -> None:
    made, now = closed_group(run), at(THIRD_MONDAY)
    with pytest.raises(RuleBroken) as complaint:
        finish_intervention(run.actor, made, {"target_says": "better"}, review_on=MONDAY, now=now)
    assert codes(complaint) == ["past"]

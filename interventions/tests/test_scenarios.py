"""The four worked scenarios with a group: every day on which a phase was really held fits its method."""

from __future__ import annotations

from datetime import date

import pytest

from cases.tests.scene import Scene
from interventions.models import Intervention
from interventions.services.phases import hold_phase
from interventions.services.rounds import add_round
from interventions.tests.conftest import NAMES
from interventions.tests.running import (
    Run,
    at,
    begin_other,
    fill_group,
    fresh,
    phase,
    write_down,
)
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import (
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.roles import Role

Held = list[tuple[str, int, date]]


def d(year: int, month: int, day: int) -> date:
    return date(year, month, day)


def meeting(day: date, *keys: str, number: int = 1) -> Held:
    return [(key, number, day) for key in keys]


SCENARIOS: dict[str, tuple[str, str, str, int, Held]] = {
    "A": (
        *("midden", "support_group", "without_target", 7),
        [
            ("interview_target", 1, d(2025, 11, 7)),
            *meeting(d(2025, 11, 10), "compose_group", "first_meeting", "collect_suggestions"),
            *meeting(d(2025, 11, 17), "review_target", "review_group"),
            *meeting(d(2025, 11, 24), "review_target", "review_group", number=2),
            ("close_group", 1, d(2025, 11, 24)),
        ],
    ),
    "B": (
        *("zuid", "shared_concern", "group_first", 4),
        [
            ("team_decision", 1, d(2026, 1, 16)),
            *meeting(d(2026, 1, 20), "individual_talks", "talk_with_target"),
            ("individual_follow_up", 1, d(2026, 1, 27)),
            ("preparatory_group_meeting", 1, d(2026, 2, 2)),
            ("summit_meeting", 1, d(2026, 2, 5)),
            # Two weeks later lies in the carnival holiday.
            ("monitoring", 1, d(2026, 2, 23)),
        ],
    ),
    "C": (
        *("flanders", "no_blame", "usual", 7),
        [
            ("talk_with_target", 1, d(2025, 10, 9)),
            *meeting(d(2025, 10, 10), "convene_group", "explain_problem", "share_responsibility"),
            *meeting(d(2025, 10, 10), "collect_ideas", "leave_to_group"),
            ("meet_again", 1, d(2025, 10, 17)),
            *meeting(d(2025, 10, 20), "explain_problem", "share_responsibility", number=2),
            *meeting(d(2025, 10, 20), "collect_ideas", "leave_to_group", number=2),
            ("meet_again", 2, d(2025, 10, 24)),
        ],
    ),
    "D": (
        *("flanders", "restorative_circle", "hergo", 9),
        [
            ("intake_conditions", 1, d(2026, 3, 18)),
            ("preparatory_talks", 1, d(2026, 3, 26)),
            *meeting(d(2026, 3, 30), "opening", "telling", "impact", "needs_and_repair"),
            *meeting(d(2026, 3, 30), "restoration_plan", "closing_round"),
            ("separate_follow_up", 1, d(2026, 4, 1)),
            # A week later lies in the Easter holiday.
            ("separate_follow_up", 2, d(2026, 4, 20)),
            ("evaluation_circle", 1, d(2026, 5, 13)),
        ],
    ),
}
# One school day before what the scenario did, which the method refuses.
TOO_EARLY = {
    "A": ("review_target", d(2025, 11, 14)),
    "B": ("monitoring", d(2026, 2, 13)),
    "C": ("meet_again", d(2025, 10, 16)),
    "D": ("evaluation_circle", d(2026, 5, 8)),
}


def run_in(region: str) -> Run:
    school = make_school(region=region)
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    colleague = make_person(Role.TEACHER, school, first_name="Joost")
    coordinator = make_person(Role.COORDINATOR, school, first_name="Sami")
    room = make_class(school, "7A", teacher, colleague)
    pupil = make_pupil(room)
    case = make_case_active(coordinator, teacher, school, pupil)
    principal = make_person(Role.PRINCIPAL, school)
    scene = Scene(school, room, teacher, coordinator, colleague, principal, pupil, case)
    return Run(scene, [make_pupil(room, name, "Bos") for name in NAMES])


def begun(letter: str) -> tuple[Run, Intervention, Held]:
    region, method, variant, members, held = SCENARIOS[letter]
    run = run_in(region)
    made = begin_other(run, method, variant)
    fill_group(run, made, members)
    return run, made, held


def hold_on(run: Run, made: Intervention, key: str, number: int, day: date) -> None:
    if not made.phases.filter(key=key, round=number).exists():
        add_round(run.actor, fresh(made), key, now=at(day))
    answers = {"second_round_needed": number == 1} if key == "meet_again" else {}
    record = write_down(run, phase(made, key, number), at(day), **answers)
    hold_phase(run.actor, record, day, now=at(day))


@pytest.mark.django_db
@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_phase_was_held_on_its_day(letter: str) -> None:
    run, made, held = begun(letter)
    for key, number, day in held:
        hold_on(run, made, key, number, day)
    found = {(r.key, r.round): r.held_on for r in made.phases.all()}
    assert found == {(key, number): day for key, number, day in held}


@pytest.mark.django_db
@pytest.mark.parametrize("letter", SCENARIOS)
def test_a_school_day_too_early_is_refused(letter: str) -> None:
    run, made, held = begun(letter)
    name, early = TOO_EARLY[letter]
    for key, number, day in held:
        if key == name:
            break
        hold_on(run, made, key, number, day)
    with pytest.raises(RuleBroken) as complaint:
        hold_on(run, made, name, 1, early)
    assert "too_early" in {problem.code for problem in complaint.value.problems}

"""The worked scenarios: every day on which a phase was held fits its method, and so do the class rules with theirs."""

from __future__ import annotations

from datetime import date

import pytest

from cases.tests.scene import Scene
from interventions.deadlines.class_rules import CLASS_RULE
from interventions.models import Intervention
from interventions.services.phases import hold_phase
from interventions.services.rounds import add_round
from interventions.tests.conftest import NAMES
from interventions.tests.running import (
    Run,
    adopt,
    at,
    begin_other,
    fill_group,
    fresh,
    phase,
    write_down,
)
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
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

# Of B none: the pupil did not want the class involved. Days: adopted, looked at again, and told when nobody did.
CLASS_RULES: dict[
    str, tuple[str, str, int, tuple[int, int], tuple[date, date, date], list[str]]
] = {
    "A": (
        *("midden", "together", 24, (23, 23)),
        (d(2025, 11, 25), d(2026, 1, 26), d(2026, 1, 27)),
        [
            "iedereen zit in de klasapp of er is geen klasapp",
            "geen foto's of stickers van iemand zonder te vragen",
            "na acht uur 's avonds is de app stil",
        ],
    ),
    "C": (
        *("flanders", "pupils", 21, (20, 20)),
        (d(2025, 11, 7), d(2026, 1, 12), d(2026, 1, 13)),
        [
            "wie wil meespelen, mag meespelen, ook online",
            "we doen niemands stem of manier van praten na",
        ],
    ),
    "D": (
        *("flanders", "together", 19, (17, 17)),
        (d(2026, 5, 8), d(2026, 9, 30), d(2026, 10, 1)),
        [
            "wat je van iemand krijgt, stuur je niet door",
            "wie iets krijgt, zegt het dezelfde dag aan een volwassene",
        ],
    ),
    "E": (
        *("midden", "together", 28, (26, 27)),
        (d(2026, 3, 19), d(2026, 9, 21), d(2026, 9, 22)),
        [
            "we volgen en delen geen roddelaccounts",
            "wie iets ziet, meldt het bij Lieuwe of Hilde, dat is geen klikken",
            "in de klaschat praten we niet over wie er niet bij is",
        ],
    ),
}
METHOD_OF = {"A": "support_group", "C": "no_blame", "D": "restorative_circle"}


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


@pytest.mark.django_db
@pytest.mark.parametrize("letter", CLASS_RULES)
def test_class_rules_were_adopted_and_are_looked_at_again_on_their_days(letter: str) -> None:
    region, proposed_by, size, votes, (adopted_on, review_on, late_on), texts = CLASS_RULES[letter]
    run = run_in(region)
    for number in range(size - len(run.pupils) - 1):
        make_pupil(run.scene.school_class, f"Leerling{number}")
    made = begin_other(run, METHOD_OF.get(letter, "class_thermometer"))
    voted = {"vote_for": votes[0], "vote_total": votes[1]}
    days = {"adopted_on": adopted_on, "review_on": review_on}
    for text in texts:
        changes = {"text": text, "proposed_by": proposed_by, **voted, **days}
        rule = adopt(run, made, at(adopted_on), **changes)
        told = DueMoment.objects.filter(source=CLASS_RULE, source_uuid=rule.uuid)
        assert rule.review_on == review_on
        assert {(m.kind, m.fires_at.date()) for m in told} == {
            ("review_due", review_on),
            ("stayed_open", late_on),
        }
    assert [rule.text for rule in made.class_rules.all()] == texts

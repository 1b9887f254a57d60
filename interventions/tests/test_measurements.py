"""Thermometers that belong to an approach: held by closing one, named as before and after, and whether it helped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cases.models import Case
from cases.queries.closing import Standing, judge_closing
from interventions.models import Intervention, InterventionStatus, Run
from interventions.protocol import current
from interventions.queries.measurements import Measurements, measures_itself
from interventions.services.measurements import name_runs
from interventions.services.starting import start_preventive
from interventions.services.thermometer_runs import close_run
from interventions.tests import running
from interventions.tests.classes import VECTOR, lines_of
from interventions.tests.measured_intervention import (
    TODAY,
    begun,
    circle,
    hold,
    phase,
    up_to_repeat,
)
from interventions.tests.measuring import LATER, Measured, make_measured
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=24)


def refused(group: Measured, made: Intervention, key: str, day: date) -> set[str]:
    with pytest.raises(RuleBroken) as complaint:
        hold(group, made, key, day)
    return {problem.code for problem in complaint.value.problems}


# ── a phase is held by closing a thermometer ─────────────────────────────────
def test_the_method_says_which_phases_measure() -> None:
    phases = current("class_thermometer").phases
    assert [(p.key, p.record) for p in phases if p.record] == [
        ("baseline", "baseline_run"),
        ("repeat", "after_run"),
    ]


def test_baseline_waits_for_a_closed_run_of_its_day(group: Measured) -> None:
    made = begun(group)
    hold(group, made, "prepare", TODAY)
    assert refused(group, made, "baseline", TODAY) == {"run"}
    run = group.open()
    assert refused(group, made, "baseline", TODAY) == {"run"}
    close_run(group.teacher, run, now=NOW)
    assert refused(group, made, "baseline", TODAY + timedelta(days=1)) == {"run"}
    hold(group, made, "baseline", TODAY)
    assert Intervention.objects.get().baseline_run == run


def test_run_of_another_class_holds_nothing(group: Measured) -> None:
    made = begun(group)
    hold(group, made, "prepare", TODAY)
    other = make_class(group.school, "8A", group.teacher)
    Run.objects.create(
        school=group.school,
        school_class=other,
        state=Run.State.CLOSED,
        planned_on=TODAY,
        opened_on=TODAY,
        closed_on=TODAY,
        class_size=20,
    )
    assert refused(group, made, "baseline", TODAY) == {"run"}


def test_second_measurement_is_another_one_than_the_first(group: Measured) -> None:
    made = up_to_repeat(group, ["cyberbullying"])
    first, second = Run.objects.order_by("opened_on")
    assert (made.baseline_run, made.after_run) == (first, second)


def test_page_of_the_phase_leads_to_the_thermometer_and_back(group: Measured) -> None:
    made, client = begun(group), signed_in(group.teacher)
    place = f"/interventions/{made.uuid}/phases/{phase(made, 'baseline').uuid}/"
    hold(group, made, "prepare", TODAY)
    prepare = f"/classes/{group.school_class.uuid}/thermometer/"
    assert (
        f"{prepare}?day={phase(made, 'baseline').planned_on}" in client.get(place).content.decode()
    )
    run = group.open()
    page = client.get(place).content.decode()
    assert (f"/thermometer/{run.uuid}/" in page, prepare in page) == (True, False)
    close_run(group.teacher, run, now=NOW)
    answer = client.get(place)
    assert "Je klas vulde in." in answer.content.decode()
    assert answer.context["shown"].days["held_on"].value() == run.opened_on


def test_the_day_of_the_phase_is_offered_when_a_run_is_prepared(group: Measured) -> None:
    prepare = f"/classes/{group.school_class.uuid}/thermometer/"
    client = signed_in(group.teacher)
    for asked, offered in (
        ("2025-11-20", date(2025, 11, 20)),
        ("2025-10-01", TODAY),
        ("2025-13-45", TODAY),
        ("x", TODAY),
    ):
        form = client.get(f"{prepare}?day={asked}&case=x").context["form"]
        assert form["planned_on"].value() == offered


def test_who_runs_it_and_may_not_see_the_class_is_told_who_prepares(group: Measured) -> None:
    joost = make_person(Role.TEACHER, group.school, first_name="Joost")
    given = {"method": "class_thermometer", "variant": "usual", "planned_start": TODAY, "now": NOW}
    made = start_preventive(group.teacher, group.school_class, facilitator=joost, **given)
    place = f"/interventions/{made.uuid}/phases/{phase(made, 'baseline').uuid}/"
    run = group.measure(lines_of("A before"))
    page = signed_in(joost).get(place).content.decode()
    assert str(run.uuid) not in page
    hold(group, made, "prepare", TODAY)
    hold(group, made, "baseline", TODAY)
    page = signed_in(joost).get(f"/interventions/{made.uuid}/").content.decode()
    assert "Hoe warm de klas is" not in page
    assert signed_in(joost).get(f"/thermometer/{run.uuid}/").status_code == 404


# ── whether it helped ────────────────────────────────────────────────────────
def test_every_focus_better_and_nothing_worse_is_reached(group: Measured) -> None:
    verdict = Measurements(up_to_repeat(group, ["cyberbullying", "safety"])).verdict
    assert verdict is not None
    assert verdict.reached is True
    assert verdict.focus == ["online pesten", "veiligheid"]


def test_a_focus_that_stayed_is_not_reached_and_named(group: Measured) -> None:
    for name in ("Jip", "Anouk", "Sem", "Roos"):
        make_pupil(group.school_class, name)
    made = up_to_repeat(group, ["teacher_support", "bullying"], "E before", "E after")
    verdict = Measurements(made).verdict
    assert verdict is not None
    assert (verdict.reached, verdict.lagging) == (False, ["steun van de leerkracht"])


def test_clearly_worse_elsewhere_is_not_reached(group: Measured) -> None:
    verdict = Measurements(up_to_repeat(group, ["safety"], "A after", "A before")).verdict
    assert verdict is not None
    assert verdict.reached is False
    assert "veiligheid" in verdict.worse


def test_too_few_answers_leave_it_open(group: Measured) -> None:
    made = up_to_repeat(group, ["safety"])
    verdict = Measurements(made).verdict
    assert verdict is not None
    Run.objects.update(minimum=24)
    fresh = Measurements(Intervention.objects.get(pk=made.pk)).verdict
    assert fresh is not None
    assert (verdict.reached, fresh.reached, fresh.lagging, fresh.worse) == (True, None, [], [])


def test_it_is_told_to_who_may_see_the_class_alone(group: Measured) -> None:
    made = up_to_repeat(group, ["cyberbullying"])
    page = signed_in(group.coordinator).get(f"/interventions/{made.uuid}/").content.decode()
    assert "Waar je aan werkte, is beter geworden" in page
    assert "Duidelijk beter" in page
    assert "nooit in de thermometer" in page


# ── any approach may name them ───────────────────────────────────────────────
def test_an_approach_names_before_and_after(group: Measured) -> None:
    made, client = circle(group), signed_in(group.teacher)
    first = group.measure(lines_of("A before"))
    second = group.measure(lines_of("A after"), now=LATER)
    place = f"/interventions/{made.uuid}/measurements/"
    answer = client.post(place, {"baseline": str(first.uuid), "after": ""})
    assert answer.url == f"/interventions/{made.uuid}/"
    client.post(place, {"baseline": str(first.uuid), "after": str(second.uuid)})
    made.refresh_from_db()
    assert (made.baseline_run, made.after_run) == (first, second)
    assert Measurements(made).verdict is None
    page = client.get(f"/interventions/{made.uuid}/").content.decode()
    assert "Duidelijk beter" in page


def test_measuring_is_advice_and_may_be_taken_back(group: Measured) -> None:
    made, first = circle(group), group.measure(VECTOR)
    name_runs(group.teacher, made, baseline=first, after=None, now=NOW)
    name_runs(group.teacher, made, baseline=None, after=None, now=NOW)
    assert Intervention.objects.get().baseline_run is None


def test_after_is_named_when_the_approach_is_over(group: Measured) -> None:
    made = circle(group)
    first = group.measure(lines_of("A before"))
    second = group.measure(lines_of("A after"), now=LATER)
    Intervention.objects.update(status=InterventionStatus.FINISHED, ended_at=NOW)
    made.refresh_from_db()
    name_runs(group.teacher, made, baseline=first, after=second, now=LATER)
    assert Intervention.objects.get().after_run == second


def test_what_does_not_fit_is_refused(group: Measured) -> None:
    made, first = circle(group), group.measure(VECTOR)
    second = group.open(now=LATER)
    measured = begun(group)
    wrong: list[tuple[User, Intervention, Run | None, Run | None, str]] = [
        (group.teacher, made, second, None, "foreign"),  # still open
        (group.teacher, made, None, first, "required"),
        (group.teacher, made, first, first, "order"),
        (group.teacher, measured, first, None, "phases"),
        (make_person(Role.TEACHER, group.school), made, first, None, "not_allowed"),
    ]
    for actor, one, baseline, after, code in wrong:
        with pytest.raises(RuleBroken) as complaint:
            name_runs(actor, one, baseline=baseline, after=after, now=LATER)
        assert {p.code for p in complaint.value.problems} == {code}
    close_run(group.teacher, second, now=LATER)
    with pytest.raises(RuleBroken):
        name_runs(group.teacher, made, baseline=second, after=first, now=LATER)


def test_who_may_not_see_the_class_chooses_nothing(group: Measured) -> None:
    joost = make_person(Role.TEACHER, group.school, first_name="Joost")
    given = {"method": "restorative_circle", "variant": "proactive_circle", "now": NOW}
    made = start_preventive(
        group.teacher, group.school_class, planned_start=TODAY, facilitator=joost, **given
    )
    assert signed_in(joost).get(f"/interventions/{made.uuid}/").status_code == 200
    run = group.measure(VECTOR)
    place = f"/interventions/{made.uuid}/measurements/"
    assert str(run.uuid) not in signed_in(joost).get(place).content.decode()
    assert signed_in(joost).post(place, {"baseline": str(run.uuid)}).status_code == 422
    assert Intervention.objects.get().baseline_run is None


def test_a_method_that_measures_itself_chooses_nothing(group: Measured) -> None:
    made, run = begun(group), group.measure(VECTOR)
    assert measures_itself(made)
    page = signed_in(group.teacher).get(f"/interventions/{made.uuid}/measurements/")
    assert str(run.uuid) not in page.content.decode()


def test_a_named_pair_counts_for_closing_the_case(run: running.Run) -> None:
    made = running.begin(run)
    lines = lines_of("A after")[:10], lines_of("A before")[:10]
    group = Measured(run.scene.school, run.scene.school_class, run.scene.teacher, run.actor)
    first, second = group.measure(lines[0]), group.measure(lines[1], now=LATER)
    name_runs(run.actor, made, baseline=first, after=second, now=LATER)
    judged = judge_closing(Standing(Case.objects.get(), LATER))
    found = next(one.finding for one in judged if one.criterion.key == "class_not_worse")
    assert not found.is_met

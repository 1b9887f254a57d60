"""Closing criterion 7: a case whose class was measured before and after closes when nothing became clearly worse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from cases.queries.closing import Finding, Standing, judge_closing
from interventions.models import Intervention, Run
from interventions.services.starting import start_preventive
from interventions.services.survey_tokens import hand_out
from interventions.services.thermometer_runs import close_run, open_run, prepare_run, repeat_run
from interventions.tests.classes import lines_of
from interventions.tests.measuring import LATER, Measured, answer, make_measured
from pestzorg.testing.builders import NOW, make_case_active, make_person
from schools.models import Pupil
from schools.roles import Role

pytestmark = pytest.mark.django_db
BEFORE, AFTER = lines_of("A before"), lines_of("A after")


@pytest.fixture
def group(db: None) -> Measured:
    return make_measured(pupils=24)


@pytest.fixture
def case(group: Measured) -> Case:
    pupil = Pupil.objects.earliest("pk")
    return make_case_active(group.coordinator, group.teacher, group.school, pupil)


def found(case: Case) -> Finding:
    judged = judge_closing(Standing(Case.objects.get(pk=case.pk), LATER))
    return next(one.finding for one in judged if one.criterion.key == "class_not_worse")


def measure(group: Measured, run: Run, lines: tuple[str, ...], now: Any) -> Run:
    open_run(group.teacher, run, now=now)
    run.refresh_from_db()
    for line in lines:
        answer(hand_out(run.code), line)
    close_run(group.teacher, run, now=now)
    run.refresh_from_db()
    return run


def measured_twice(
    group: Measured, case: Case | None, first: tuple[str, ...], second: tuple[str, ...]
) -> Run:
    values = {"kind": "full", "planned_on": NOW.date(), "now": NOW, "case": case}
    before = measure(group, prepare_run(group.teacher, group.school_class, **values), first, NOW)
    again = repeat_run(group.teacher, before, now=NOW)
    return measure(group, again, second, LATER)


def test_a_class_that_was_not_measured_holds_up_nothing(case: Case) -> None:
    assert found(case).is_met


def test_a_class_that_became_warmer_holds_up_nothing(group: Measured, case: Case) -> None:
    measured_twice(group, case, BEFORE, AFTER)
    assert found(case).is_met


def test_a_class_that_became_clearly_cooler_is_named_with_its_page(
    group: Measured, case: Case
) -> None:
    run = measured_twice(group, case, AFTER, BEFORE)
    finding = found(case)
    assert not finding.is_met
    assert "online pesten" in str(finding.missing)
    assert "steun van de leerkracht" not in str(finding.missing)  # only slightly worse
    assert finding.path == f"/thermometer/{run.uuid}/"


def test_one_measurement_alone_holds_up_nothing(group: Measured, case: Case) -> None:
    values = {"kind": "full", "planned_on": NOW.date(), "now": NOW, "case": case}
    measure(group, prepare_run(group.teacher, group.school_class, **values), BEFORE, NOW)
    assert found(case).is_met


def test_a_measurement_of_no_case_holds_up_nothing(group: Measured, case: Case) -> None:
    measured_twice(group, None, AFTER, BEFORE)
    assert found(case).is_met


def test_too_few_answers_hold_up_nothing(group: Measured, case: Case) -> None:
    measured_twice(group, case, AFTER, BEFORE[:7])
    assert found(case).is_met


def test_what_an_approach_began_with_says_nothing_of_what_came_of_it(
    group: Measured, case: Case
) -> None:
    run = measured_twice(group, case, AFTER, BEFORE)
    values = {"method": "class_thermometer", "variant": "usual", "planned_start": NOW.date()}
    made = start_preventive(group.teacher, group.school_class, **values, now=NOW)
    named = Intervention.objects.filter(pk=made.pk)
    named.update(case=case, conversation=case.conversations.get(), consent="given")
    Run.objects.update(case=None)
    named.update(baseline_run=run)
    assert found(case).is_met
    # Both belong to the case: what came of an earlier approach does not go away by beginning another with it.
    Run.objects.update(case=case)
    assert not found(case).is_met
    named.update(baseline_run=run.previous, after_run=run)
    assert not found(case).is_met
    named.update(baseline_run=None)
    assert not found(case).is_met  # then the series says which came before


def test_a_repeat_belongs_to_the_same_case_also_for_who_does_not_see_it(
    group: Measured, case: Case
) -> None:
    values = {"kind": "full", "planned_on": NOW.date(), "now": NOW, "case": case}
    first = measure(group, prepare_run(group.teacher, group.school_class, **values), (), NOW)
    joost = make_person(Role.TEACHER, group.school, first_name="Joost")
    group.school_class.class_teachers.add(joost)
    again = repeat_run(joost, first, now=NOW + timedelta(days=1))
    assert again.case == case


def test_the_form_offers_only_cases_about_this_class_in_which_somebody_works(
    group: Measured, case: Case, at: Any
) -> None:
    at(NOW)
    address = f"/classes/{group.school_class.uuid}/thermometer/"
    joost = make_person(Role.TEACHER, group.school, first_name="Joost")
    group.school_class.class_teachers.add(joost)
    for person, sees in ((group.teacher, True), (joost, False)):
        client = Client()
        client.force_login(person)
        assert (str(case.uuid) in client.get(address).content.decode()) == sees
    client.post(
        address,
        {"kind": "full", "planned_on": "2025-11-03", "minimum": "8", "case": str(case.uuid)},
    )
    assert Run.objects.get().case is None  # the second one may not choose it


def test_a_run_says_nothing_of_its_case_to_who_only_sees_the_class(
    group: Measured, case: Case, at: Any
) -> None:
    at(NOW)
    values = {"kind": "full", "planned_on": NOW.date(), "now": NOW, "case": case}
    run = prepare_run(group.teacher, group.school_class, **values)
    client = Client()
    client.force_login(make_person(Role.PRINCIPAL, group.school))
    page = client.get(f"/thermometer/{run.uuid}/").content.decode()
    assert case.reference not in page
    assert str(case.uuid) not in page

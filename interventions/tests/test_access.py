"""Who may see and run an intervention without a case, and who writes in one that belongs to a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from cases.access import Who
from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from interventions.access.classes import classes_of_this_year
from interventions.access.interventions import (
    get_of_case,
    get_without_case,
    interventions_visible_to,
    may_run,
    without_case_visible_to,
)
from interventions.access.methods import get_school, schools_for_rule
from interventions.models import Intervention
from interventions.tests.running import Run, begin, begin_freely
from pestzorg.testing.builders import NOW, make_class, make_person, make_school
from schools.models import User
from schools.roles import Role
from schools.services.tokens import issue_token


@pytest.fixture
def circle(run: Run) -> Intervention:
    return begin_freely(run, "restorative_circle", "proactive_circle")


def opens(user: User, made: Intervention) -> bool:
    try:
        return get_without_case(Who(user, NOW), made.uuid) == made
    except Http404:
        return False


def test_class_teachers_and_coordinators_see_what_has_no_case(
    run: Run, circle: Intervention
) -> None:
    scene = run.scene
    assert opens(scene.teacher, circle)
    assert opens(scene.colleague, circle)
    assert opens(scene.coordinator, circle)


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.COUNSELLOR, Role.PRINCIPAL, Role.SCHOOL_ADMIN, Role.BOARD_VIEWER]
)
def test_others_of_the_school_get_404(run: Run, circle: Intervention, role: Role) -> None:
    other = make_person(role, run.scene.school, first_name="Ander")
    assert not opens(other, circle)
    assert not may_run(Who(other, NOW), circle)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COORDINATOR])
def test_another_school_gets_404(circle: Intervention, role: Role) -> None:
    assert not opens(make_person(role, make_school("Elders", "elders")), circle)


def test_who_runs_it_sees_it_without_the_class(run: Run) -> None:
    other = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    made = begin_freely(run, "restorative_circle", "proactive_circle", facilitator=other)
    assert opens(other, made)
    assert may_run(Who(other, NOW), made)


def test_who_left_sees_it_no_more(run: Run, circle: Intervention) -> None:
    run.scene.teacher.memberships.get().roles.update(valid_until=NOW - timedelta(days=1))
    assert not opens(run.scene.teacher, circle)


def test_former_class_teacher_sees_it_only_while_running_it(run: Run, circle: Intervention) -> None:
    run.scene.school_class.class_teachers.remove(run.scene.teacher, run.scene.colleague)
    assert opens(run.scene.teacher, circle)
    assert not opens(run.scene.colleague, circle)


def test_what_belongs_to_a_case_never_opens_this_way(run: Run) -> None:
    made = begin(run)
    assert made not in without_case_visible_to(Who(run.scene.coordinator, NOW))


def test_token_opens_nothing(run: Run, circle: Intervention) -> None:
    teacher = run.scene.teacher
    token, _secret = issue_token(teacher, name="t", schools=[run.scene.school], days=9, now=NOW)
    assert not without_case_visible_to(Who(teacher, NOW, token)).exists()


def test_nobody_signed_in_sees_nothing(circle: Intervention) -> None:
    assert not without_case_visible_to(Who(AnonymousUser(), NOW)).exists()


def test_classes_in_which_somebody_may_begin_one(run: Run) -> None:
    scene, other = run.scene, make_class(run.scene.school, "8A")
    assert list(classes_of_this_year(scene.teacher, "R57", NOW)) == [scene.school_class]
    assert list(classes_of_this_year(scene.coordinator, "R57", NOW).order_by("name")) == [
        scene.school_class,
        other,
    ]
    assert not classes_of_this_year(scene.principal, "R57", NOW).exists()
    assert not classes_of_this_year(scene.counsellor, "R57", NOW).exists()


# ── lists and methods ────────────────────────────────────────────────────────
def test_the_list_holds_what_the_cases_and_the_classes_of_somebody_hold(
    run: Run, circle: Intervention
) -> None:
    made, scene = begin(run), run.scene
    stranger = make_person(Role.COORDINATOR, make_school("Het Kompas", "het-kompas"))
    for person, seen in (
        (scene.coordinator, {made, circle}),
        (scene.colleague, {made, circle}),
        (make_person(Role.TEACHER, scene.school), set()),
        (scene.principal, set()),
        (stranger, set()),
    ):
        assert set(interventions_visible_to(Who(person, NOW))) == seen


def test_methods_of_a_school_are_read_by_who_runs_them_and_put_in_words_by_coordinators(
    run: Run,
) -> None:
    scene, other = run.scene, make_school("Het Kompas", "het-kompas")
    for person, reads, writes in (
        (scene.coordinator, True, True),
        (scene.teacher, True, False),
        (scene.principal, False, False),
        (make_person(Role.COORDINATOR, other), False, False),
    ):
        for rule, opened in (("R56", reads), ("R64", writes)):
            found = schools_for_rule(person, rule, NOW)
            assert found.filter(pk=scene.school.pk).exists() is opened, rule
    assert get_school(scene.teacher, "R56", scene.school.code, NOW) == scene.school
    with pytest.raises(Http404):
        get_school(scene.teacher, "R64", scene.school.code, NOW)


# ── one that belongs to a case ───────────────────────────────────────────────
def test_facilitator_who_only_reads_along_writes_in_it(run: Run) -> None:
    made = begin(run)
    assert may_run(Who(run.scene.colleague, NOW), made)


def test_somebody_else_who_only_reads_along_does_not(run: Run) -> None:
    made = begin(run)
    other = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    share_case(run.actor, run.case, other, Level.VIEW, now=NOW)
    assert not may_run(Who(other, NOW), made)


def test_who_works_in_the_case_writes_in_it(run: Run) -> None:
    made = begin(run)
    assert may_run(Who(run.scene.teacher, NOW), made)
    assert may_run(Who(run.scene.coordinator, NOW), made)
    assert not may_run(Who(run.scene.principal, NOW), made)


def test_intervention_is_found_in_its_own_case_only(run: Run) -> None:
    made = begin(run)
    assert get_of_case(run.case, made.uuid) == made
    other = Case.objects.create(school=run.scene.school, opened_at=NOW, status="active")
    with pytest.raises(Http404):
        get_of_case(other, made.uuid)


def test_facilitator_of_a_closed_case_writes_no_more(run: Run) -> None:
    made = begin(run)
    case = run.case
    case.status = "closed"
    case.save()
    made = Intervention.objects.get(pk=made.pk)
    assert not may_run(Who(run.scene.colleague, NOW), made)

"""Who may look up which schools, classes and pupils, and where mail for somebody goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from schools.access import (
    LOOKS_UP_ALL,
    REPORTERS,
    classes_for,
    pupils_for,
    roles_of,
    schools_for,
)
from schools.models import Membership, School, User
from schools.queries.people import address_of, roles_at, staff_of
from schools.roles import Role
from schools.services.classes import enrol, open_class
from schools.services.people import end_membership, give_role

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


@pytest.fixture
def school() -> School:
    return make_school()


def looked_up(person: User, now=NOW) -> list[str]:
    return sorted(pupil.first_name for pupil in pupils_for(person, now))


def test_a_teacher_looks_up_the_own_classes_only(school: School) -> None:
    teacher = make_person(Role.TEACHER, school)
    own, other = make_class(school, "7A", teacher), make_class(school, "8B")
    make_pupil(own, "Noor")
    make_pupil(other, "Kees")
    assert list(classes_for(teacher, NOW)) == [own]
    assert looked_up(teacher) == ["Noor"]


def test_a_teacher_looks_up_this_year_and_neither_the_last_nor_the_next(school: School) -> None:
    teacher = make_person(Role.TEACHER, school)
    this_year, next_year = school.years.order_by("starts_on")
    enrol(open_class(school, this_year, "7A", [teacher]), "Noor", "Visser")
    enrol(open_class(school, next_year, "8A", [teacher]), "Kees", "Smit")
    assert looked_up(teacher) == ["Noor"]
    assert looked_up(teacher, NOW + YEAR) == ["Kees"]


@pytest.mark.parametrize("role", LOOKS_UP_ALL)
def test_care_and_leadership_look_up_the_whole_school_and_no_other(
    school: School, role: Role
) -> None:
    person = make_person(role, school)
    make_pupil(make_class(school, "7A"), "Noor")
    make_pupil(make_class(school, "8B"), "Kees")
    make_pupil(make_class(make_school("De Brug", "de-brug")), "Els")
    assert looked_up(person) == ["Kees", "Noor"]


@pytest.mark.parametrize(
    "role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO, Role.SAFETY_OFFICER]
)
def test_nobody_else_looks_up_a_pupil(school: School, role: Role) -> None:
    person = make_person(role, school)
    make_pupil(make_class(school, "7A", person))
    assert looked_up(person) == []
    assert not schools_for(person, NOW, REPORTERS).exists()


def test_somebody_with_two_roles_finds_each_pupil_once(school: School) -> None:
    person = make_person(Role.TEACHER, school)
    give_role(None, person, Role.COORDINATOR, now=NOW, school=school)
    for name in ("7A", "7B"):
        make_pupil(make_class(school, name, person), name)
    assert looked_up(person) == ["7A", "7B"]
    assert classes_for(person, NOW).count() == 2


def test_a_class_teacher_who_left_looks_up_nothing(school: School) -> None:
    teacher = make_person(Role.TEACHER, school)
    make_pupil(make_class(school, "7A", teacher))
    end_membership(None, teacher.memberships.get(), now=NOW)
    assert looked_up(teacher) == []
    assert looked_up(teacher, NOW - timedelta(seconds=1)) == ["Noor"]


def test_a_class_of_another_school_is_not_ones_own(school: School) -> None:
    teacher = make_person(Role.TEACHER, school)
    make_pupil(make_class(make_school("De Brug", "de-brug"), "7A", teacher))
    assert looked_up(teacher) == []


def test_roles_are_those_of_now(school: School) -> None:
    person = make_person(Role.TEACHER, school)
    give_role(None, person, Role.DPO, now=NOW + timedelta(days=1), board=school.board)
    assert roles_of(person, NOW) == {"teacher"}
    assert roles_of(person, NOW + timedelta(days=1)) == {"teacher", "dpo"}
    assert roles_at(school, NOW) == {person.pk: ["teacher"]}


# ── people ───────────────────────────────────────────────────────────────────
def test_staff_are_those_who_work_with_pupils_here_by_name(school: School) -> None:
    make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    for role in Role:
        if role != Role.SYSTEM_ADMIN:
            make_person(role, school)
    assert [person.first_name for person in staff_of(school, NOW)] == [
        "Coordinator",
        "Counsellor",
        "Principal",
        "Teacher",
    ]
    assert [p.first_name for p in staff_of(school, NOW, (Role.COORDINATOR,))] == ["Coordinator"]


def test_staff_who_left_or_sleep_are_not_offered(school: School) -> None:
    people = [make_person(Role.TEACHER, school, first_name=name) for name in "ABC"]
    end_membership(None, people[0].memberships.get(), now=NOW)
    Membership.objects.filter(user=people[1]).update(state="suspended")
    assert list(staff_of(school, NOW)) == [people[2]]


def test_mail_goes_to_people_who_still_belong_somewhere(school: School) -> None:
    person = make_person(Role.TEACHER, school)
    address = address_of(person.pk, NOW)
    assert address is not None
    assert (address.email, address.language) == (person.email, "nl")
    end_membership(None, person.memberships.get(), now=NOW)
    assert address_of(person.pk, NOW) is None


def test_no_mail_for_an_account_that_is_off_or_gone(school: School) -> None:
    person = make_person(Role.TEACHER, school)
    assert address_of(person.pk + 1000, NOW) is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert address_of(person.pk, NOW) is None

"""People join in the right place, leave completely, and classes belong to their school."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError

from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from schools import events
from schools.models import Membership, MembershipRole, School, User
from schools.queries.classes import current_class, pupils_of
from schools.roles import Role
from schools.services.classes import enrol, open_class
from schools.services.people import end_membership, give_role, new_person

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
PLACE_OF = {
    "school": {"teacher", "coordinator", "counsellor", "principal", "school_admin"},
    "board": {"board_viewer", "dpo", "safety_officer"},
    "installation": {"system_admin"},
}


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def person() -> User:
    return new_person("ans@example.org", "Ans", "Bos")


# ── roles ────────────────────────────────────────────────────────────────────
def test_every_role_has_one_kind_of_place() -> None:
    assert sorted(role for roles in PLACE_OF.values() for role in roles) == sorted(Role.values)


@pytest.mark.parametrize(("role", "place"), list(product(Role, PLACE_OF)))
def test_a_role_is_given_only_where_it_belongs(
    school: School, person: User, role: Role, place: str
) -> None:
    where = {"school": {"school": school}, "board": {"board": school.board}, "installation": {}}
    if role in PLACE_OF[place]:
        give_role(None, person, role, now=NOW, **where[place])
        assert person.memberships.get().roles.get().role == role
    else:
        with pytest.raises(RuleBroken):
            give_role(None, person, role, now=NOW, **where[place])
        assert not person.memberships.exists()


def test_no_role_is_at_a_school_and_its_board_at_once(school: School, person: User) -> None:
    for role in (Role.TEACHER, Role.DPO):
        with pytest.raises(RuleBroken):
            give_role(None, person, role, now=NOW, school=school, board=school.board)


def test_a_role_given_twice_is_one_role_and_one_event(school: School, person: User) -> None:
    first = give_role(None, person, Role.TEACHER, now=NOW, school=school)
    assert give_role(None, person, Role.TEACHER, now=LATER, school=school) == first
    event = AuditEvent.objects.get()
    assert (event.verb, event.subject_uuid, event.facts) == (
        events.ROLE_GIVEN,
        person.uuid,
        {"role": "teacher"},
    )


def test_two_roles_at_a_school_hang_on_one_membership(school: School, person: User) -> None:
    for role in (Role.TEACHER, Role.COORDINATOR):
        give_role(None, person, role, now=NOW, school=school)
    assert Membership.objects.get(user=person).roles.count() == 2


# ── leaving ──────────────────────────────────────────────────────────────────
def valid(person: User, now=LATER) -> list[str]:
    return list(
        MembershipRole.objects.valid_at(now)
        .filter(membership__user=person)
        .values_list("role", flat=True)
    )


def test_a_role_counts_from_its_first_moment_until_just_before_its_last(
    school: School, person: User
) -> None:
    give_role(None, person, Role.TEACHER, now=NOW, school=school)
    end_membership(None, person.memberships.get(), now=LATER)
    tick = timedelta(microseconds=1)
    assert [bool(valid(person, at)) for at in (NOW - tick, NOW, LATER - tick, LATER)] == [
        False,
        True,
        True,
        False,
    ]


def test_leaving_ends_every_role_at_that_school_and_no_other(school: School, person: User) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    for role in (Role.TEACHER, Role.COORDINATOR):
        give_role(None, person, role, now=NOW, school=school)
    give_role(None, person, Role.PRINCIPAL, now=NOW, school=elsewhere)
    end_membership(None, person.memberships.get(school=school), now=LATER)
    assert valid(person) == ["principal"]
    event = AuditEvent.objects.get(verb=events.MEMBERSHIP_ENDED)
    assert (event.subject_uuid, event.school_id) == (person.uuid, school.pk)


def test_who_leaves_while_suspended_does_not_come_back_when_woken(
    school: School, person: User
) -> None:
    give_role(None, person, Role.TEACHER, now=NOW, school=school)
    Membership.objects.update(state="suspended")
    end_membership(None, person.memberships.get(), now=LATER)
    Membership.objects.update(state="active")
    assert valid(person) == []


def test_a_role_still_to_begin_never_begins(school: School, person: User) -> None:
    role = give_role(None, person, Role.TEACHER, now=LATER + timedelta(days=5), school=school)
    end_membership(None, person.memberships.get(), now=LATER)
    role.refresh_from_db()
    assert role.valid_until == role.valid_from
    assert valid(person, LATER + timedelta(days=6)) == []


def test_what_ended_before_keeps_its_own_end(school: School, person: User) -> None:
    give_role(None, person, Role.TEACHER, now=NOW - timedelta(days=9), school=school)
    membership = person.memberships.get()
    end_membership(None, membership, now=NOW)
    end_membership(None, membership, now=LATER)
    assert membership.roles.get().valid_until == NOW


def test_who_comes_back_has_a_new_role_and_the_old_one_stays(school: School, person: User) -> None:
    give_role(None, person, Role.TEACHER, now=NOW - timedelta(days=9), school=school)
    end_membership(None, person.memberships.get(), now=NOW)
    give_role(None, person, Role.TEACHER, now=LATER, school=school)
    assert valid(person) == ["teacher"]
    assert person.memberships.get().roles.count() == 2


@pytest.mark.parametrize("how", ["suspended", "inactive"])
def test_nobody_has_a_role_while_suspended_or_inactive(
    school: School, person: User, how: str
) -> None:
    give_role(None, person, Role.TEACHER, now=NOW, school=school)
    if how == "suspended":
        Membership.objects.update(state="suspended")
    else:
        User.objects.update(is_active=False)
    assert valid(person) == []


# ── accounts ─────────────────────────────────────────────────────────────────
def test_an_address_is_used_once_whatever_its_case(person: User) -> None:
    with pytest.raises(RuleBroken) as refused:
        new_person("Ans@Example.org", "Ans", "Bos")
    assert refused.value.problems[0].field == "email"
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["", "ans", "ans@"])
def test_an_address_must_be_one(address: str) -> None:
    with pytest.raises(RuleBroken):
        new_person(address, "Ans", "Bos")


def test_an_account_without_password_opens_with_none(person: User) -> None:
    assert not person.has_usable_password()
    assert not person.check_password("")


def test_a_new_account_has_no_role_anywhere(person: User) -> None:
    assert not person.memberships.exists()
    assert (person.is_superuser, person.is_staff) == (False, False)


# ── classes ──────────────────────────────────────────────────────────────────
def test_a_class_belongs_to_a_year_of_its_own_school(school: School) -> None:
    other_year = make_school("De Brug", "de-brug").years.first()
    with pytest.raises(RuleBroken):
        open_class(school, other_year, "7A")
    assert open_class(school, school.years.first(), "7A").name == "7A"


def test_a_class_has_its_teachers(school: School) -> None:
    teacher = make_person(Role.TEACHER, school)
    assert list(make_class(school, "7A", teacher).class_teachers.all()) == [teacher]


def test_a_pupil_needs_a_name(school: School) -> None:
    with pytest.raises(ValidationError):
        enrol(make_class(school), "", "Visser")


def test_a_pupil_is_in_the_class_on_the_days_of_the_enrolment(school: School) -> None:
    school_class = make_class(school)
    pupil = make_pupil(school_class)
    first = school_class.school_year.starts_on
    before, today = first - timedelta(days=1), NOW.date()
    assert [current_class(pupil, day) for day in (before, first, today)] == [
        None,
        school_class,
        school_class,
    ]
    pupil.enrolments.update(ends_on=today)
    assert list(pupils_of(school_class, today)) == [pupil]
    assert list(pupils_of(school_class, LATER.date())) == []

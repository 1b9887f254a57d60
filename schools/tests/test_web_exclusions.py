"""The page that keeps a colleague out of a whole school, and lets them in again by two people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse

from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_report,
    make_school,
)
from pestzorg.testing.clients import signed_in
from schools.models import School, SchoolExclusion, User
from schools.roles import Role
from schools.services.exclusions import exclude_from_school
from schools.services.people import give_role, new_person

PAGE, LIFT = "/school/de-vaart/exclusions/", "/school/de-vaart/exclusions/lift/"
CSRF = re.compile(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*')
DECIDES = (Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL, Role.SAFETY_OFFICER)


@pytest.fixture
def school(db: None, at: Callable[[datetime], None]) -> School:
    at(NOW)
    return make_school()


@pytest.fixture
def boss(school: School) -> User:
    return make_person(Role.COORDINATOR, school, first_name="Sami")


@pytest.fixture
def teacher(school: School) -> User:
    return make_person(Role.TEACHER, school, first_name="Marit")


def person_with(role: Role, school: School) -> User:
    """Somebody called Fleur; who keeps the installation belongs to no school."""
    if role != Role.SYSTEM_ADMIN:
        return make_person(role, school, first_name="Fleur")
    person = new_person("fleur@example.org", "Fleur", "de Vries")
    give_role(None, person, role, now=NOW)
    return person


def send(user: User, person: User, **more: object) -> HttpResponse:
    sent = {"person": str(person.uuid), "reason": "concern", **more}
    return signed_in(user).post(PAGE, sent, follow=True)


def lift(user: User, person: User) -> HttpResponse:
    return signed_in(user).post(LIFT, {"person": str(person.uuid)}, follow=True)


def out(user: User) -> bool:
    return SchoolExclusion.objects.filter(user=user, lifted_at=None).exists()


# ── for whom ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role)
def test_the_page_is_there_for_who_decides_and_absent_for_everybody_else(
    school: School, teacher: User, role: Role
) -> None:
    client = signed_in(person_with(role, school))
    sent = {"person": str(teacher.uuid), "reason": "concern"}
    allowed = role in DECIDES
    assert client.get(PAGE).status_code == (200 if allowed else 404)
    assert client.post(LIFT, sent).status_code == (302 if allowed else 404)
    assert client.post(PAGE, sent).status_code == (302 if allowed else 404)
    assert out(teacher) is allowed


def test_of_another_school_it_answers_like_one_that_is_not_there(school: School) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    for role in DECIDES:
        client, told = signed_in(make_person(role, elsewhere)), set()
        for code in (school.code, "nergens"):
            answer = client.get(f"/school/{code}/exclusions/")
            told.add((answer.status_code, CSRF.sub("", answer.content.decode())))
        assert [status for status, _page in told] == [404]


def test_who_is_kept_out_decides_nothing(school: School, boss: User) -> None:
    officer = make_person(Role.SAFETY_OFFICER, school)
    leader = make_person(Role.PRINCIPAL, school)
    for person in (officer, leader):
        exclude_from_school(boss, school, person, reason="other", now=NOW)
        assert signed_in(person).get(PAGE).status_code == 404
        assert lift(person, person).status_code == 404


def test_it_asks_for_a_fresh_sign_in_from_who_decides_only(
    school: School, boss: User, teacher: User, at: Callable[[datetime], None]
) -> None:
    clients = signed_in(boss), signed_in(teacher)
    at(NOW + timedelta(minutes=6))
    for path in (PAGE, LIFT):
        asked, absent = (client.post(path, {}) for client in clients)
        assert asked.headers["Location"].startswith("/account/reauthenticate/")
        assert absent.status_code == 404


# ── excluding ────────────────────────────────────────────────────────────────
def test_an_excluded_colleague_sees_nothing_from_the_next_click_on(
    school: School, boss: User, teacher: User
) -> None:
    case = make_case_active(boss, teacher, school, make_pupil(make_class(school, "7A", teacher)))
    client, paths = signed_in(teacher), [reverse("cases:page", args=[case.uuid]), "/reports/new/"]
    report = make_report(teacher, school)
    paths.append(reverse("reports:page", args=[report.uuid]))
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    page = send(boss, teacher)
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert "Noor" not in client.get("/", follow=True).content.decode()
    (row,) = page.context["rows"]
    assert (row.exclusion.user, row.exclusion.set_by, row.asked_by) == (teacher, boss, None)
    for told in ("Marit de Vries", "Een zorg over deze collega", "Sami de Vries"):
        assert told in page.content.decode()


def test_an_empty_form_says_at_each_field_what_is_missing(school: School, boss: User) -> None:
    answer = signed_in(boss).post(PAGE, {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"person", "reason"}
    # Once in the list above the form, once at the field.
    assert answer.content.decode().count("Kies de collega.") == 2


def test_a_mistake_loses_nothing_and_excludes_nobody(
    school: School, boss: User, teacher: User
) -> None:
    answer = send(boss, teacher, reason="because")
    assert answer.status_code == 422
    assert answer.context["form"]["person"].value() == str(teacher.uuid)
    assert set(answer.context["form"].errors) == {"reason"}
    assert not out(teacher)


def test_only_people_around_this_school_are_offered(
    school: School, boss: User, teacher: User
) -> None:
    stranger = make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    answer = send(boss, stranger)
    assert answer.status_code == 422
    offered = dict(answer.context["form"].fields["person"].choices)
    assert str(teacher.uuid) in offered
    assert str(stranger.uuid) not in offered
    assert not out(stranger)


def test_who_is_kept_out_already_is_not_offered_again(
    school: School, boss: User, teacher: User
) -> None:
    send(boss, teacher)
    assert send(boss, teacher).status_code == 422
    assert SchoolExclusion.objects.count() == 1


def test_who_excludes_oneself_ends_at_a_page_that_is_there(school: School, boss: User) -> None:
    make_person(Role.COORDINATOR, school, first_name="Fleur")
    answer = send(boss, boss)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, "/account/settings/")


# ── letting in again ─────────────────────────────────────────────────────────
def test_nobody_agrees_to_an_own_request(school: School, boss: User, teacher: User) -> None:
    send(boss, teacher)
    lift(boss, teacher)
    again = lift(boss, teacher)
    assert [m.level_tag for m in again.context["messages"]] == ["error"]
    assert out(teacher)
    assert again.context["rows"][0].asked_by == boss
    assert f'action="{LIFT}"' not in again.content.decode()


@pytest.mark.parametrize("role", DECIDES)
def test_a_second_person_lets_the_colleague_in(
    school: School, boss: User, teacher: User, role: Role
) -> None:
    other = make_person(role, school, first_name="Fleur")
    send(boss, teacher)
    lift(boss, teacher)
    assert "Sami de Vries vraagt" in signed_in(other).get(PAGE).content.decode()
    assert not lift(other, teacher).context["rows"]
    assert SchoolExclusion.objects.get().lifted_by == other


@pytest.mark.parametrize("person", ["", "x", "6f1f0a1e-0000-4000-8000-000000000000"])
def test_lifting_what_is_not_there_tells_so(school: School, boss: User, person: str) -> None:
    answer = signed_in(boss).post(LIFT, {"person": person}, follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]


# ── how to get there ─────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role)
def test_the_account_leads_there_whoever_decides_and_nobody_else(
    school: School, role: Role
) -> None:
    page = signed_in(person_with(role, school)).get("/account/settings/").content.decode()
    assert (f'href="{PAGE}"' in page) is (role in DECIDES)


def test_the_overview_and_the_start_page_of_the_safety_officer_lead_there(
    school: School, boss: User
) -> None:
    officer = make_person(Role.SAFETY_OFFICER, school)
    for person, path in ((boss, "/overview/"), (officer, "/start/")):
        assert f'href="{PAGE}"' in signed_in(person).get(path).content.decode()

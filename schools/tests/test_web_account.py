"""The own account: how the screen looks, and keys for other programs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pestzorg.testing.builders import NOW, make_person, make_school
from schools.models import ApiToken, User
from schools.roles import Role
from schools.services.tokens import issue_token


@pytest.fixture
def school(db, at):
    at(NOW)
    return make_school()


@pytest.fixture
def teacher(school, client):
    person = make_person(Role.TEACHER, school)
    User.objects.update(language="en")
    client.force_login(person)
    return person


def fill(school, **changed):
    return {"name": "spreadsheet", "schools": [school.pk], "days": 30, **changed}


def test_language_and_colours_count_from_the_next_page(teacher, client):
    answer = client.post("/account/settings/", {"language": "nl", "theme": "dark"}, follow=True)
    teacher.refresh_from_db()
    assert (teacher.language, teacher.theme) == ("nl", "dark")
    page = answer.content.decode()
    assert '<html lang="nl">' in page
    assert "css/dark.css" in page


@pytest.mark.parametrize("wrong", [{"language": "xx", "theme": "dark"}, {"language": "nl"}])
def test_an_unknown_choice_is_refused_and_nothing_changes(teacher, client, wrong):
    assert client.post("/account/settings/", wrong).status_code == 422
    teacher.refresh_from_db()
    assert (teacher.language, teacher.theme) == ("en", "auto")


def test_nobody_changes_the_account_of_somebody_else(teacher, client, school):
    other = make_person(Role.COORDINATOR, school)
    client.post(
        "/account/settings/", {"language": "nl", "theme": "dark", "pk": other.pk, "id": other.pk}
    )
    other.refresh_from_db()
    assert other.theme == "auto"


def test_a_key_is_shown_once_and_kept_as_a_hash(teacher, client, school):
    page = client.post("/account/tokens/", fill(school)).content.decode()
    (secret,) = re.findall(r"pz_[\w-]{20,}", page)
    token = ApiToken.objects.get()
    assert token.user == teacher
    assert secret not in str(vars(token))
    assert token.expires_at == NOW + timedelta(days=30)
    assert secret not in client.get("/account/tokens/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"days": 366}, {"days": 0}, {"name": ""}, {"schools": []}], ids=lambda w: str(w)
)
def test_a_key_needs_a_name_a_school_and_an_end(teacher, client, school, wrong):
    answer = client.post("/account/tokens/", fill(school, **wrong))
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_only_school_somebody_works_at_is_chosen_already(teacher, client, school):
    assert client.get("/account/tokens/").context["form"]["schools"].value() == [school.pk]


def test_a_key_for_a_school_of_somebody_else_is_refused(teacher, client):
    stranger = make_school("Het Kompas", "het-kompas")
    answer = client.post("/account/tokens/", fill(stranger))
    assert answer.status_code == 422
    assert "Het Kompas" not in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_key_can_be_taken_back(teacher, client, school):
    token, _secret = issue_token(teacher, name="a", schools=[school], days=9, now=NOW)
    assert client.post(f"/account/tokens/{token.uuid}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert "Take back" not in client.get("/account/tokens/").content.decode()


def test_the_key_of_a_colleague_is_not_there(teacher, client, school):
    colleague = make_person(Role.COORDINATOR, school)
    token, _secret = issue_token(colleague, name="private", schools=[school], days=9, now=NOW)
    assert client.post(f"/account/tokens/{token.uuid}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "private" not in client.get("/account/tokens/").content.decode()


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.DPO])
def test_who_has_nothing_to_fetch_has_no_page_of_keys(school, client, role):
    client.force_login(make_person(role, school))
    assert client.get("/account/tokens/").status_code == 404
    assert "/account/tokens/" not in client.get("/account/settings/").content.decode()


def test_who_works_at_no_school_reads_why_there_is_no_form(school, client):
    client.force_login(make_person(Role.BOARD_VIEWER, school))
    page = client.get("/account/tokens/").content.decode()
    assert 'name="schools"' not in page


def test_looking_at_revoke_does_nothing(teacher, client, school):
    token, _secret = issue_token(teacher, name="a", schools=[school], days=9, now=NOW)
    assert client.get(f"/account/tokens/{token.uuid}/revoke/").status_code == 405

"""The API: the same door as the pages, two shapes of a case, problems with stable codes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.ceilings import Level
from cases.models import Agreement, Case, StepRecord
from cases.models.step_record import Visibility
from cases.services.conversations import step_records
from cases.services.sharing import rebuild_access, share_case
from cases.tests.callers import program, results, token
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_person,
    make_pupil,
    make_school,
    make_talk,
)
from pestzorg.testing.clients import signed_in
from schools.models import ApiToken, Membership, User
from schools.roles import Role
from schools.services.people import end_membership, give_role
from schools.services.tokens import revoke_token

HEADER = {"uuid", "reference", "status", "opened_at", "school"}


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


# ── what is shown ────────────────────────────────────────────────────────────
def test_the_lead_reads_the_content(scene):
    (case,) = results(signed_in(scene.teacher))
    assert case["reference"] == scene.case.reference
    assert case["participants"][0]["name"] == "Noor"
    assert case["handler"]["name"] == scene.coordinator.full_name
    assert case["school_class"] == "7A"
    assert signed_in(scene.teacher).get(f"/api/v1/cases/{case['uuid']}/").json() == case


def test_the_principal_gets_the_header_and_no_name(scene):
    (case,) = results(signed_in(scene.principal))
    assert set(case) == HEADER
    detail = signed_in(scene.principal).get(f"/api/v1/cases/{scene.case.uuid}/")
    assert set(detail.json()) == HEADER
    assert b"Noor" not in detail.content


def test_one_list_may_hold_both_shapes(scene):
    other = make_case_active(
        scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class, "Daan")
    )
    share_case(scene.coordinator, scene.case, scene.principal, Level.VIEW, now=NOW)
    found = {case["reference"]: set(case) for case in results(signed_in(scene.principal))}
    assert found[other.reference] == HEADER
    assert found[scene.case.reference] > HEADER


def test_a_principal_reads_no_agreement_and_no_conversation(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.principal)
    assert results(client, "/api/v1/agreements/") == []
    assert results(client, "/api/v1/conversations/") == []
    assert client.get(f"/api/v1/agreements/{agreement.uuid}/").status_code == 404
    assert client.get(f"/api/v1/conversations/{scene.conversation.uuid}/").status_code == 404


def test_an_agreement_is_readable_text_and_not_an_encoding(scene):
    agreement = make_agreement(scene.teacher, scene.case, check_how="Vraag het thuis")
    (found,) = results(signed_in(scene.teacher), "/api/v1/agreements/")
    assert found["what"] == "Bel de ouders"
    assert found["check_how"] == "Vraag het thuis"
    assert found["case"] == str(scene.case.uuid)
    assert found["due_on"] == agreement.due_on.isoformat()
    assert "id" not in found


def test_a_step_that_is_not_for_the_caller_is_empty(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    for record in step_records(scene.conversation)[:2]:
        record.answers, record.summary = {"place": "Schoolplein"}, "Rustig verteld"
        record.save()
    StepRecord.objects.filter(step=2).update(visibility=Visibility.HANDLER_ONLY)
    path = f"/api/v1/conversations/{scene.conversation.uuid}/"
    steps = signed_in(scene.colleague).get(path).json()["steps"]
    assert [step["number"] for step in steps] == list(range(1, 11))
    assert (steps[0]["answers"], steps[0]["is_readable"]) == ({"place": "Schoolplein"}, True)
    assert (steps[1]["answers"], steps[1]["summary"]) == (None, None)
    assert not steps[1]["is_readable"]
    assert signed_in(scene.teacher).get(path).json()["steps"][1]["summary"] == "Rustig verteld"


def test_a_list_of_conversations_holds_nothing_that_was_said(scene):
    step_records(scene.conversation)
    (found,) = results(signed_in(scene.teacher), "/api/v1/conversations/")
    assert "steps" not in found


# ── lists ────────────────────────────────────────────────────────────────────
def test_filters_are_status_and_school(scene):
    client = signed_in(scene.teacher)
    assert len(results(client, "/api/v1/cases/?status=active&school=de-vaart")) == 1
    assert results(client, "/api/v1/cases/?status=closed") == []
    assert results(client, "/api/v1/cases/?school=het-kompas") == []


def test_an_unknown_status_is_a_problem_at_its_field(scene):
    answer = signed_in(scene.teacher).get("/api/v1/cases/?status=lost")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"
    assert answer.json()["problems"][0]["field"] == "status"


def test_pages_hold_every_case_once_also_when_they_began_together(scene):
    for number in range(4):
        pupil = make_pupil(scene.school_class, f"Kind {number}")
        make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    client, found, path = signed_in(scene.teacher), [], "/api/v1/cases/?page_size=2"
    while path:
        page = client.get(path).json()
        found += [case["uuid"] for case in page["results"]]
        path = page["next"]
    assert len(found) == len(set(found)) == 5


def test_a_page_holds_at_most_a_hundred(scene):
    for number in range(101):
        make_agreement(scene.teacher, scene.case, what=f"Afspraak {number}")
    client = signed_in(scene.teacher)
    assert len(results(client, "/api/v1/agreements/")) == 50
    assert len(results(client, "/api/v1/agreements/?page_size=1000")) == 100


@pytest.mark.parametrize("kind", ["cases", "conversations", "agreements", "talks"])
def test_the_number_of_queries_does_not_grow_with_the_list(scene, kind):
    client = signed_in(scene.teacher)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            results(client, f"/api/v1/{kind}/")
        return len(captured)

    def add(numbers):
        for number in numbers:
            pupil = make_pupil(scene.school_class, f"Kind {number}")
            case = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
            make_agreement(scene.teacher, case)
            make_talk(scene.teacher, case)

    add(range(3))
    few = queries()
    add(range(3, 12))
    assert queries() == few


# ── refusals ─────────────────────────────────────────────────────────────────
def test_a_foreign_case_and_an_absent_one_have_one_answer(scene):
    client = signed_in(scene.colleague)
    foreign = client.get(f"/api/v1/cases/{scene.case.uuid}/")
    absent = client.get(f"/api/v1/cases/{uuid4()}/")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert foreign.json()["code"] == "not_found"


def test_nobody_signed_in_is_a_401_that_names_the_scheme(client, db):
    answer = client.get("/api/v1/cases/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_list_is_only_read(scene, method):
    answer = getattr(signed_in(scene.teacher), method)("/api/v1/cases/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_options_describe_nothing(scene):
    assert signed_in(scene.teacher).options(f"/api/v1/cases/{scene.case.uuid}/").status_code == 405


# ── settling ─────────────────────────────────────────────────────────────────
def settle(client, agreement, **data):
    path = f"/api/v1/agreements/{agreement.uuid}/settle/"
    return client.post(path, data, content_type="application/json")


def test_the_owner_settles(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    answer = settle(signed_in(scene.teacher), agreement, status="done", note="Gebeld")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["done_note"]) == ("done", "Gebeld")
    assert Agreement.objects.get().status == "done"


def test_a_rule_of_the_field_is_a_422_with_the_field(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    answer = settle(signed_in(scene.teacher), agreement, status="partly")
    assert answer.status_code == 422
    assert answer.json()["code"] == "rule_broken"
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [("note", "required")]
    assert Agreement.objects.get().is_open


def test_an_unknown_status_is_refused(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    answer = settle(signed_in(scene.teacher), agreement, status="carried_over")
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (400, "status")


def test_a_reader_settles_only_what_is_theirs(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague)
    other = make_agreement(scene.coordinator, scene.case)
    assert settle(signed_in(scene.colleague), other, status="done").status_code == 404
    assert settle(signed_in(scene.colleague), own, status="done").status_code == 200


def test_settling_needs_the_csrf_token(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.teacher, enforce_csrf_checks=True)
    assert settle(client, agreement, status="done").status_code == 403
    assert Agreement.objects.get().is_open


def test_a_token_settles_nothing(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    _token, secret = token(scene.teacher, scene.school)
    assert settle(program(secret), agreement, status="done").status_code == 404
    assert Agreement.objects.get().is_open


# ── tokens ───────────────────────────────────────────────────────────────────
def test_a_token_reads_what_its_owner_reads(scene):
    _token, secret = token(scene.teacher, scene.school)
    assert results(program(secret)) == results(signed_in(scene.teacher))


@pytest.mark.parametrize(
    "header",
    ["Bearer pz_wrong", "Bearer ", "Bearer", "bearer pz_x y", "Bearer é", "Bearer " + "x" * 5000],
)
def test_a_wrong_token_is_refused(db, header):
    answer = Client(headers={"Authorization": header}).get("/api/v1/cases/")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_a_wrong_token_does_not_fall_back_to_the_session(scene):
    client = signed_in(scene.teacher)
    answer = client.get("/api/v1/cases/", headers={"Authorization": "Bearer pz_wrong"})
    assert answer.status_code == 401


def test_expired_and_revoked_tokens_are_refused_in_the_same_words(scene, at):
    revoked, revoked_secret = token(scene.teacher, scene.school)
    _token, expired_secret = token(scene.teacher, scene.school, days=1)
    revoke_token(scene.teacher, revoked, now=NOW)
    at(NOW + timedelta(days=1))
    answers = [program(s).get("/api/v1/cases/") for s in (revoked_secret, expired_secret, "pz_x")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_token_ends_with_the_account_of_its_owner(scene):
    _token, secret = token(scene.teacher, scene.school)
    User.objects.filter(pk=scene.teacher.pk).update(is_active=False)
    assert program(secret).get("/api/v1/cases/").status_code == 401


def test_a_token_ends_when_its_owner_leaves(scene):
    _token, secret = token(scene.teacher, scene.school)
    end_membership(None, Membership.objects.get(user=scene.teacher), now=NOW)
    assert program(secret).get("/api/v1/cases/").status_code == 401


def test_a_token_reads_only_the_schools_it_was_made_for(scene):
    stranger = make_school("Het Kompas", "het-kompas")
    give_role(None, scene.coordinator, Role.COORDINATOR, now=NOW, school=stranger)
    _token, secret = token(scene.coordinator, stranger)
    assert results(program(secret)) == []
    assert len(results(signed_in(scene.coordinator))) == 1
    path = f"/api/v1/cases/{scene.case.uuid}/"
    assert program(secret).get(path).status_code == 404


def test_a_token_never_sees_a_restricted_case(scene):
    _token, secret = token(scene.teacher, scene.school)
    Case.objects.update(restricted=True)
    rebuild_access(scene.case)
    assert len(results(signed_in(scene.teacher))) == 1
    assert results(program(secret)) == []


def test_a_token_without_the_scope_sees_nothing(scene):
    _token, secret = token(scene.teacher, scene.school)
    ApiToken.objects.update(scopes=[])
    assert results(program(secret)) == []


def test_the_token_of_a_principal_reads_headers(scene):
    _token, secret = token(scene.principal, scene.school)
    assert [set(case) for case in results(program(secret))] == [HEADER]


def test_a_token_reads_no_step_that_is_for_managers(scene):
    _token, secret = token(scene.coordinator, scene.school)
    step_records(scene.conversation)
    StepRecord.objects.update(visibility=Visibility.HANDLER_ONLY)
    found = program(secret).get(f"/api/v1/conversations/{scene.conversation.uuid}/").json()
    assert {step["is_readable"] for step in found["steps"]} == {False}


@pytest.mark.parametrize("name", ["token", "access_token", "authorization", "api_key"])
def test_a_token_in_the_address_is_not_looked_at(scene, name):
    _token, secret = token(scene.teacher, scene.school)
    assert Client().get(f"/api/v1/cases/?{name}={secret}").status_code == 401


def test_a_token_does_not_open_pages(scene):
    _token, secret = token(scene.teacher, scene.school)
    answer = program(secret).get(f"/cases/{scene.case.uuid}/")
    assert answer.headers["Location"].startswith("/account/login/")


def test_a_stranger_from_the_same_board_sees_nothing(scene):
    sister = make_school("De Sluis", "de-sluis")
    assert results(signed_in(make_person(Role.COORDINATOR, sister))) == []

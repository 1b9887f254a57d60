"""Interventions in the API: who reads which, what is in them, and beginning one under the rules of the pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from cases.tests.callers import post, problems, program, results, token
from interventions.models import Intervention
from interventions.tests.running import (
    MONDAY,
    Run,
    begin,
    begin_freely,
    begin_other,
    decide,
    fill_group,
    weigh,
)
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from pestzorg.testing.clients import signed_in
from schools.models import ApiToken, SchoolClass
from schools.roles import Role

LIST = "/api/v1/interventions/"
ROW = {
    *("uuid", "case", "case_reference", "conversation", "school", "class_group", "method"),
    *("edition", "variant", "facilitator", "facilitator_name", "status", "planned_start"),
    *("started_at", "ended_at", "phases"),
}
WHOLE = ROW | {
    *("consent", "conditions", "may_be_told", "must_not_be_told", "protection_note", "members"),
    *("stop_reason", "outcome", "review_on"),
}
PHASE_LINE = {"uuid", "key", "round", "status", "planned_on", "held_on"}


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


def one(made):
    return f"{LIST}{made.uuid}/"


def circle(run: Run, **values) -> Intervention:
    return begin_freely(run, "restorative_circle", "proactive_circle", **values)


# ── reading ──────────────────────────────────────────────────────────────────
def test_who_reads_the_case_reads_its_interventions(run):
    made = begin(run)
    (row,) = results(signed_in(run.scene.coordinator), LIST)
    assert set(row) == ROW
    assert (row["case"], row["case_reference"]) == (str(run.case.uuid), run.case.reference)
    assert (row["method"], row["variant"], row["status"]) == (
        "support_group",
        "without_target",
        "planned",
    )
    assert row["facilitator"]["name"] == run.scene.colleague.full_name
    assert row["class_group"]["name"] == "7A"
    assert [phase["key"] for phase in row["phases"]] == list(
        made.phases.values_list("key", flat=True)
    )
    assert set(row["phases"][0]) == PHASE_LINE
    assert row["phases"][0]["planned_on"] == "2025-11-04"


def test_a_list_tells_no_word_that_was_written_down(run):
    begin(run)
    told = signed_in(run.scene.coordinator).get(LIST).content.decode()
    assert "stickers" not in told
    assert "alleen voel" not in told


def test_one_of_them_tells_the_conditions_and_the_group(run):
    made = begin(run)
    fill_group(run, made, 2)
    shown = signed_in(run.scene.coordinator).get(one(made)).json()
    assert set(shown) == WHOLE
    assert shown["consent"] == "conditional"
    assert shown["must_not_be_told"] == "Wat er op de stickers staat."
    assert shown["outcome"] == {}
    assert [m["name"] for m in shown["members"]] == ["Lieke Bos", "Tess Bos"]
    assert set(shown["members"][0]) == {"uuid", "name", "function", "declined"}
    assert set(shown["phases"][0]) == PHASE_LINE | {"skip_reason"}


def test_without_a_case_class_teachers_and_coordinators_read_it(run):
    made = circle(run)
    for person in (run.scene.teacher, run.scene.colleague, run.scene.coordinator):
        (row,) = results(signed_in(person), LIST)
        assert (row["uuid"], row["case"], row["case_reference"]) == (str(made.uuid), None, None)
        assert signed_in(person).get(one(made)).json()["conditions"] == ""
    event = AuditEvent.objects.filter(verb="intervention_read").last()
    assert (event.rule, event.subject_uuid, event.case_uuid) == ("R56", made.uuid, None)


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.COUNSELLOR, Role.PRINCIPAL, Role.SCHOOL_ADMIN, Role.BOARD_VIEWER]
)
def test_others_of_the_school_read_neither(run, role):
    client = signed_in(make_person(role, run.scene.school, first_name="Ander"))
    made, alone = begin(run), circle(run)
    assert results(client, LIST) == []
    assert {client.get(one(m)).status_code for m in (made, alone)} == {404}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COORDINATOR])
def test_another_school_gets_what_does_not_exist(run, role):
    client = signed_in(make_person(role, make_school("Elders", "elders")))
    made, alone = begin(run), circle(run)
    absent = client.get(f"{LIST}{uuid4()}/").content
    assert [client.get(one(m)).content for m in (made, alone)] == [absent, absent]
    assert results(client, LIST) == []


def test_looking_and_being_refused_stand_in_the_log(run):
    made = begin(run)
    signed_in(run.scene.coordinator).get(one(made))
    read = AuditEvent.objects.get(verb="case_read")
    assert (read.case_uuid, read.subject_uuid, read.rule) == (run.case.uuid, made.uuid, "R14")
    signed_in(run.scene.principal).get(one(made))
    denied = AuditEvent.objects.get(verb="case_denied")
    assert (denied.case_uuid, denied.subject_uuid) == (run.case.uuid, made.uuid)
    signed_in(run.scene.coordinator).get(LIST)
    assert AuditEvent.objects.filter(verb="case_listed", case_uuid=run.case.uuid).count() == 1


# ── tokens ───────────────────────────────────────────────────────────────────
def test_a_token_reads_those_of_the_cases_of_its_owner(run):
    made, alone = begin(run), circle(run)
    _token, secret = token(run.scene.coordinator, run.scene.school)
    assert [row["uuid"] for row in results(program(secret), LIST)] == [str(made.uuid)]
    assert program(secret).get(one(made)).status_code == 200
    assert program(secret).get(one(alone)).status_code == 404


def test_a_token_without_the_scope_and_one_for_another_school_read_none(run):
    made = begin(run)
    _token, secret = token(run.scene.coordinator, run.scene.school)
    ApiToken.objects.update(scopes=[])
    assert results(program(secret), LIST) == []
    assert program(secret).get(one(made)).status_code == 404


def test_a_token_begins_nothing(run):
    _token, secret = token(run.scene.coordinator, run.scene.school)
    path = f"/api/v1/cases/{run.case.uuid}/interventions/"
    assert post(program(secret), path, variant="without_target").status_code == 404
    assert post(program(secret), LIST, **alone_in(run)).status_code == 404
    assert not Intervention.objects.exists()


# ── filters and pages ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("status=planned", 2),
        ("status=running", 0),
        ("method=support_group", 1),
        ("method=restorative_circle&school=de-vaart", 1),
        ("school=elders", 0),
    ],
)
def test_the_list_is_narrowed(run, asked, found):
    begin(run)
    circle(run)
    assert len(results(signed_in(run.scene.coordinator), f"{LIST}?{asked}")) == found


def test_the_list_is_narrowed_to_a_class_and_to_a_case(run):
    made, client = begin(run), signed_in(run.scene.coordinator)
    other = make_class(run.scene.school, "8B")
    for name in ("Anna", "Bram", "Cas", "Dirk", "Els", "Fie", "Gijs", "Hugo"):
        make_pupil(other, name)
    alone = begin_freely(Run(run.scene, []), "restorative_circle", "proactive_circle")
    Intervention.objects.filter(pk=alone.pk).update(class_group=other)
    found = results(client, f"{LIST}?class_group={other.uuid}")
    assert [row["uuid"] for row in found] == [str(alone.uuid)]
    found = results(client, f"{LIST}?case={run.case.uuid}")
    assert [row["uuid"] for row in found] == [str(made.uuid)]
    assert results(client, f"{LIST}?case={uuid4()}") == []


def test_as_many_queries_however_many_rows(run):
    begin(run)
    client = signed_in(run.scene.coordinator)

    def asked(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(path).status_code == 200
        return len(found)

    asked(LIST)
    few = asked(LIST)
    for method in ("restorative_circle", "shared_concern"):
        begin_other(run, method, "hergo" if method == "restorative_circle" else "group_first")
        circle(run)
    assert len(results(client, LIST)) == 5
    assert asked(LIST) == few
    first = client.get(f"{LIST}?page_size=2").json()
    assert len(first["results"]) == 2
    assert len(client.get(first["next"]).json()["results"]) == 2


# ── beginning ────────────────────────────────────────────────────────────────
def test_what_step_8_decided_begins(run):
    path = f"/api/v1/cases/{run.case.uuid}/interventions/"
    client = signed_in(run.scene.coordinator)
    unchecked = post(client, path, variant="without_target", share_ok=True)
    assert (unchecked.status_code, len(problems(unchecked))) == (422, 1)
    weigh(run)
    answer = post(client, path, variant="without_target", share_ok=True)
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["method"], shown["conditions"][:14]) == ("support_group", "Mijn naam mag,")
    assert client.get(f"{LIST}{shown['uuid']}/").json() == shown
    event = AuditEvent.objects.get(verb="intervention_started")
    assert (event.case_uuid, event.role) == (run.case.uuid, "coordinator")
    again = post(client, path, variant="without_target", share_ok=True)
    assert (again.status_code, problems(again)) == (422, [(None, "once")])


@pytest.mark.parametrize(
    ("decided", "sent", "refused"),
    [
        ({}, {"variant": "aloud"}, ("variant", "required")),
        ({}, {"variant": "usual", "method": "no_blame"}, ("method", "step_8")),
        ({"decision": "no", "method": None}, {"variant": "without_target"}, (None, "step_8")),
        (
            {"target_consent": "withheld", "protection_note": "Niet in de groep"},
            {"variant": "without_target"},
            (None, "consent"),
        ),
        ({"method": "other"}, {"variant": "without_target"}, ("method", "required")),
    ],
)
def test_refusals_of_the_service_stand_at_their_fields(run, decided, sent, refused):
    decide(run, **decided)
    path = f"/api/v1/cases/{run.case.uuid}/interventions/"
    answer = post(signed_in(run.scene.coordinator), path, share_ok=True, **sent)
    assert answer.status_code == 422, answer.content
    assert refused in problems(answer)
    assert not Intervention.objects.exists()


def test_an_unknown_method_is_a_400(run):
    path = f"/api/v1/cases/{run.case.uuid}/interventions/"
    answer = post(signed_in(run.scene.coordinator), path, variant="x", method="../no_blame")
    assert (answer.status_code, problems(answer)) == (400, [("method", "unknown")])


def test_who_only_reads_the_case_begins_nothing(run):
    reader = make_person(Role.TEACHER, run.scene.school, first_name="Lezer")
    share_case(run.scene.coordinator, run.scene.case, reader, Level.VIEW, now=NOW)
    path = f"/api/v1/cases/{run.case.uuid}/interventions/"
    for person in (reader, run.scene.principal):
        assert post(signed_in(person), path, variant="without_target").status_code == 404
    Case.objects.update(status="closed")
    answer = post(signed_in(run.scene.coordinator), path, variant="without_target")
    assert answer.status_code == 404


def alone_in(run: Run, **values) -> dict[str, object]:
    return {
        "class_group": str(run.scene.school_class.uuid),
        "method": "restorative_circle",
        "variant": "proactive_circle",
        "planned_start": MONDAY.isoformat(),
        **values,
    }


def test_one_in_an_ordinary_class_begins(run):
    client = signed_in(run.scene.teacher)
    answer = post(client, LIST, **alone_in(run))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["case"], shown["facilitator"]["name"]) == (None, run.scene.teacher.full_name)
    colleague = str(run.scene.colleague.uuid)
    named = post(client, LIST, **alone_in(run, facilitator=colleague)).json()
    assert named["facilitator"]["uuid"] == colleague


def test_what_is_about_a_pupil_begins_in_a_conversation(run):
    sent = alone_in(run, method="support_group", variant="without_target")
    answer = post(signed_in(run.scene.teacher), LIST, **sent)
    assert (answer.status_code, problems(answer)) == (422, [("method", "case")])


def test_a_class_that_is_not_ones_own_and_one_that_does_not_exist_are_refused_alike(run):
    client = signed_in(run.scene.teacher)
    other: SchoolClass = make_class(run.scene.school, "8B")
    answers = [
        post(client, LIST, **alone_in(run, class_group=str(key))) for key in (other.uuid, uuid4())
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert answers[0].content == answers[1].content
    stranger = make_person(Role.TEACHER, make_school("Elders", "elders"))
    wrong = post(client, LIST, **alone_in(run, facilitator=str(stranger.uuid)))
    assert (wrong.status_code, problems(wrong)) == (400, [("facilitator", "unknown")])


def test_who_has_no_class_finds_nothing_to_begin(run):
    for person in (run.scene.principal, make_person(Role.TEACHER, run.scene.school)):
        assert post(signed_in(person), LIST, **alone_in(run)).status_code == 404

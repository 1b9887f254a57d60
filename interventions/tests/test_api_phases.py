"""Phases in the API: read as on the page, planned, written, held and left out by the same services."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cases.ceilings import Level
from cases.services.sharing import share_case
from cases.tests.callers import patch, post, problems, program, token
from interventions.models import PhaseRecord, PhaseVersion
from interventions.tests.running import (
    Run,
    begin,
    begin_freely,
    begin_other,
    fill_group,
    phase,
    write_down,
)
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_person
from pestzorg.testing.clients import signed_in
from schools.roles import Role

PHASE = {
    *("uuid", "intervention", "key", "round", "status", "planned_on", "earliest_on", "held_on"),
    *("answers", "persons", "proposals", "skip_reason", "version"),
}
MONDAY = "2025-11-03"


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


def path(record: PhaseRecord, verb: str = "") -> str:
    place = f"/api/v1/interventions/{record.intervention.uuid}/phases/{record.uuid}/"
    return place + (f"{verb}/" if verb else "")


@pytest.fixture
def first(run: Run) -> PhaseRecord:
    return phase(begin(run), "interview_target")


def test_a_phase_is_planned_written_and_held(run, first):
    client = signed_in(run.scene.coordinator)
    shown = client.get(path(first)).json()
    assert set(shown) == PHASE
    assert (shown["answers"], shown["planned_on"]) == ({}, "2025-11-04")
    planned = post(client, path(first, "plan"), planned_on="2025-11-06")
    assert (planned.status_code, planned.json()["planned_on"]) == (200, "2025-11-06")
    version = planned.json()["version"]
    half = patch(client, path(first), version, answers={"happiness_score": 4})
    assert half.status_code == 200, half.content
    assert (half.json()["status"], half.json()["answers"]) == (
        "in_progress",
        {"happiness_score": 4},
    )
    refused = post(client, path(first, "hold"), held_on=MONDAY)
    assert refused.status_code == 422
    assert ("consent", "required") in problems(refused)
    write_down(run, phase(first.intervention, first.key), NOW)
    held = post(client, path(first, "hold"), held_on=MONDAY)
    assert held.status_code == 200, held.content
    assert (held.json()["status"], held.json()["held_on"]) == ("done", MONDAY)
    assert client.get(path(first)).json() == held.json()
    again = post(client, path(first, "hold"), held_on=MONDAY)
    assert problems(again) == [(None, "settled")]
    following = first.intervention.phases.get(number=2)
    assert following.planned_on is not None
    event = AuditEvent.objects.get(verb="intervention_phase_held")
    assert (event.case_uuid, event.role) == (run.case.uuid, "coordinator")


@pytest.mark.parametrize(
    ("day", "code"),
    [("2025-11-02", "past"), ("2025-11-08", "no_school"), ("2031-01-06", "calendar")],
)
def test_a_day_that_does_not_fit_is_refused_at_its_field(run, first, day, code):
    answer = post(signed_in(run.scene.coordinator), path(first, "plan"), planned_on=day)
    assert (answer.status_code, problems(answer)) == (422, [("planned_on", code)])


def test_a_held_phase_is_corrected_with_a_reason(run, first):
    client = signed_in(run.scene.coordinator)
    write_down(run, first, NOW)
    held = post(client, path(first, "hold"), held_on=MONDAY).json()
    other = {"happiness_score": 9}
    refused = patch(client, path(first), held["version"], answers=other)
    assert (refused.status_code, problems(refused)) == (422, [("reason", "required")])
    given = {"answers": other, "reason": "Ik las het verkeerd."}
    corrected = patch(client, path(first), held["version"], **given)
    assert corrected.status_code == 200, corrected.content
    assert corrected.json()["answers"] == held["answers"] | other
    kept = PhaseVersion.objects.get()
    assert (kept.reason, kept.answers) == ("Ik las het verkeerd.", held["answers"])


def test_answers_are_taken_away_with_null_and_others_stay(run, first):
    client = signed_in(run.scene.coordinator)
    both = {"happiness_score": 4, "friends_or_wished": "Lieke"}
    version = patch(client, path(first), 1, answers=both).json()["version"]
    kept = patch(client, path(first), version, answers={"happiness_score": None}).json()
    assert kept["answers"] == {"friends_or_wished": "Lieke"}


def test_a_question_of_another_phase_is_refused(run, first):
    answer = patch(
        signed_in(run.scene.coordinator), path(first), 1, answers={"celebration": "Taart"}
    )
    assert answer.status_code == 422
    assert PhaseRecord.objects.get(pk=first.pk).answers == {}


def test_a_change_names_the_version_that_was_read(run, first):
    client = signed_in(run.scene.coordinator)
    assert patch(client, path(first), None, answers={}).status_code == 428
    assert patch(client, path(first), 1, answers={"happiness_score": 4}).status_code == 200
    assert patch(client, path(first), 1, answers={"happiness_score": 5}).status_code == 412


def test_what_is_asked_about_each_person(run):
    made = begin_other(run, "no_blame")
    client = signed_in(run.scene.coordinator)
    lieke, tess, *_others = fill_group(run, made, 6)
    tess.declined = True
    tess.save()
    record = phase(made, "meet_again")
    shown = client.get(path(record)).json()
    names = [one["name"] for one in shown["persons"]]
    assert (names[:2], shown["persons"][0]["member"]) == (["Noor", "Lieke Bos"], None)
    assert "Tess Bos" not in names
    about = {"member": str(lieke.uuid), "answers": {"progress": "better"}}
    saved = patch(client, path(record), shown["version"], persons=[about])
    assert saved.status_code == 200, saved.content
    assert saved.json()["persons"][1]["answers"] == {"progress": "better"}
    of_target = {"member": None, "answers": {"safety_score": 7}}
    saved = patch(client, path(record), saved.json()["version"], persons=[of_target])
    assert saved.json()["persons"][0]["answers"] == {"safety_score": 7}
    assert saved.json()["persons"][1]["answers"] == {"progress": "better"}
    version = saved.json()["version"]
    strange = patch(
        client, path(record), version, persons=[{"member": str(uuid4()), "answers": {}}]
    )
    assert (strange.status_code, problems(strange)) == (422, [("persons", "unknown")])
    twice = patch(client, path(record), version, persons=[about, about])
    assert (twice.status_code, problems(twice)) == (400, [("persons", "twice")])


def test_only_some_phases_are_left_out(run, first):
    client = signed_in(run.scene.coordinator)
    answer = post(client, path(first, "skip"), skip_reason="Niet nodig")
    assert (answer.status_code, problems(answer)) == (422, [("skip_reason", "skip")])


def test_who_only_reads_the_case_reads_the_phase_and_writes_in_none(run, first):
    reader = make_person(Role.TEACHER, run.scene.school, first_name="Lezer")
    share_case(run.scene.coordinator, run.scene.case, reader, Level.VIEW, now=NOW)
    client = signed_in(reader)
    assert client.get(path(first)).status_code == 200
    assert post(client, path(first, "plan"), planned_on="2025-11-06").status_code == 404
    assert patch(client, path(first), 1, answers={}).status_code == 404
    # The facilitator reads it too, and runs it.
    own = signed_in(run.scene.colleague)
    assert post(own, path(first, "plan"), planned_on="2025-11-06").status_code == 200


def test_a_token_reads_a_phase_and_writes_in_none(run, first):
    _token, secret = token(run.scene.coordinator, run.scene.school)
    assert program(secret).get(path(first)).json()["key"] == "interview_target"
    for verb in ("plan", "hold", "skip"):
        assert post(program(secret), path(first, verb)).status_code == 404
    assert patch(program(secret), path(first), 1, answers={}).status_code == 404


def test_others_find_no_phase(run, first):
    alone = begin_freely(run, "restorative_circle", "proactive_circle")
    record = alone.phases.first()
    for person in (run.scene.principal, run.scene.counsellor):
        assert signed_in(person).get(path(first)).status_code == 404
        assert signed_in(person).get(path(record)).status_code == 404
    # One of another intervention is not found either.
    mixed = f"/api/v1/interventions/{alone.uuid}/phases/{first.uuid}/"
    assert signed_in(run.scene.coordinator).get(mixed).status_code == 404
    assert signed_in(run.scene.teacher).get(path(record)).status_code == 200


def test_an_approach_that_is_over_takes_no_more(run, first):
    from interventions.services.ending import stop_intervention

    stop_intervention(run.actor, first.intervention, "Gaat niet door", now=NOW)
    client = signed_in(run.scene.coordinator)
    answer = post(client, path(first, "plan"), planned_on="2025-11-06")
    assert (answer.status_code, problems(answer)) == (422, [(None, "over")])
